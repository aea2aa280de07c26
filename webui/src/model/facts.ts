// What a verdict says about the document, in the words of one language.

import type { Claim, ScanAnswer } from "../api";
import { date, term } from "../format";
import type { Dictionary } from "../i18n/dictionary";

/** One labelled value. */
export interface Fact {
  label: string;
  value: string;
}

/** The lines of the verdict screen; empty strings are left out. */
export interface Facts {
  name: string;
  document: string;
  issuer: string;
  term: string;
  claims: Fact[];
}

const shownClaims = 2;
const unspoken = new Set(["number", "id"]); // in the details: nobody compares a number in half a second
const longestList = 40; // a details list nobody can read is no help
const longestValue = 200;

/** The short form for the half second somebody looks. */
export function factsOf(t: Dictionary, answer: ScanAnswer, now: number): Facts {
  const issuer = answer.issuer?.name ?? "";
  const claims = Object.entries(answer.document?.claims ?? {})
    .filter(([key, value]) => key in t.claims && !unspoken.has(key) && isShort(value) && value !== issuer)
    .slice(0, answer.kind === "notice" ? 3 * shownClaims : shownClaims)
    .map(([key, value]) => ({ label: claimLabel(t, key), value: claimText(t, value) }));
  return {
    name: answer.holder?.name ?? "",
    document: answer.document ? documentName(t, answer.document.type) : "",
    issuer,
    term: termOf(t, answer, now),
    claims,
  };
}

/** Every value of the document, for the details. */
export function allClaims(t: Dictionary, claims: Record<string, Claim>): Fact[] {
  const facts: Fact[] = [];
  const walk = (key: string, value: Claim) => {
    if (facts.length >= longestList || value === null) return;
    if (Array.isArray(value)) value.forEach((v) => walk(key, v));
    else if (typeof value === "object") Object.entries(value).forEach(([k, v]) => walk(k, v));
    else facts.push({ label: claimLabel(t, key), value: claimText(t, value) });
  };
  Object.entries(claims).forEach(([key, value]) => walk(key, value));
  return facts;
}

/** The document type in words; an unknown one as it is spelt, without underscores. */
export function documentName(t: Dictionary, type: string): string {
  return t.documents[type] ?? words(type);
}

function claimLabel(t: Dictionary, key: string): string {
  return t.claims[key] ?? words(key);
}

function claimText(t: Dictionary, value: Claim): string {
  if (typeof value === "boolean") return value ? t.details.yes : t.details.no;
  const text = typeof value === "string" ? value : JSON.stringify(value);
  if (/^\d{4}-\d{2}-\d{2}/.test(text)) return date(t, text);
  return text.length > longestValue ? text.slice(0, longestValue) + "…" : text;
}

function isShort(value: Claim): boolean {
  if (typeof value === "string") return value !== "" && value.length <= 60;
  return typeof value === "number" || typeof value === "boolean";
}

function termOf(t: Dictionary, answer: ScanAnswer, now: number): string {
  if (answer.reason === "not_yet_valid" && answer.issuedAt) return t.verdict.from(term(t, answer.issuedAt, now));
  if (!answer.expiresAt) return "";
  const text = term(t, answer.expiresAt, now);
  return answer.reason === "expired" ? t.verdict.expiredOn(text) : t.verdict.until(text);
}

function words(key: string): string {
  const text = key.replaceAll("_", " ");
  return text.charAt(0).toUpperCase() + text.slice(1);
}
