import { expect, test } from "vitest";
import { HintKeeper } from "./hints";

test("a hint takes two near misses and stays until all is quiet", () => {
  const keeper = new HintKeeper();
  expect(keeper.next("glare", 0)).toBeUndefined();
  expect(keeper.next("glare", 130)).toBe("glare");
  expect(keeper.next("closer", 260)).toBeUndefined();
  expect(keeper.next(null, 390)).toBeUndefined();
  expect(keeper.next("closer", 520)).toBe("closer");
  expect(keeper.next(null, 900)).toBeUndefined();
  expect(keeper.next(null, 1400)).toBeNull();
  expect(keeper.next(null, 1500)).toBeUndefined();
});

test("a code that was read ends it at once", () => {
  const keeper = new HintKeeper();
  expect(keeper.clear()).toBeUndefined();
  keeper.next("glare", 0);
  keeper.next("glare", 130);
  expect(keeper.clear()).toBeNull();
});
