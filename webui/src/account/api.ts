// One's own account as the gateway keeps it: passkeys, sessions, and screens that ask to be signed in.

import { call, parseMe, send, type Me } from "../api";
import { arr, num, obj, oneOf, str } from "../json";

export interface Passkey {
  id: string;
  name: string;
  createdAt: string;
  /** When it was made, before it has signed anybody in. */
  usedAt: string;
}

/** From where a request came, for people to recognise. */
export interface Client {
  address: string;
  browser: string;
}

export interface Session {
  id: string;
  way: "link" | "passkey" | "screen" | "code" | "openid" | "other";
  /** Name of the screen that was signed in from elsewhere. */
  screen: string;
  client: Client;
  beganAt: string;
  seenAt: string;
  endsAt: string;
  /** It is the one that asks. */
  current: boolean;
}

/** A screen that asks to be signed in. */
export interface Screen {
  name: string;
  client: Client;
  askedAt: string;
  maxHours: number;
}

/** What a screen shows while it asks. */
export interface Ticket {
  link: string;
  expiresAt: string;
}

/** A question to the browser's authenticator; the answer goes back with state. */
export interface Dialogue {
  state: string;
  publicKey: object;
}

const id = (text: string): string => encodeURIComponent(text);

function parseClient(v: unknown): Client {
  const o = obj(v);
  return { address: str(o?.["address"]), browser: str(o?.["browser"]) };
}

export function parsePasskeys(v: unknown): Passkey[] {
  return arr(obj(v)?.["passkeys"]).flatMap((item) => {
    const o = obj(item);
    if (!o) return [];
    return [{ id: str(o["id"]), name: str(o["name"]), createdAt: str(o["created_at"]), usedAt: str(o["used_at"]) }];
  });
}

export function parseSessions(v: unknown): Session[] {
  return arr(obj(v)?.["sessions"]).flatMap((item) => {
    const o = obj(item);
    if (!o) return [];
    return [
      {
        id: str(o["id"]),
        way: oneOf(o["way"], ["link", "passkey", "screen", "code", "openid"] as const, "other"),
        screen: str(o["for"]),
        client: parseClient(o["client"]),
        beganAt: str(o["began_at"]),
        seenAt: str(o["seen_at"]),
        endsAt: str(o["ends_at"]),
        current: o["current"] === true,
      },
    ];
  });
}

export function parseScreen(v: unknown): Screen {
  const o = obj(v);
  return {
    name: str(o?.["name"]),
    client: parseClient(o?.["client"]),
    askedAt: str(o?.["asked_at"]),
    maxHours: num(o?.["max_hours"]),
  };
}

function parseDialogue(v: unknown): Dialogue {
  const o = obj(v);
  return { state: str(o?.["state"]), publicKey: obj(obj(o?.["options"])?.["publicKey"]) ?? {} };
}

export const getPasskeys = async (): Promise<Passkey[]> => parsePasskeys(await call("/v1/me/passkeys"));
export const beginPasskey = async (): Promise<Dialogue> => parseDialogue(await send("POST", "/v1/me/passkeys/begin"));
export const addPasskey = (state: string, name: string, credential: unknown): Promise<unknown> =>
  send("POST", "/v1/me/passkeys", { state, name, credential });
export const removePasskey = (key: string): Promise<unknown> => send("DELETE", `/v1/me/passkeys/${id(key)}`);

export const beginSignIn = async (): Promise<Dialogue> =>
  parseDialogue(await send("POST", "/v1/signin/passkey/begin"));
export const finishSignIn = (state: string, credential: unknown): Promise<unknown> =>
  send("POST", "/v1/signin/passkey", { state, credential });

export const getSessions = async (): Promise<Session[]> => parseSessions(await call("/v1/me/sessions"));
export const endSession = (session: string): Promise<unknown> => send("DELETE", `/v1/me/sessions/${id(session)}`);
export const endAllSessions = (): Promise<unknown> => send("DELETE", "/v1/me/sessions");

/** Asks to be signed in from another browser. */
export async function askForScreen(name: string): Promise<Ticket> {
  const o = obj(await send("POST", "/v1/signin/screen", { name }));
  return { link: str(o?.["link"]), expiresAt: str(o?.["expires_at"]) };
}

/** Who this screen works as from now on; null while nobody has answered. */
export async function collectScreen(): Promise<Me | null> {
  const answer = await send("POST", "/v1/signin/screen/collect");
  return obj(answer)?.["state"] === "waiting" ? null : parseMe(answer);
}

export const lookAtScreen = async (code: string): Promise<Screen> =>
  parseScreen(await send("POST", "/v1/signin/screen/look", { code }));
export const approveScreen = (code: string, hours: number): Promise<unknown> =>
  send("POST", "/v1/signin/screen/approve", { code, hours });
export const refuseScreen = (code: string): Promise<unknown> => send("POST", "/v1/signin/screen/refuse", { code });
