// The gateway's JSON as types, and the calls of the page. What comes in is read field by field: a word that is
// not on a closed list turns into the value that admits nobody.

import { arr, num, obj, oneOf, str } from "./json";
import { parseAuthority, type Authority } from "./mandates/mandate";
import { parseReason, type Reason } from "./model/reason";

export type Decision = "admit" | "deny" | "hold";
export type Outcome = "valid" | "invalid" | "indeterminate";
export type Direction = "entry" | "exit";
export const roles = ["holder", "checker", "supervisor", "auditor", "admin", "device"] as const;
export type Role = (typeof roles)[number];
export type CheckResult = "pass" | "fail" | "unknown" | "not_checked";
export const checkNames = [
  "decode",
  "schema",
  "issuer",
  "signature",
  "key_usage",
  "time",
  "status",
  "holder",
  "policy",
] as const;
export type CheckName = (typeof checkNames)[number];
export type Unestablished = "holder_binding" | "revocation";

/** What a claim of a document may be, as JSON. */
export type Claim = string | number | boolean | null | Claim[] | { [name: string]: Claim };

export interface Check {
  check: CheckName;
  result: CheckResult;
  detail: string;
}
export interface Issuer {
  id: string;
  name: string;
  country: string;
  kid: string;
}
export interface Holder {
  name: string;
  birthDate: string;
  documentNumber: string;
}
export interface Earlier {
  seq: number;
  at: string;
  checkpoint: string;
}

/** The answer to one scan: the judgement, the decision and where it was recorded. Empty strings stand for absent. */
export interface ScanAnswer {
  id: string;
  seq: number;
  decision: Decision;
  outcome: Outcome;
  reason: Reason;
  stage: string;
  kind: string;
  format: string;
  document: { type: string; claims: Record<string, Claim> } | null;
  holder: Holder | null;
  issuer: Issuer | null;
  issuedAt: string;
  expiresAt: string;
  checks: Check[];
  notEstablished: Unestablished[];
  elapsedNs: number;
  checkpoint: string;
  direction: Direction;
  nonce: string;
  at: string;
  scannedAt: string;
  previous: Earlier | null;
  /** Whether the checker might ask; null where nobody is asked. */
  authority: Authority | null;
  replayed: boolean;
}

/** One recorded decision as the live feed tells it. */
export interface Passage {
  seq: number;
  id: string;
  at: string;
  scannedAt: string;
  checkpoint: string;
  direction: Direction;
  decision: Decision;
  outcome: Outcome;
  reason: Reason;
  document: string;
  previous: Earlier | null;
  /** Where a person decided, against the gateway: which passage was set aside, and why. */
  overrides: { seq: number; class: string } | null;
}

export interface Counter {
  checkpoint: string;
  admitted: number;
  denied: number;
  held: number;
  inside: number;
  capacity: number;
  ratePerMin: number;
  lastRefusal: { reason: Reason; at: string } | null;
}

export interface Checkpoint {
  id: string;
  name: string;
  group: string;
  displayS: number;
  capacity: number;
  reentry: boolean;
  /** In which capacity may be scanned here. */
  asks: "any" | "organisation" | "self";
}
export interface Lists {
  trustAgeS: number;
  statusAgeS: number;
}
export interface Me {
  id: string;
  role: Role;
  name: string;
  organisation: { id: string; name: string } | null;
  /** Without it the account checks nobody else. */
  confirmed: boolean;
  /** This browser was signed in from another one. */
  delegated: boolean;
  demo: boolean;
  lists: Lists | null;
}
export const parseDecision = (v: unknown): Decision => oneOf(v, ["admit", "deny", "hold"] as const, "deny");
const parseOutcome = (v: unknown): Outcome => oneOf(v, ["valid", "invalid", "indeterminate"] as const, "indeterminate");
const parseDirection = (v: unknown): Direction => oneOf(v, ["entry", "exit"] as const, "entry");

function parseEarlier(v: unknown): Earlier | null {
  const o = obj(v);
  return o && { seq: num(o["seq"]), at: str(o["at"]), checkpoint: str(o["checkpoint"]) };
}

function parseChecks(v: unknown): Check[] {
  return arr(v).flatMap((item) => {
    const o = obj(item);
    const check = checkNames.find((n) => n === o?.["check"]);
    if (!o || !check) return [];
    const result = oneOf(o["result"], ["pass", "fail", "unknown", "not_checked"] as const, "unknown");
    return [{ check, result, detail: str(o["detail"]) }];
  });
}

/** Reads the answer to a scan; an answer of another shape denies. */
export function parseAnswer(v: unknown): ScanAnswer {
  const o = obj(v) ?? {};
  const document = obj(o["document"]);
  const holder = obj(o["holder"]);
  const issuer = obj(o["issuer"]);
  const reason = parseReason(o["reason"]);
  const decision = parseDecision(o["decision"]);
  return {
    id: str(o["id"]),
    seq: num(o["seq"]),
    decision: reason === "none" && decision === "admit" ? "deny" : decision,
    outcome: parseOutcome(o["outcome"]),
    reason,
    stage: str(o["stage"]),
    kind: str(o["kind"]),
    format: str(o["format"]),
    document: document && {
      type: str(document["type"]),
      claims: (obj(document["claims"]) ?? {}) as Record<string, Claim>,
    },
    holder: holder && {
      name: str(holder["name"]),
      birthDate: str(holder["birth_date"]),
      documentNumber: str(holder["document_number"]),
    },
    issuer: issuer && {
      id: str(issuer["id"]),
      name: str(issuer["name"]),
      country: str(issuer["country"]),
      kid: str(issuer["kid"]),
    },
    issuedAt: str(o["issued_at"]),
    expiresAt: str(o["expires_at"]),
    checks: parseChecks(o["checks"]),
    notEstablished: arr(o["not_established"]).filter(
      (w): w is Unestablished => w === "holder_binding" || w === "revocation",
    ),
    elapsedNs: num(o["elapsed_ns"]),
    checkpoint: str(o["checkpoint"]),
    direction: parseDirection(o["direction"]),
    nonce: str(o["nonce"]),
    at: str(o["at"]),
    scannedAt: str(o["scanned_at"]),
    previous: parseEarlier(o["previous"]),
    authority: parseAuthority(o["authority"]),
    replayed: o["replayed"] === true,
  };
}

