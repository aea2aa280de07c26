import { expect, test } from "vitest";
import { parseAnswer, parsePassage, type Passage } from "../api";
import { dictionaries } from "../i18n";
import type { PendingScan } from "../scanner";
import { emptyBoard, Minutes, newest, put } from "./board";
import { allClaims, documentName, factsOf, isFaulty, noticeText } from "./facts";
import { faceOf, toneOf } from "./screen";

const scan: PendingScan = {
  ref: "r",
  payload: "",
  symbology: "",
  checkpoint: "north",
  direction: "entry",
  scannedAt: "",
  source: "camera",
};

test("tones", () => {
  expect(toneOf({ decision: "admit", kind: "credential", reason: "ok" })).toBe("admit");
  expect(toneOf({ decision: "deny", kind: "notice", reason: "not_a_credential" })).toBe("info");
  expect(faceOf({ kind: "queued", scan })).toEqual({ tone: "hold", decision: "hold", reason: "" });
  expect(faceOf({ kind: "lost", scan }).tone).toBe("hold");
});

test("a failed request is on hold with the nearest reason", () => {
  const reason = (status: number, code = "") =>
    faceOf({ kind: "problem", scan, problem: { title: "", status, code } }).reason;
  expect(reason(503)).toBe("overloaded");
  expect(reason(503, "degraded")).toBe("degraded");
  expect(reason(401)).toBe("checker_session_ended");
  expect(reason(413)).toBe("too_large");
  expect(reason(500, "whatever")).toBe("engine_unreachable");
});

test("facts say each thing once", () => {
  const answer = parseAnswer({
    decision: "admit",
    reason: "ok",
    outcome: "valid",
    kind: "credential",
    issuer: { name: "North" },
    holder: { name: "Aigül" },
    expires_at: "2030-01-02T00:00:00Z",
    document: { type: "student", claims: { university: "North", course: 3, age_over_18: true, odd: { a: 1 } } },
  });
  const facts = factsOf(dictionaries.ru, answer, 0);
  expect(facts).toMatchObject({ name: "Aigül", document: "Студенческий билет", issuer: "North" });
  expect(facts.claims).toEqual([
    { label: "Курс", value: "3" },
    { label: "Старше 18", value: "да" },
  ]);
  expect(facts.term).toMatch(/^действует до \d+ января 2030$/);
  expect(documentName(dictionaries.en, "moon_pass")).toBe("Moon pass");
});

test("a payment is shown with its amount and without its account", () => {
  const answer = parseAnswer({
    decision: "deny",
    reason: "not_a_credential",
    kind: "notice",
    document: {
      type: "payment",
      claims: {
        standard: "x",
        sum_kopecks: 150050,
        fields: { Name: "Arena", PersonalAcc: "40702810138250123017", Sum: "150050", Purpose: "Ticket" },
      },
    },
  });
  expect(factsOf(dictionaries.ru, answer, 0).claims).toEqual([
    { label: "Сумма", value: "1\u202f500,50 ₽" },
    { label: "Получатель", value: "Arena" },
    { label: "Назначение", value: "Ticket" },
  ]);
});

test("what nobody vouches for has no term", () => {
  const answer = parseAnswer({ decision: "deny", reason: "issuer_unknown", expires_at: "2030-01-02T00:00:00Z" });
  expect(factsOf(dictionaries.en, answer, 0).term).toBe("");
});

const factsIn = (format: string, type: string, claims: object, more: object = {}) =>
  factsOf(
    dictionaries.en,
    parseAnswer({ decision: "admit", reason: "ok", kind: "credential", format, document: { type, claims }, ...more }),
    0,
  );
const lines = (facts: { claims: { label: string; value: string }[] }) =>
  facts.claims.map((c) => `${c.label}: ${c.value}`);

test("vaccinations and tests read alike in every format", () => {
  const hcert = {
    nam: { fn: "M" },
    dob: "1964-08-12",
    v: [{ tg: "840539006", mp: "EU/1/20/1528", dn: 2, sd: 2, dt: "2021-05-02" }],
  };
  expect(lines(factsIn("hcert", "vaccination", hcert))).toEqual([
    "Illness: COVID-19",
    "Vaccine: Comirnaty",
    "Dose: 2 / 2",
  ]);
  expect(
    lines(factsIn("hcert", "test", { t: [{ tg: "840539006", tr: "260415000", sc: "2021-05-02T10:00:00Z" }] })),
  ).toEqual(["Illness: COVID-19", "Result: not detected", "Sample taken: 2 May 2021"]);
  const dose = (code: string, at: string) => ({
    resource: { resourceType: "Immunization", vaccineCode: { coding: [{ code }] }, occurrenceDateTime: at },
  });
  const entry = [{ resource: { resourceType: "Patient" } }, dose("207", "2021-01-01"), dose("207", "2021-01-29")];
  const card = { type: ["x"], credentialSubject: { fhirVersion: "4.0.1", fhirBundle: { entry } } };
  expect(lines(factsIn("shc", "vaccination", card))).toEqual([
    "Vaccine: Moderna COVID-19",
    "Dose: 1, 2",
    "Date: 1 January 2021, 29 January 2021",
  ]);
  const seal = {
    uvci: "U",
    pid: { n: "N" },
    ve: [{ des: "XM68M6", nam: "Comirnaty", dis: "RA01.0", vd: [{ seq: 1, dvc: "2021-03-03" }] }],
  };
  expect(lines(factsIn("vdsnc", "vaccination", seal))[1]).toBe("Vaccine: Comirnaty");
  expect(lines(factsIn("nzcp", "health_pass", { credentialSubject: { givenName: "J" } }))).toEqual([]);
});

