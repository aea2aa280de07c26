import { expect, test } from "vitest";
import { parseAnswer, parsePassage, type Passage } from "../api";
import { dictionaries } from "../i18n";
import type { PendingScan } from "../scanner";
import { emptyBoard, Minutes, newest, put } from "./board";
import { allClaims, documentName, factsOf } from "./facts";
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

test("details stay bounded however deep the claims are", () => {
  const claims = { v: [{ dn: 1, dt: "2021-05-02" }], list: Array.from({ length: 500 }, (_, i) => i) };
  const facts = allClaims(dictionaries.en, { document: { type: "x", claims }, kind: "credential" });
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
