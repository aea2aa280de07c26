// Signing in with a one-time code that is sent to the address of an account: what is asked, and what its answers mean.
// Nothing here knows whether there is such an account, because the gateway tells nobody.

import { call, RequestFailed, send } from "../api";
import { obj, str } from "../json";

/** To which addresses codes go, and whether the tax number must be told beside them. */
export interface CodeWays {
  email: boolean;
  phone: boolean;
  inn: boolean;
}

/** Who somebody says he is: one of phone and email. */
export interface Claim {
  inn?: string;
  phone?: string;
  email?: string;
}

/** A code under way, by the clock of this device. */
export interface Pending {
  /** Where it was sent to, if there is such an account; empty after the page was loaded anew. */
  to: string;
  /** Until when it is good, in milliseconds. */
  expires: number;
  /** From when on another one may be asked for. */
  resend: number;
  /** Wrong ones typed in so far. */
  wrong: number;
}

/** What became of a question or a try. */
export type Fault = "wrong" | "burnt" | "expired" | "details" | "busy" | "unreachable" | { waitS: number };

/** How many wrong codes make a code void, as the gateway counts. */
export const maxWrong = 5;
const lifeMs = 5 * 60_000;

export function parseWays(v: unknown): CodeWays | null {
  const o = obj(obj(v)?.["codes"]);
  if (!o || (o["email"] !== true && o["phone"] !== true)) return null;
  return { email: o["email"] === true, phone: o["phone"] === true, inn: o["inn"] === true };
}

/** How codes are offered here; null where they are not. */
export const getWays = async (): Promise<CodeWays | null> => parseWays(await call("/v1/signin/ways"));

/** What was typed in as a question to the gateway; null when it cannot be one. */
export function readClaim(inn: string, address: string, ways: CodeWays): Claim | null {
  const number = inn.replace(/[\s-]/g, "");
  const email = address.trim();
  const who = ways.inn ? { inn: number } : {};
  if (ways.inn && !/^\d{12}$/.test(number)) return null;
  if (email.includes("@")) return ways.email && /^[^\s@]+@[^\s@]+$/.test(email) ? { ...who, email } : null;
  const phone = readPhone(address);
  return ways.phone && phone ? { ...who, phone } : null;
}

/** A phone number as people write it, in the international form; empty when it is none. */
export function readPhone(text: string): string {
  const bare = text.replace(/[\s().\u2010-\u2015-]/g, "");
  // Kazakhstan and Russia: 8 or 7 in front of ten digits.
  const phone = bare.replace(/^00/, "+").replace(/^[78](\d{10})$/, "+7$1");
  return /^\+[1-9]\d{7,14}$/.test(phone) ? phone : "";
}

/** The six digits of a code, also when it was pasted with the words around it; empty when there are none. */
export function readCode(text: string): string {
  const digits = text.replace(/(\d)[\s\u2010-\u2015-]+(?=\d)/g, "$1");
  return /(?<!\d)\d{6}(?!\d)/.exec(digits)?.[0] ?? "";
}

/**
 * Reads the gateway's answer to a question. Its moments are by its own clock, of which only differences count here: this
 * device's clock may be wrong.
 */
export function parsePending(v: unknown, to: string, now: number): Pending {
  const o = obj(v);
  const expires = Date.parse(str(o?.["expires_at"]));
  const wait = Date.parse(str(o?.["resend_at"])) - (expires - lifeMs);
  return { to, expires: now + lifeMs, resend: now + (Number.isFinite(wait) ? Math.max(0, wait) : 60_000), wrong: 0 };
}

/** Has a code sent. */
export async function askForCode(claim: Claim, language: string): Promise<Pending> {
  const answer = await send("POST", "/v1/signin/code/begin", { ...claim, language });
  return parsePending(answer, claim.email ?? claim.phone ?? "", Date.now());
}

/** Signs in with the code that arrived. */
export const redeemCode = (code: string): Promise<unknown> => send("POST", "/v1/signin/code", { code });

/** What a failed question means. */
export function faultOfQuestion(err: unknown): Fault {
  if (!(err instanceof RequestFailed) || err.status === 0) return "unreachable";
  if (err.status === 429) return { waitS: err.retryAfterS };
  return err.status === 422 ? "details" : "busy";
}

/** What a failed try means, and what is left of the code. */
export function faultOfTry(err: unknown, pending: Pending, now: number): { fault: Fault; pending: Pending } {
  if (!(err instanceof RequestFailed) || err.status === 0) return { fault: "unreachable", pending };
  if (err.status === 429) return { fault: { waitS: err.retryAfterS }, pending };
  if (err.status !== 401) return { fault: "busy", pending };
  const next = { ...pending, wrong: pending.wrong + 1 };
  return { fault: faultOfPending(next, now) ?? "wrong", pending: next };
}

/** Why a code cannot be typed in any more; null while it can. */
export function faultOfPending(pending: Pending, now: number): Fault | null {
  if (pending.wrong >= maxWrong) return "burnt";
  return now >= pending.expires ? "expired" : null;
}

const key = "vratar.code";

/** Keeps a code under way while somebody reads his mail: phones load pages anew meanwhile. The address is not kept. */
export function keepPending(pending: Pending | null): void {
  try {
    if (pending) sessionStorage.setItem(key, JSON.stringify({ ...pending, to: "" }));
    else sessionStorage.removeItem(key);
  } catch {
    // the browser keeps nothing: the page must stay open
  }
}

/** The code that was under way when the page was left; null when there is none that is good. */
export function keptPending(now: number): Pending | null {
  try {
    const o = obj(JSON.parse(sessionStorage.getItem(key) ?? "null"));
    const [expires, resend, wrong] = ["expires", "resend", "wrong"].map((name) => Number(o?.[name] ?? NaN));
    const pending = { to: "", expires: expires ?? NaN, resend: resend ?? NaN, wrong: wrong ?? NaN };
    return now < pending.expires && pending.wrong < maxWrong && Number.isFinite(pending.resend) ? pending : null;
  } catch {
    return null;
  }
}
