import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { parsePassage, type Passage } from "../api";
import { dictionaries, langs } from "../i18n";
import { classes, classesFor, instead, midnight, parseTotals, recent } from "./model";

const at = Date.parse("2026-03-01T12:00:00Z");

function passage(seq: number, minutesAgo: number, more: object = {}): Passage {
  const time = new Date(at - minutesAgo * 60_000).toISOString();
  const plain = { seq, id: `p${seq}`, at: time, decision: "deny", reason: "expired", checkpoint: "north" };
  return parsePassage({ ...plain, ...more });
}

test("the classes are the gateway's, word for word", () => {
  const source = readFileSync(new URL("../../../cache/ledger/override.go", import.meta.url), "utf8");
  const theirs = [...source.matchAll(/Class = "([a-z_]+)"/g)].map((m) => m[1]);
  expect(theirs.length).toBeGreaterThan(5);
  expect([...classes].sort()).toEqual(theirs.sort());
  expect(new Set([...classesFor.admit, ...classesFor.deny])).toEqual(new Set(classes));
});

describe("what may still be set aside", () => {
  const all = [
    passage(1, 16),
    passage(2, 14),
    passage(3, 3, { decision: "admit" }),
    passage(4, 2, { decision: "hold" }),
    passage(5, 1, { decision: "admit", overrides: { seq: 2, class: "emergency" } }),
  ];

  test("refused and held ones of the last quarter of an hour, newest first", () => {
    expect(recent(all, at, false).map((r) => r.passage.seq)).toEqual([4, 2]);
    expect(recent(all, at, true).map((r) => r.passage.seq)).toEqual([4, 3, 2]);
    expect(recent(all, at, true, 1).map((r) => r.passage.seq)).toEqual([4]);
  });

  test("with what a person has decided", () => {
    expect(recent(all, at, false).map((r) => r.by?.seq)).toEqual([undefined, 5]);
  });

  test("the other way only", () => {
    expect([instead("deny"), instead("hold"), instead("admit")]).toEqual([["admit"], ["admit", "deny"], ["deny"]]);
  });
});

test("hours are summed up, by the clock on the wall", () => {
  const first = new Date(2026, 2, 1, 9).toISOString();
  const second = new Date(2026, 2, 1, 10).toISOString();
  const { complete, checkpoints } = parseTotals({
    complete: true,
    checkpoints: [
      {
        checkpoint: "north",
        name: "North gate",
        inside: 7,
        capacity: 9,
        hours: [
          { hour: first, admitted: 4, refused: { expired: 1, revoked: 2 }, let_in: { other: 1 } },
          { hour: second, admitted: 2, refused: { expired: 3 }, held: { status_unknown: 1 } },
          { hour: second, admitted: 0, turned_away: { emergency: 1 } },
        ],
      },
    ],
  });
  const [north] = checkpoints;
  expect(complete).toBe(true);
  expect(north).toMatchObject({ name: "North gate", admitted: 6, inside: 7, capacity: 9 });
  expect(north?.refused).toEqual([
    ["expired", 4],
    ["revoked", 2],
  ]);
  expect(north?.letIn).toEqual([["other", 1]]);
  expect(north?.turnedAway).toEqual([["emergency", 1]]);
  expect(north?.hours).toEqual([
    { hour: 9, in: 5, out: 3 },
    { hour: 10, in: 2, out: 4 },
    { hour: 10, in: 0, out: 0 },
  ]);
  expect(parseTotals("nonsense")).toEqual({ complete: false, checkpoints: [] });
});

test("the day begins at midnight here", () => {
  const start = new Date(midnight(new Date(2026, 2, 1, 23, 59)));
  expect([start.getDate(), start.getHours(), start.getMinutes()]).toEqual([1, 0, 0]);
});

test.each(langs)("%s: every class has a word", (lang) => {
  for (const c of classes) expect(dictionaries[lang].overview.classes[c].length).toBeGreaterThan(3);
});
