// What a verdict says about the document, in the words of one language.

import type { Claim, ScanAnswer } from "../api";
import { count, date, term } from "../format";
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

const shownClaims = 3;
const shownOfNotice = 5;
const longestList = 40; // a details list nobody can read is no help
const longestValue = 200;

/** In the details only: nobody compares a number in half a second. */
const unspoken = new Set(["number", "id", "serial", "account", "personalacc", "bic", "inn", "payeeinn"]);
/** Said elsewhere on the screen, or of use to programs alone. */
const silent = new Set(["full_name", "birth_date", "dob", "standard", "charset", "crc_valid", "ver", "type", "scheme"]);

/** The short form for the half second somebody looks. */
export function factsOf(t: Dictionary, answer: ScanAnswer, now: number): Facts {
  const issuer = answer.issuer?.name ?? "";
  const notice = answer.kind === "notice";
  const claims = leaves(answer.document?.claims ?? {})
    .filter(({ key, value }) => key in t.claims && !unspoken.has(key) && isShort(value) && value !== issuer)
    .slice(0, notice ? shownOfNotice : shownClaims);
  return {
    name: answer.holder?.name ?? "",
    document: answer.document ? documentName(t, answer.document.type) : "",
    issuer,
    term: termOf(t, answer, now),
    claims: claims.map((leaf) => factOf(t, leaf, notice)),
  };
}

/** Every value of the document that a person can read, for the details. */
export function allClaims(t: Dictionary, answer: Pick<ScanAnswer, "document" | "kind">): Fact[] {
  return leaves(answer.document?.claims ?? {})
    .filter(({ key }) => key in t.claims || key.length > 2) // two letters alone are a code of some value set
    .slice(0, longestList)
    .map((leaf) => factOf(t, leaf, answer.kind === "notice"));
}

/** The document type in words; an unknown one as it is spelt, without underscores. */
export function documentName(t: Dictionary, type: string): string {
  return t.documents[type] ?? words(type);
}

type Scalar = string | number | boolean;
interface Leaf {
  key: string; // in lower case
  value: Scalar;
}

/** The values at the ends of the claims, whatever groups they are in; the same key and value once. */
function leaves(claims: Record<string, Claim>): Leaf[] {
  const found: Leaf[] = [];
  const walk = (name: string, value: Claim) => {
    const key = name.toLowerCase();
    if (value === null || value === "" || silent.has(key)) return;
    if (Array.isArray(value)) value.forEach((v) => walk(name, v));
    else if (typeof value === "object") Object.entries(value).forEach(([k, v]) => walk(k, v));
    else found.push({ key, value });
  };
  Object.entries(claims).forEach(([key, value]) => walk(key, value));
  const priced = found.some((l) => l.key === "sum_kopecks"); // then the bare figure would say it again, unreadably
  return found.filter((l) => !(priced && l.key === "sum") && !(priced && l.key === "currency"));
}

function factOf(t: Dictionary, { key, value }: Leaf, notice: boolean): Fact {
  const label = (notice && key === "name" ? t.claims["recipient"] : t.claims[key]) ?? words(key);
  return { label, value: key === "sum_kopecks" && typeof value === "number" ? roubles(value) : valueText(t, value) };
}

/** 150000 kopecks are 1 500,00 ₽. */
function roubles(kopecks: number): string {
  return `${count(Math.trunc(kopecks / 100))},${String(kopecks % 100).padStart(2, "0")} ₽`;
}

function valueText(t: Dictionary, value: Scalar): string {
  if (typeof value === "boolean") return value ? t.details.yes : t.details.no;
  const text = String(value);
  if (/^\d{4}-\d{2}-\d{2}/.test(text)) return date(t, text);
  return text.length > longestValue ? text.slice(0, longestValue) + "…" : text;
}

/** Short enough to be read at a glance; long rows of digits are not. */
function isShort(value: Scalar): boolean {
  return typeof value !== "string" || (value.length <= 60 && !/^\d{6,}$/.test(value));
}

/** When it ends, or begins. What nobody vouches for has no term, except as the reason of a refusal. */
function termOf(t: Dictionary, answer: ScanAnswer, now: number): string {
  if (answer.reason === "not_yet_valid" && answer.issuedAt) return t.verdict.from(term(t, answer.issuedAt, now));
  if (!answer.expiresAt || !answer.document) return "";
  const text = term(t, answer.expiresAt, now);
  return answer.reason === "expired" ? t.verdict.expiredOn(text) : t.verdict.until(text);
}

function words(key: string): string {
  const text = key.replaceAll("_", " ");
  return text.charAt(0).toUpperCase() + text.slice(1);
}
