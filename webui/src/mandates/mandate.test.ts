import { expect, test } from "vitest";
import { endsSoon, failedCheck, parseAuthority, parseCapacities, parseMandate, parseReport } from "./mandate";

test("an answer without authority has none, and one of another shape permits nothing", () => {
  expect(parseAuthority(undefined)).toBeNull();
  expect(parseAuthority({ capacity: "king", reason: "fine" })).toEqual({
    capacity: "self",
    organisation: null,
    mandate: "",
    reason: "none",
    checks: [],
    warnings: [],
  });
});

test("the check that failed is named; unknown ones are left out", () => {
  const report = parseReport({
    reason: "mandate_expired",
    checks: [
      { check: "format", result: "pass" },
      { check: "stars", result: "fail" },
      { check: "dates", result: "fail", code: "expired" },
      { check: "registry", result: "not_checked" },
    ],
  });
  expect(failedCheck(report)).toEqual({ check: "dates", result: "fail", code: "expired", detail: "" });
  expect(failedCheck(parseReport(null))).toBeUndefined();
});

test("a capacity is usable only when the gateway says so", () => {
  const [one] = parseCapacities({ capacities: [{ capacity: "organisation", mandate: "m", usable: "yes" }, 7] });
  expect(one).toMatchObject({ capacity: "organisation", usable: false, reason: "none", organisation: null });
});

test("a mandate ends soon while it has not ended", () => {
  const now = Date.parse("2026-11-22T00:00:00Z");
  const ends = (ends_at: string) => endsSoon(parseMandate({ ends_at }), now, 30);
  const moments = ["2026-11-21T21:00:00Z", "2026-11-22T21:00:00Z", "2026-12-22T00:00:00Z", "2026-12-23T00:00:00Z", ""];
  expect(moments.map(ends)).toEqual([false, true, true, false, false]);
});

test("restrictions of a power are told in the mandate's own words", () => {
  const restrictions = [{ code: "L", name: "Shop", value: "S1", value_name: "Shop 1" }, 1];
  const powers = [{ code: "A", name: "Scan", restrictions }];
  expect(parseMandate({ powers }).powers).toEqual([{ code: "A", name: "Scan", limits: ["Shop: Shop 1"] }]);
});
