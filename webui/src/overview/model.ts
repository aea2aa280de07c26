// What a supervisor sees: how the checkpoints decided, and what may still be set aside.

import type { Decision, Passage } from "../api";
import { arr, num, obj, str } from "../json";

/** Why somebody sets a decision aside; the gateway's own list. */
export const classes = [
  "document_seen",
  "list_outdated",
  "scanner_fault",
  "guest_of_house",
  "emergency",
  "not_the_holder",
  "house_rules",
  "other",
] as const;
export type OverrideClass = (typeof classes)[number];

/** The reasons that make sense for letting somebody in, and for turning somebody away. */
export const classesFor: Record<"admit" | "deny", readonly OverrideClass[]> = {
  admit: ["document_seen", "list_outdated", "scanner_fault", "guest_of_house", "emergency", "other"],
  deny: ["not_the_holder", "house_rules", "emergency", "other"],
};

/** A list from words to numbers, the largest first. */
export type Sum = [word: string, count: number][];

/** What one checkpoint did since a moment. */
export interface Totals {
  checkpoint: string;
  name: string;
  inside: number;
  capacity: number;
  admitted: number;
  refused: Sum;
  held: Sum;
  letIn: Sum;
  turnedAway: Sum;
  /** By hour of the day here: who got in, and who did not. */
  hours: { hour: number; in: number; out: number }[];
}

export interface TotalsAnswer {
  /** Everything that was recorded is counted. */
  complete: boolean;
  checkpoints: Totals[];
}

/** Reads the gateway's answer; hours become those of the clock on the wall. */
export function parseTotals(v: unknown): TotalsAnswer {
  const o = obj(v);
  return { complete: o?.["complete"] === true, checkpoints: arr(o?.["checkpoints"]).map(parseCheckpoint) };
}

function parseCheckpoint(v: unknown): Totals {
  const o = obj(v) ?? {};
  const hours = arr(o["hours"]).map((h) => obj(h) ?? {});
  const all = (name: string): Sum => {
    const sum = new Map<string, number>();
    for (const h of hours)
      for (const [word, n] of Object.entries(obj(h[name]) ?? {})) sum.set(word, (sum.get(word) ?? 0) + num(n));
    return [...sum].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
  };
  return {
    checkpoint: str(o["checkpoint"]),
    name: str(o["name"]) || str(o["checkpoint"]),
    inside: num(o["inside"]),
    capacity: num(o["capacity"]),
    admitted: hours.reduce((n, h) => n + num(h["admitted"]), 0),
    refused: all("refused"),
    held: all("held"),
    letIn: all("let_in"),
    turnedAway: all("turned_away"),
    hours: hours.map((h) => ({
      hour: new Date(str(h["hour"])).getHours(),
      in: num(h["admitted"]) + total(Object.entries(obj(h["let_in"]) ?? {})),
      out: total(Object.entries(obj(h["refused"]) ?? {})) + total(Object.entries(obj(h["held"]) ?? {})),
    })),
  };
}

/** All numbers of a sum. */
export const total = (sum: readonly (readonly [string, unknown])[]): number => sum.reduce((n, [, c]) => n + num(c), 0);

/** How long a decision may be set aside where nothing else is configured; the gateway has the last word. */
export const windowMs = 15 * 60_000;

/** A passage and what a person decided about it. */
export interface Recent {
  passage: Passage;
  by: Passage | null;
}

/** Scans that may still be set aside, newest first, with the person's decision where there is one. */
export function recent(passages: readonly Passage[], now: number, all: boolean, most = 50): Recent[] {
  const decided = new Map(passages.flatMap((p) => (p.overrides ? [[p.overrides.seq, p] as const] : [])));
  return passages
    .filter((p) => !p.overrides && now - Date.parse(p.at) <= windowMs && (all || p.decision !== "admit"))
    .slice(-most)
    .reverse()
    .map((passage) => ({ passage, by: decided.get(passage.seq) ?? null }));
}

/** What a person may decide instead. */
export const instead = (was: Decision): readonly ("admit" | "deny")[] =>
  was === "hold" ? ["admit", "deny"] : was === "admit" ? ["deny"] : ["admit"];

/** The last midnight here. */
export function midnight(now: Date): string {
  return new Date(now.getFullYear(), now.getMonth(), now.getDate()).toISOString();
}
