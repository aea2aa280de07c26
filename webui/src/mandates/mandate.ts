// Powers of attorney (МЧД) as the gateway tells about them. A word that is not on a closed list turns into the value
// that permits nothing.

import { arr, obj, oneOf, str } from "../json";
import { parseReason, type Reason } from "../model/reason";

/** The checks of a mandate, in the order in which they are made. */
export const mandateChecks = [
  "format",
  "signature",
  "certificate",
  "signer",
  "dates",
  "representative",
  "powers",
  "chain",
  "registry",
] as const;
export type MandateCheckName = (typeof mandateChecks)[number];

export interface MandateCheck {
  check: MandateCheckName;
  result: "pass" | "fail" | "unknown" | "not_checked";
  /** What about it failed. */
  code: string;
  detail: string;
}

/** What was found about a mandate. */
export interface Report {
  reason: Reason;
  checks: MandateCheck[];
  warnings: string[];
}

/** For whom somebody scans. */
export interface Organisation {
  id: string;
  name: string;
  inn: string;
  ogrn: string;
}

export interface Registry {
  state: "good" | "revoked" | "not_found" | "unavailable" | "not_asked";
  at: string;
}

/** In which capacity a scan was made, and what was checked about it. */
export interface Authority extends Report {
  capacity: "self" | "organisation";
  organisation: Organisation | null;
  mandate: string;
}

/** One way in which the person may scan. */
export interface Capacity {
  capacity: "self" | "organisation";
  organisation: Organisation | null;
  /** Number; empty for a private person. */
  mandate: string;
  validUntil: string;
  usable: boolean;
  reason: Reason;
}

/** Principal, representative, or whoever passed powers on. */
export interface Party {
  name: string;
  inn: string;
  ogrn: string;
  position: string;
}

export interface Power {
  code: string;
  name: string;
  /** Where or how far it holds, in the words of the mandate. */
  limits: string[];
}

export interface Link {
  number: string;
  known: boolean;
  validUntil: string;
}

export interface Signer {
  name: string;
  organisation: string;
  title: string;
  signedAt: string;
  certificateEndsAt: string;
}

export interface Mandate {
  number: string;
  internalNumber: string;
  kind: "original" | "sub_delegation";
  issuedOn: string;
  validUntil: string;
  /** The first moment at which it is over. */
  endsAt: string;
  organisation: Organisation | null;
  state: "current" | "not_yet" | "ended";
  /** False: it was, and no longer is. */
  proven: boolean;
  mine: boolean;
  joint: boolean;
  passedBy: Party[];
  representatives: Party[];
  powers: Power[];
  powersText: string;
  chain: Link[];
  signers: Signer[];
  registry: Registry;
}

const each = <T>(v: unknown, read: (o: Record<string, unknown>) => T): T[] =>
  arr(v).flatMap((item) => {
    const o = obj(item);
    return o ? [read(o)] : [];
  });

export function parseReport(v: unknown): Report {
  const o = obj(v) ?? {};
  return {
    reason: parseReason(o["reason"]),
    checks: each(o["checks"], parseCheck).filter((c): c is MandateCheck => c !== null),
    warnings: arr(o["warnings"]).filter((w): w is string => typeof w === "string"),
  };
}

function parseCheck(o: Record<string, unknown>): MandateCheck | null {
  const check = mandateChecks.find((n) => n === o["check"]);
  if (!check) return null;
  const result = oneOf(o["result"], ["pass", "fail", "unknown", "not_checked"] as const, "unknown");
  return { check, result, code: str(o["code"]), detail: str(o["detail"]) };
}

function parseOrganisation(v: unknown): Organisation | null {
  const o = obj(v);
  return o && { id: str(o["id"]), name: str(o["name"]), inn: str(o["inn"]), ogrn: str(o["ogrn"]) };
}

function parseRegistry(v: unknown): Registry {
  const o = obj(v);
  const states = ["good", "revoked", "not_found", "unavailable", "not_asked"] as const;
  return { state: oneOf(o?.["state"], states, "not_asked"), at: str(o?.["at"]) };
}

const parseCapacityWord = (v: unknown): Capacity["capacity"] => (v === "organisation" ? "organisation" : "self");

/** The member `authority` of an answer; null where nobody is asked. */
export function parseAuthority(v: unknown): Authority | null {
  const o = obj(v);
  return (
    o && {
      ...parseReport(o),
      capacity: parseCapacityWord(o["capacity"]),
      organisation: parseOrganisation(o["organisation"]),
      mandate: str(o["mandate"]),
    }
  );
}

export function parseCapacities(v: unknown): Capacity[] {
  return each(obj(v)?.["capacities"], (o) => ({
    capacity: parseCapacityWord(o["capacity"]),
    organisation: parseOrganisation(o["organisation"]),
    mandate: str(o["mandate"]),
    validUntil: str(o["valid_until"]),
    usable: o["usable"] === true,
    reason: parseReason(o["reason"]),
  }));
}

const parseParties = (v: unknown): Party[] =>
  each(v, (o) => ({ name: str(o["name"]), inn: str(o["inn"]), ogrn: str(o["ogrn"]), position: str(o["position"]) }));

function parsePower(o: Record<string, unknown>): Power {
  const limit = (r: Record<string, unknown>): string => {
    const value = str(r["value_name"]) || str(r["words"]) || str(r["value"]);
    return [str(r["name"]) || str(r["code"]), value].filter(Boolean).join(": ");
  };
  return { code: str(o["code"]), name: str(o["name"]), limits: each(o["restrictions"], limit) };
}

export function parseMandate(v: unknown): Mandate {
  const o = obj(v) ?? {};
  return {
    number: str(o["number"]),
    internalNumber: str(o["internal_number"]),
    kind: oneOf(o["kind"], ["original", "sub_delegation"] as const, "original"),
    issuedOn: str(o["issued_on"]),
    validUntil: str(o["valid_until"]),
    endsAt: str(o["ends_at"]),
    organisation: parseOrganisation(o["organisation"]),
    state: oneOf(o["state"], ["current", "not_yet", "ended"] as const, "ended"),
    proven: o["proven"] === true,
    mine: o["mine"] === true,
    joint: o["joint"] === true,
    passedBy: parseParties(o["passed_by"]),
    representatives: parseParties(o["representatives"]),
    powers: each(o["powers"], parsePower),
    powersText: str(o["powers_text"]),
    chain: each(o["chain"], (l) => ({
      number: str(l["number"]),
      known: l["known"] === true,
      validUntil: str(l["valid_until"]),
    })),
    signers: each(o["signers"], (s) => ({
      name: str(s["name"]),
      organisation: str(s["organisation"]),
      title: str(s["title"]),
      signedAt: str(s["signed_at"]),
      certificateEndsAt: str(s["certificate_ends_at"]),
    })),
    registry: parseRegistry(o["registry"]),
  };
}

export const parseMandates = (v: unknown): Mandate[] => each(obj(v)?.["mandates"], parseMandate);

/** Whether it is in force or to come, and ends within so many days. */
export function endsSoon(m: Mandate, now: number, days: number): boolean {
  const left = Date.parse(m.endsAt) - now;
  return left > 0 && left <= days * 86_400_000;
}

/** The check that failed, or whose answer nobody knows; undefined when none did. */
export function failedCheck(r: Report): MandateCheck | undefined {
  return r.checks.find((c) => c.result === "fail" || c.result === "unknown");
}
