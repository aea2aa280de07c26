import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { PartCollector, partsIn, PATIENCE_MS } from "./parts";

const bytes = (text: string) => new TextEncoder().encode(text);
const part = (i: number, of: number, digits = `${i}${i}`) => `shc:/${i}/${of}/${digits}`;

let told: string[];
let collector: PartCollector;
beforeEach(() => {
  vi.useFakeTimers();
  told = [];
  collector = new PartCollector({
    changed: (read, timedOut) =>
      told.push(read ? read.map((r) => (r ? "x" : ".")).join("") : timedOut ? "timed out" : "none"),
  });
});
afterEach(() => vi.useRealTimers());

test("only the parts of split cards are parts", () => {
  for (const text of ["shc:/1/3/5676", "shc:/3/3/00", "shc:/12/99/01"])
    expect(partsIn(bytes(text)), text).toEqual([text]);
  for (const text of [
    "shc:/5676",
    "shc:/1/1/5676", // whole already
    "shc:/4/3/5676",
    "shc:/0/3/5676",
    "shc:/1/03/5676",
    "shc:/1/3/",
    "shc:/1/3/56x6",
    "SHC:/1/3/5676",
    "HC1:6BF",
    "shc:/1/3/56 and more",
    "",
  ]) {
    expect(partsIn(bytes(text)), text).toBeNull();
  }
  expect(partsIn(bytes("shc:/2/2/11\r\n shc:/1/2/22\n"))).toEqual(["shc:/2/2/11", "shc:/1/2/22"]);
});

test("parts in any order and more than once make one payload in order", () => {
  expect(collector.take(part(3, 3), 0)).toBeNull();
  expect(collector.take(part(1, 3), 0)).toBeNull();
  expect(collector.take(part(1, 3), 0)).toBeNull();
  expect(collector.take(part(2, 3), 0)).toBe([part(1, 3), part(2, 3), part(3, 3)].join("\n"));
  expect(told).toEqual(["..x", "x.x", "x.x", "none"]);
  expect(collector.collecting).toBe(false);
});

test("a part of another card begins anew", () => {
  collector.take(part(1, 3), 0);
  collector.take(part(1, 2), 0); // another number of parts
  collector.take(part(1, 2, "77"), 0); // the same place, another content
  expect(collector.take(part(2, 2), 0)).toBe([part(1, 2, "77"), part(2, 2)].join("\n"));
  expect(told).toEqual(["x..", "x.", "x.", "none"]);
});

test("a card whose next part does not come is dropped, and each part buys time", () => {
  collector.take(part(1, 3), 0);
  vi.advanceTimersByTime(PATIENCE_MS - 1);
  collector.take(part(2, 3), 0);
  vi.advanceTimersByTime(PATIENCE_MS - 1);
  expect(collector.collecting).toBe(true);
  vi.advanceTimersByTime(1);
  expect(told.at(-1)).toBe("timed out");
  collector.drop();
  expect(told.filter((t) => t === "none")).toEqual([]); // nothing was there to be dropped
});

test("a card that was sent does not begin again while it is held before the camera", () => {
  collector.take(part(1, 2), 0);
  expect(collector.repeats(part(1, 2), 0)).toBe(false);
  collector.take(part(2, 2), 0);
  expect(collector.repeats(part(1, 2), 4000)).toBe(true);
  expect(collector.repeats(part(2, 2), 8000)).toBe(true); // seen 4 s ago
  expect(collector.repeats(part(2, 2, "99"), 8000)).toBe(false);
  expect(collector.repeats(part(1, 2), 14_000)).toBe(false); // shown anew
});
