// What a verdict says about the document, in the words of one language.

import type { ScanAnswer } from "../api";
import { count, date, term } from "../format";
import type { Dictionary } from "../i18n/dictionary";
import { leavesOf, type Leaf, type Scalar, type Told } from "./claims";

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

/** In the details only: nobody compares a number, or reads an address, in half a second. */
const unspoken = new Set(
  [
    "number id serial account personalacc bic inn payeeinn correspacc gtin item variation subevent",
    "address house street district state location landmark post_office sub_district vtc care_of postcode ags azr",
    "gender maritalstatus guardian phone email nationality mobile_last4 personal_administrative_number",
    "issue_date expiry_date country url crypto sheet_number social_insurance_number security",
  ].flatMap((line) => line.split(" ")),
);

/** The short form for the half second somebody looks. */
export function factsOf(t: Dictionary, answer: ScanAnswer, now: number): Facts {
  const issuer = answer.issuer?.name ?? "";
  const notice = answer.kind === "notice";
  const claims = leavesOf(answer)
    .filter(({ key, value }) => key in t.claims && value !== issuer)
    .filter(({ key, value }) => (notice && spokenOfNotice.has(key)) || (!unspoken.has(key) && isShort(value)));
  return {
    name: answer.holder?.name ?? "",
    document: answer.document ? documentName(t, answer.document.type) : "",
    issuer,
    term: termOf(t, answer, now),
    claims: together(claims.map((leaf) => factOf(t, leaf, isPayment(answer)))).slice(
      0,
      notice ? shownOfNotice : shownClaims,
    ),
  };
}

/** What a contact is about. */
const spokenOfNotice = new Set(["phone", "email", "gtin"]);

/** Every value of the document that a person can read, for the details. */
export function allClaims(t: Dictionary, answer: Told): Fact[] {
  return leavesOf(answer)
    .filter(({ key }) => key in t.claims || key.length > 2) // two letters alone are a code of some value set
    .slice(0, longestList)
    .map((leaf) => factOf(t, leaf, isPayment(answer)));
}

/** The document type in words; an unknown one as it is spelt, without address, version and underscores. */
export function documentName(t: Dictionary, type: string): string {
  const short =
    type
      .split(/[/:#]/)
      .filter((part) => !/^(v?\d[\d.]*)?$/.test(part))
      .at(-1) ?? type;
  return t.documents[type] ?? t.documents[short.toLowerCase()] ?? words(short);
}

/** What to say of a code that is no document, by its kind. */
export function noticeText(t: Dictionary, type: string): string {
  return t.notices[type] ?? t.reasons.not_a_credential.text;
}

/** Whether a notice breaks its own standard: worth a warning where money is asked for. */
export function isFaulty(answer: Pick<ScanAnswer, "document" | "kind">): boolean {
  return answer.kind === "notice" && "fault" in (answer.document?.claims ?? {});
}

function isPayment({ kind, document }: Told): boolean {
  return kind === "notice" && document?.type === "payment";
}

/** Facts of one label as one: "Category: A, B". */
function together(facts: Fact[]): Fact[] {
  const byLabel = new Map<string, string[]>();
  for (const { label, value } of facts) {
    const values = byLabel.get(label) ?? [];
    byLabel.set(label, values.includes(value) ? values : [...values, value]);
  }
  return [...byLabel].map(([label, values]) => ({ label, value: values.join(", ") }));
}

function factOf(t: Dictionary, { key, value }: Leaf, payment: boolean): Fact {
  const label = (payment && key === "name" ? t.claims["recipient"] : t.claims[key]) ?? words(key);
  return {
    label,
    value: key === "sum_kopecks" && typeof value === "number" ? roubles(value) : valueText(t, key, value),
  };
}

/** 150000 kopecks are 1 500,00 ₽. */
function roubles(kopecks: number): string {
  return `${count(Math.trunc(kopecks / 100))},${String(kopecks % 100).padStart(2, "0")} ₽`;
}

function valueText(t: Dictionary, key: string, value: Scalar): string {
  if (typeof value === "boolean") return value ? t.details.yes : t.details.no;
  const text = String(value);
  const word = t.values[key === "gender" ? `gender_${text.toLowerCase()}` : text.toLowerCase()];
  if (word) return word;
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
