import { describe, expect, test } from "vitest";
import { better, type Candidate, failure } from "./choose";

const camera = (id: string, label: string, autofocus = false): Candidate => ({ id, label, autofocus });
const wide = camera("w", "camera2 2, facing back");
const main = camera("m", "camera2 0, facing back");
const front = camera("f", "camera2 1, facing front");

describe("the better camera", () => {
  const cases: [string, Candidate[], string, string | null, string | null][] = [
    ["the only one stays", [front], "f", null, null],
    ["Android: the one that ends in 0, facing back", [front, wide, main], "w", null, "m"],
    ["already open", [front, wide, main], "m", null, null],
    ["one that focuses stays", [main, camera("w", "camera2 2, facing back", true)], "w", null, null],
    ["one that focuses is preferred", [wide, camera("t", "Back Triple Camera", true)], "w", null, "t"],
    ["remembered goes before every rule", [front, wide, main], "m", "camera2 1, facing front", "f"],
    ["remembered and open", [front, main], "f", "camera2 1, facing front", null],
    ["remembered but gone", [front, main], "m", "USB camera", null],
    [
      "a front camera that focuses is no reason to turn round",
      [camera("f", "FaceTime HD", true), wide],
      "w",
      null,
      null,
    ],
  ];
  test.each(cases)("%s", (_, cameras, current, remembered, want) => {
    expect(better(cameras, current, remembered)).toBe(want);
  });
});

test("what a refused camera means", () => {
  const named = (name: string) => failure(new DOMException("", name));
  expect(named("NotAllowedError")).toBe("denied");
  expect(named("NotFoundError")).toBe("none");
  expect(named("OverconstrainedError")).toBe("none");
  expect(named("NotReadableError")).toBe("taken");
  expect(failure("?")).toBe("taken");
});
