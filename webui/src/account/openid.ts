// Signing in by an OpenID provider: the browser goes there and comes back to #/openid/ with an answer in the address,
// which is traded for a session once.

import { call, send } from "../api";
import { arr, obj, str } from "../json";

export interface Provider {
  id: string;
  name: string;
}

/** A provider that signs one in to one's own account. */
export interface Login {
  provider: string;
  name: string;
  createdAt: string;
  usedAt: string;
}

/** One's own logins, and the provider that opened this session. */
export interface Logins {
  logins: Login[];
  providers: Provider[];
  signedIn: { name: string; signOut: string } | null;
}

/** What the browser came back with. */
export interface Answer {
  /** It was begun to link the account of whoever is signed in, not to sign in. */
  links: boolean;
  cancelled: boolean;
  body: { state: string; code?: string; iss?: string; error?: string };
}

export function parseProviders(v: unknown): Provider[] {
  return arr(obj(v)?.["providers"]).flatMap((item) => {
    const o = obj(item);
    return o && str(o["id"]) ? [{ id: str(o["id"]), name: str(o["name"]) || str(o["id"]) }] : [];
  });
}

export function parseLogins(v: unknown): Omit<Logins, "providers"> {
  const from = obj(obj(v)?.["signed_in"]);
  return {
    logins: arr(obj(v)?.["logins"]).flatMap((item) => {
      const o = obj(item);
      if (!o) return [];
      const name = str(o["name"]) || str(o["provider"]);
      return [{ provider: str(o["provider"]), name, createdAt: str(o["created_at"]), usedAt: str(o["used_at"]) }];
    }),
    signedIn: from && { name: str(from["name"]), signOut: webAddress(from["sign_out"]) },
  };
}

/** Reads the part of the address behind #/openid/. */
export function parseAnswer(text: string): Answer {
  const q = new URLSearchParams(text);
  const body: Answer["body"] = { state: q.get("state") ?? "" };
  for (const name of ["code", "iss", "error"] as const) {
    const value = q.get(name);
    if (value) body[name] = value;
  }
  return { links: q.get("for") === "account", cancelled: body.error === "access_denied", body };
}

/** The address if a browser may be sent there; a script is none. */
export function webAddress(v: unknown): string {
  const text = str(v);
  return /^https?:\/\//.test(text) ? text : "";
}

export const getProviders = async (): Promise<Provider[]> => parseProviders(await call("/v1/signin/providers"));

export async function getLogins(): Promise<Logins> {
  const [own, providers] = await Promise.all([call("/v1/me/openid"), getProviders()]);
  return { ...parseLogins(own), providers };
}

export const removeLogin = (provider: string): Promise<unknown> =>
  send("DELETE", `/v1/me/openid/${encodeURIComponent(provider)}`);

/** Sends this browser to a provider, to sign in or to link one's own account. */
export async function leaveFor(provider: string, purpose: "signin" | "link"): Promise<void> {
  const path = purpose === "link" ? "/v1/me/openid/begin" : "/v1/signin/openid/begin";
  const address = webAddress(obj(await send("POST", path, { provider }))?.["url"]);
  if (!address) throw new Error("no address");
  location.assign(address);
}

/** Trades the answer; it counts once. */
export const finish = (answer: Answer): Promise<unknown> =>
  send("POST", answer.links ? "/v1/me/openid" : "/v1/signin/openid", answer.body);
