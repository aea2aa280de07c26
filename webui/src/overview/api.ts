// The supervisor's calls.

import { call, parsePassage, send, type Decision, type Passage } from "../api";
import type { Reason } from "../model/reason";
import { parseTotals, type OverrideClass, type TotalsAnswer } from "./model";

/** What is to be set aside: a scan's answer or a recorded passage. */
export interface Target {
  seq: number;
  id: string;
  decision: Decision;
  reason: Reason;
  checkpoint: string;
  at: string;
}

/** A person's decision. */
export interface Deciding {
  decision: "admit" | "deny";
  reason: OverrideClass;
  note: string;
  /** What else stands against it and is known. */
  despite: Reason[];
  /** Asked again with it, the answer is the same. */
  nonce: string;
}

/** Sets a decision aside; the answer is the new passage. */
export async function override(of: Target, d: Deciding): Promise<Passage> {
  const body = { passage: of.id, ...d, note: d.note.trim() };
  return parsePassage(await send("POST", `/v1/passages/${of.seq}/override`, body));
}

export async function getTotals(since: string): Promise<TotalsAnswer> {
  return parseTotals(await call(`/v1/totals?since=${encodeURIComponent(since)}`));
}

export const totalsFile = (since: string): string => `/v1/totals.csv?since=${encodeURIComponent(since)}`;

/** A word that nobody else uses, also where the page did not come over TLS. */
export function newNonce(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((b) => b.toString(16).padStart(2, "0")).join("");
}
