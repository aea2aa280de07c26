import { expect, test } from "vitest";
import { parseAnswer, parseCheckpoints, parseCounter, parseMe, parsePassage } from "./api";

test("an answer of the gateway", () => {
  const a = parseAnswer({
    outcome: "valid",
    reason: "already_admitted",
    stage: "admission",
    decision: "deny",
    kind: "credential",
    seq: 7,
    document: { type: "student", claims: { course: 3 } },
    holder: { name: "A" },
    issuer: { id: "i", name: "U", kid: "k" },
    expires_at: "2027-01-01T00:00:00Z",
    checks: [
      { check: "decode", result: "pass" },
      { check: "horoscope", result: "pass" },
      { check: "time", result: "?" },
    ],
    not_established: ["holder_binding", "weather"],
    previous: { seq: 3, at: "2026-01-01T00:00:00Z", checkpoint: "north" },
  });
  expect(a.reason).toBe("already_admitted");
  expect(a.previous).toEqual({ seq: 3, at: "2026-01-01T00:00:00Z", checkpoint: "north" });
  expect(a.checks).toEqual([
    { check: "decode", result: "pass", detail: "" },
    { check: "time", result: "unknown", detail: "" },
  ]);
  expect(a.notEstablished).toEqual(["holder_binding"]);
  expect(a.document?.claims).toEqual({ course: 3 });
});

test("what is not understood admits nobody", () => {
  for (const broken of [
    null,
    undefined,
    7,
    "admit",
    [],
    {},
    { decision: "welcome" },
    { decision: true, reason: "ok" },
  ]) {
    expect(parseAnswer(broken).decision, JSON.stringify(broken)).toBe("deny");
  }
  expect(parseAnswer({ decision: "admit", reason: "a_new_word" })).toMatchObject({ decision: "deny", reason: "none" });
  expect(parseAnswer({ decision: "admit", reason: "ok" }).decision).toBe("admit");
  expect(parsePassage({ decision: "maybe" }).decision).toBe("deny");
});

test("lists with gaps are filled with what can be shown", () => {
  expect(parseCheckpoints({ checkpoints: [{ id: "north" }] })).toEqual([
    { id: "north", name: "north", group: "", displayS: 8, capacity: 0, reentry: false, asks: "any" },
  ]);
  expect(parseCheckpoints(null)).toEqual([]);
  expect(parseCounter({ checkpoint: "n", last_refusal: null }).lastRefusal).toBeNull();
  expect(parseMe({ role: "emperor" }).role).toBe("holder");
});
