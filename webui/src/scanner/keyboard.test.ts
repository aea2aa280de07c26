import { describe, expect, test } from "vitest";
import { Burst, type Stroke } from "./keyboard";
import { character, type Key } from "./layout";

const RUSSIAN: Record<string, string> = {
  KeyV: "М",
  KeyR: "К",
  KeyM: "Ь",
  Semicolon: "ж",
  Slash: ".",
  BracketRight: "ъ",
};
const plain = { shiftKey: false, ctrlKey: false, altKey: false, metaKey: false, repeat: false };

/** The keys a US keyboard would be pressed with for this text. */
function keysFor(text: string): Key[] {
  const codes = ["Key" + "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "Digit0123456789"].flatMap((s) =>
    [...s.replace(/^(Key|Digit)/, "")].map((c) => s.match(/^(Key|Digit)/)![0] + c),
  );
  codes.push(
    "Space",
    "Minus",
    "Equal",
    "BracketLeft",
    "BracketRight",
    "Backslash",
    "Semicolon",
    "Quote",
    "Comma",
    "Period",
    "Slash",
    "Backquote",
  );
  return [...text].map((wanted) => {
    for (const code of codes) {
      for (const shiftKey of [false, true]) {
        const key = { ...plain, code, key: RUSSIAN[code] ?? "ф", shiftKey };
        if (character(key) === wanted) return key;
      }
    }
    if (wanted === "\x1d") return { ...plain, code: "BracketRight", key: "ъ", ctrlKey: true };
    throw new Error(`no key for ${wanted}`);
  });
}

/** Presses the keys with this gap; what each was. */
function press(burst: Burst, keys: Key[], gap = 8, start = 1000): Stroke[] {
  return keys.map((k, i) => burst.press({ ...k, repeat: false, timeStamp: start + i * gap }));
}
const enter: Key = { ...plain, code: "Enter", key: "Enter" };

test("every printable ASCII character has a key", () => {
  const printable = Array.from({ length: 95 }, (_, i) => String.fromCharCode(32 + i)).join("");
  expect(keysFor(printable).map(character).join("")).toBe(printable);
});

describe("bursts", () => {
  const codes = [
    "VR1:6BFOXN%TS3DH0 YOJ58S",
    "HC1:NCF $*+-./",
    "https://example.org/?a=b&c=d#e",
    "0104601234567893\x1d91EE06",
  ];
  test.each(codes)("%s under a Russian layout", (code) => {
    const strokes = press(new Burst(), [...keysFor(code), enter]);
    expect(strokes.at(-1)).toEqual({ text: code });
    expect(strokes[0]).toBe("typed");
    expect(strokes.slice(1, -1).every((s) => s === "burst")).toBe(true);
  });

  test("ended by Tab", () => {
    expect(press(new Burst(), [...keysFor("ABCD"), { ...plain, code: "Tab", key: "Tab" }]).at(-1)).toEqual({
      text: "ABCD",
    });
  });

  test("with the Shift key pressed between", () => {
    const shift: Key = { ...plain, code: "ShiftLeft", key: "Shift", shiftKey: true };
    const keys = keysFor("VR1:").flatMap((k) => (k.shiftKey ? [shift, k] : [k]));
    expect(press(new Burst(), [...keys, enter]).at(-1)).toEqual({ text: "VR1:" });
  });

  test("without codes, as on-screen keyboards send", () => {
    const keys = [..."ЖҚ12"].map((key) => ({ ...plain, code: "", key }));
    expect(press(new Burst(), [...keys, enter]).at(-1)).toEqual({ text: "ЖҚ12" });
  });

  test("a person's typing is never one", () => {
    expect(press(new Burst(), [...keysFor("password"), enter], 90)).not.toContainEqual({ text: expect.any(String) });
    expect(press(new Burst(), [...keysFor("ab"), enter], 20).at(-1)).toBe("typed");
  });

  test("nor is a key held down, nor a shortcut", () => {
    const burst = new Burst();
    const held = keysFor("aaaaaaaa").map((k, i) => burst.press({ ...k, repeat: i > 0, timeStamp: 30 * i }));
    expect(held).not.toContain("burst");
    expect(burst.press({ ...enter, repeat: false, timeStamp: 250 })).toBe("typed");
    expect(
      press(new Burst(), [...keysFor("abc"), { ...plain, code: "KeyV", key: "v", ctrlKey: true }, enter]).at(-1),
    ).toBe("typed");
  });

  test("a pause starts anew", () => {
    const burst = new Burst();
    press(burst, keysFor("junk"), 8, 0);
    expect(press(burst, [...keysFor("CODE1"), enter], 8, 500).at(-1)).toEqual({ text: "CODE1" });
  });
});