export function parsePassage(v: unknown): Passage {
  const o = obj(v) ?? {};
  const overrides = obj(o["overrides"]);
  return {
    seq: num(o["seq"]),
    id: str(o["id"]),
    at: str(o["at"]),
    scannedAt: str(o["scanned_at"]),
    checkpoint: str(o["checkpoint"]),
    direction: parseDirection(o["direction"]),
    decision: parseDecision(o["decision"]),
    outcome: parseOutcome(o["outcome"]),
    reason: parseReason(o["reason"]),
    document: str(o["document"]),
    previous: parseEarlier(o["previous"]),
    overrides: overrides && { seq: num(overrides["seq"]), class: str(overrides["class"]) },
  };
}

export function parseCounter(v: unknown): Counter {
  const o = obj(v) ?? {};
  const refusal = obj(o["last_refusal"]);
  return {
    checkpoint: str(o["checkpoint"]),
    admitted: num(o["admitted"]),
    denied: num(o["denied"]),
    held: num(o["held"]),
    inside: num(o["inside"]),
    capacity: num(o["capacity"]),
    ratePerMin: num(o["rate_per_min"]),
    lastRefusal: refusal && { reason: parseReason(refusal["reason"]), at: str(refusal["at"]) },
  };
}

/** Ages of the trust and status lists; null when the message says nothing about them. */
export function parseLists(v: unknown): Lists | null {
  const o = obj(v);
  return o && { trustAgeS: num(o["trust_age_s"]), statusAgeS: num(o["status_age_s"]) };
}

export function parseMe(v: unknown): Me {
  const o = obj(v) ?? {};
  const org = obj(o["organisation"]);
  return {
    id: str(o["id"]),
    role: oneOf(o["role"], roles, "holder"),
    name: str(o["name"]),
    organisation: org && { id: str(org["id"]), name: str(org["name"]) },
    confirmed: o["confirmed"] === true,
    delegated: o["delegated"] === true,
    demo: o["demo"] === true,
    lists: parseLists(o["lists"]),
  };
}

export function parseCheckpoints(v: unknown): Checkpoint[] {
  return arr(obj(v)?.["checkpoints"]).map((item) => {
    const o = obj(item) ?? {};
    return {
      id: str(o["id"]),
      name: str(o["name"]) || str(o["id"]),
      group: str(o["group"]),
      displayS: num(o["display_s"]) || 8,
      capacity: num(o["capacity"]),
      reentry: o["reentry"] === true,
      asks: oneOf(o["asks"], ["any", "organisation", "self"] as const, "any"),
    };
  });
}

/** A request that failed as a request (RFC 9457), or never reached the gateway (status 0). */
export class RequestFailed extends Error {
  readonly status: number;
  readonly code: string;
  /** After how many seconds trying again makes sense; 0 where nothing is said about it. */
  readonly retryAfterS: number;
  /** What stands against it, where the gateway names it. */
  readonly reason: string;
  constructor(status: number, code: string, detail: string, retryAfterS = 0, reason = "") {
    super(detail);
    this.reason = reason;
    this.status = status;
    this.code = code;
    this.retryAfterS = retryAfterS;
  }
}

/** Asks the gateway; throws RequestFailed for every answer that is none. */
export async function call(path: string, init?: RequestInit): Promise<unknown> {
  let response: Response;
  try {
    response = await fetch(path, { credentials: "same-origin", cache: "no-store", ...init });
  } catch {
    throw new RequestFailed(0, "engine_unreachable", "");
  }
  const body: unknown = await response.json().catch(() => null);
  if (response.ok) return body;
  const problem = obj(body);
  const wait = num(Number(response.headers.get("Retry-After") ?? 0));
  throw new RequestFailed(
    response.status,
    str(problem?.["code"]),
    str(problem?.["detail"]) || str(problem?.["title"]),
    wait,
    str(problem?.["reason"]),
  );
}

/** Asks the gateway to do something, with a body in JSON if there is one. */
export const send = (method: string, path: string, body?: object): Promise<unknown> =>
  call(path, {
    method,
    ...(body && { headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) }),
  });

/** Who is signed in; null for nobody. */
export async function getMe(): Promise<Me | null> {
  try {
    return parseMe(await call("/v1/me"));
  } catch (err) {
    if (err instanceof RequestFailed && err.status === 401) return null;
    throw err;
  }
}

/** Trades a one-time code for a session cookie. */
export async function signIn(code: string): Promise<void> {
  await send("POST", "/v1/session", { code });
}

export async function signOut(): Promise<void> {
  await send("DELETE", "/v1/session");
}

export async function getCheckpoints(): Promise<Checkpoint[]> {
  return parseCheckpoints(await call("/v1/checkpoints"));
}

/**
 * Recorded passages after a sequence number, in order, the highest number there is, and behind which to go on: those
 * between may be somebody else's.
 */
export async function getPassages(after: number, limit: number): Promise<{ passages: Passage[]; last: number; next: number }> {
  const o = obj(await call(`/v1/passages?after=${after}&limit=${limit}`));
  return { passages: arr(o?.["passages"]).map(parsePassage), last: num(o?.["last"]), next: num(o?.["next"]) };
}
