import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { nextStep, parseReason, reasons } from "../model/reason";
import { chooseLang, dictionaries, langs } from "./index";
import { english, russian } from "./plural";

/** The gateway's own list: every quoted word between `reasonNames = ` and the closing brace. */
function reasonsOfTheGateway(): string[] {
  const source = readFileSync(new URL("../../../verifier/reason.go", import.meta.url), "utf8");
  const list = /reasonNames = \[numReasons\]string\{([^}]*)\}/.exec(source)?.[1] ?? "";
  return [...list.matchAll(/"([a-z_]+)"/g)].map((m) => m[1] ?? "");
}

test("the reasons are the gateway's, word for word", () => {
  const theirs = reasonsOfTheGateway();
  expect(theirs.length).toBeGreaterThan(50);
  expect([...reasons, "none"].sort()).toEqual([...theirs].sort());
});

/** What can be wrong with a mandate: every code of the gateway's list. */
function codesOfMandates(): string[] {
  const source = readFileSync(new URL("../../../verifier/mandate/codes.go", import.meta.url), "utf8");
  return [...source.matchAll(/Code = "([a-z_0-9]+)"/g)].map((m) => m[1] ?? "");
}

describe.each(langs)("%s", (lang) => {
  const words = dictionaries[lang];

  test("every reason of the gateway has a sentence and a next step", () => {
    for (const reason of reasonsOfTheGateway()) {
      const said = words.reasons[parseReason(reason)];
      expect(said.text, reason).toMatch(/^\p{Lu}.{8,90}\.$/u);
      expect(said.next, reason).toMatch(/^\p{Lu}.{3,34}$/u);
      expect(nextStep[parseReason(reason)], reason).toBeTruthy();
    }
  });

  test("whatever can be wrong with a mandate is said in words", () => {
    const codes = codesOfMandates();
    expect(codes.length).toBeGreaterThan(60);
    expect(Object.keys(words.mandates.codes).sort()).toEqual([...codes].sort());
  });

  test("every text is filled in and none was left in another alphabet", () => {
    for (const [path, text] of texts(words)) {
      expect(text.trim(), path).not.toBe("");
      if (lang === "en") expect(text, path).not.toMatch(/\p{Script=Cyrillic}/u);
      if (lang === "ru") expect(text, path).not.toMatch(/[әғқңөұүһі]/iu);
    }
  });

  test("twelve months", () => {
    expect(new Set(words.months).size).toBe(12);
  });
});

/** Every string of a dictionary with its path; functions are called with a small number or word. */
function texts(node: unknown, path = ""): [string, string][] {
  if (typeof node === "string") return path === "self" ? [] : [[path, node]];
  if (typeof node === "function") return texts(node.length === 1 ? node(2) : node("1", "2", "3"), path);
  if (typeof node !== "object" || node === null) return [];
  return Object.entries(node).flatMap(([key, value]) => texts(value, path ? `${path}.${key}` : key));
}

test("Russian counts in three forms", () => {
  const say = (n: number) => russian(n, "код", "кода", "кодов");
  expect([0, 1, 2, 4, 5, 11, 12, 14, 21, 22, 25, 111, 121].map(say)).toEqual([
    "0 кодов",
    "1 код",
    "2 кода",
    "4 кода",
    "5 кодов",
    "11 кодов",
    "12 кодов",
    "14 кодов",
    "21 код",
    "22 кода",
    "25 кодов",
    "111 кодов",
    "121 код",
  ]);
});

test("English counts in two, Kazakh in one", () => {
  expect([0, 1, 2].map((n) => english(n, "code", "codes"))).toEqual(["0 codes", "1 code", "2 codes"]);
  expect(dictionaries.kk.bar.waiting(5)).toBe("Кейін тексереміз: 5 код");
});

test("the language is the first of the person's that we speak", () => {
  expect(chooseLang(["kk-KZ", "ru"])).toBe("kk");
  expect(chooseLang(["de-DE", "ru-RU", "en"])).toBe("ru");
  expect(chooseLang(["de", "fr"])).toBe("en");
  expect(chooseLang([])).toBe("en");
});

test("what a verdict leaves open has its words, member for member", () => {
  const source = readFileSync(new URL("../../../verifier/verdict.go", import.meta.url), "utf8");
  const members = [...source.matchAll(/append\(names, "([a-z_]+)"\)/g)].map((m) => m[1]);
  expect(members.length).toBeGreaterThan(1);
  for (const words of Object.values(dictionaries))
    expect(Object.keys(words.verdict.established).sort()).toEqual([...members].sort());
});