test("identity documents show what is worth a glance, and no bytes", () => {
  const licence = {
    "org.iso.18013.5.1": {
      family_name: "M",
      portrait: { $b64: "AAAA" },
      issue_date: "2024-01-01",
      driving_privileges: [{ vehicle_category_code: "A" }, { vehicle_category_code: "B" }],
      age_over_18: true,
    },
  };
  expect(lines(factsIn("mdoc", "driving_licence", licence))).toEqual(["Category: A, B", "Over 18: yes"]);
  expect(
    lines(factsIn("claim169", "identity", { fullName: "M", gender: 2, address: "Somewhere 1", photo: { $b64: "AA" } })),
  ).toEqual([]);
  const answer = {
    document: { type: "identity", claims: { gender: 2, birthDate: "x" } },
    kind: "credential",
    format: "claim169",
    holder: null,
  };
  expect(allClaims(dictionaries.en, answer)).toEqual([{ label: "Sex", value: "female" }]);
  expect(lines(factsIn("pretix", "ticket", { seed: "s", item: 7, validFromUnixTime: 1700000000 }))[0]).toMatch(
    /^Valid from: 1[45] November 2023$/,
  );
});

test("types are named in words, whoever spelt them", () => {
  const name = (type: string) => documentName(dictionaries.en, type);
  expect(name("https://credentials.example.com/identity_credential")).toBe("Identity credential");
  expect(name("https://example.org/types/membership/v2")).toBe("Membership card");
  expect(name("urn:example:ticket:1")).toBe("Ticket");
  expect(name("visa")).toBe("Visa");
});

test("every document type of the formats has its word in every language", () => {
  const types = [
    ..."vaccination test recovery health_pass health_card driving_licence age identity other attestation ticket".split(
      " ",
    ),
    ..."visa emergency_travel_document temporary_passport address_sticker supplementary_sheet residence_permit".split(
      " ",
    ),
    ..."social_insurance_card arrival_attestation administrative_document seal".split(" "),
    ..."payment goods wifi contact sign_in link".split(" "),
  ];
  for (const words of Object.values(dictionaries))
    for (const type of types) expect(words.documents[type], type).toBeTruthy();
});

test("each kind of code that is no document has a sentence of its own, and none calls it invalid", () => {
  for (const words of Object.values(dictionaries)) {
    const kinds = ["payment", "goods", "wifi", "contact", "sign_in", "link"];
    const said = kinds.map((kind) => noticeText(words, kind));
    expect(new Set(said).size).toBe(kinds.length);
    expect(noticeText(words, "of a kind to come")).toBe(words.reasons.not_a_credential.text);
  }
  expect(isFaulty({ kind: "notice", document: { type: "payment", claims: { fault: "x" } } })).toBe(true);
  expect(isFaulty({ kind: "notice", document: { type: "payment", claims: {} } })).toBe(false);
});

test("details stay bounded however deep the claims are", () => {
  const claims = { v: [{ dn: 1, dt: "2021-05-02" }], list: Array.from({ length: 500 }, (_, i) => i) };
  const facts = allClaims(dictionaries.en, {
    document: { type: "x", claims },
    kind: "credential",
    format: "",
    holder: null,
  });
  expect(facts).toHaveLength(40);
  expect(facts[1]).toEqual({ label: "Date", value: "2 May 2021" });
});

const passage = (seq: number, decision = "admit", at = "2026-01-01T00:00:30Z"): Passage =>
  parsePassage({ seq, decision, at, reason: "ok" });

test("the board overwrites its oldest place and moves nothing else", () => {
  let board = put(emptyBoard(3), [passage(1), passage(2)]);
  expect(newest(board)).toBe(1);
  board = put(board, [passage(3), passage(4)]);
  expect(board.places.map((p) => p?.seq)).toEqual([4, 2, 3]);
  expect(newest(board)).toBe(0);
  board = put(
    board,
    Array.from({ length: 10 }, (_, i) => passage(5 + i)),
  );
  expect(board.places.map((p) => p?.seq).sort()).toEqual([12, 13, 14]);
  expect(newest(emptyBoard(3))).toBe(-1);
  expect(put(emptyBoard(0), [passage(1)]).places).toEqual([]);
});

test("minutes are counted and forgotten", () => {
  const minutes = new Minutes();
  minutes.add([passage(1), passage(2, "deny"), passage(3, "hold"), passage(4, "admit", "nonsense")]);
  const [at, admitted, refused] = minutes.columns(Date.parse("2026-01-01T00:01:10Z"));
  expect(at).toHaveLength(60);
  expect([admitted.at(-2), refused.at(-2)]).toEqual([1, 2]);
  const later = minutes.columns(Date.parse("2026-01-01T03:00:00Z"));
  expect(Math.max(...later[1])).toBe(0);
});
