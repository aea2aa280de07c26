import { expect, test } from "vitest";
import { Suppressor } from "./suppress";

test("a code in sight counts once, and again after 1.2 s out of sight", () => {
  const s = new Suppressor();
  expect(s.fresh("a", 0)).toBe(true);
  for (let t = 33; t < 5000; t += 33) expect(s.fresh("a", t)).toBe(false);
  expect(s.fresh("a", 4983 + 1199)).toBe(false);
  expect(s.fresh("a", 4983 + 1199 + 1200)).toBe(true);
});

test("another code interrupts at once; two in one picture count once each", () => {
  const s = new Suppressor();
  const fresh = ["a", "b", "a", "b", "b", "a", "c"].map((text, i) => s.fresh(text, i * 33));
  expect(fresh).toEqual([true, true, false, false, false, false, true]);
});

test("a document that was let through is left alone while it is in sight", () => {
  const suppressor = new Suppressor(1000);
  expect(suppressor.passed("a", 0)).toBe(false);
  suppressor.pass("a", 0);
  expect(suppressor.passed("a", 900)).toBe(true);
  expect(suppressor.passed("a", 1800)).toBe(true); // seen 0.9 s ago
  expect(suppressor.passed("b", 1800)).toBe(false);
  expect(suppressor.passed("a", 2900)).toBe(false);
});
