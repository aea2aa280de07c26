// Who works here: accounts with their sign-in links, and paired devices. For administrators; devices for supervisors too.

import { readPhone } from "../account/code";
import { call, roles, send, type Role } from "../api";
import { arr, obj, oneOf, str } from "../json";

/** Somebody who may sign in. Empty strings stand for absent. */
export interface Account {
  id: string;
  role: Role;
  name: string;
  inn: string;
  snils: string;
  phone: string;
  email: string;
  organisation: string;
  checkpoints: string[];
  confirmed: boolean;
}

/** What an account is made of, or what is changed of it. */
export type AccountChange = Partial<Omit<Account, "id">>;

/** A till scanner, turnstile or till. */
export interface Device {
  id: string;
  name: string;
  checkpoints: string[];
  /** Only the configuration file changes those of "config". */
  paired: boolean;
}

/** A link or code that is shown this once. */
export interface Once {
  text: string;
  expiresAt: string;
}

const names = (v: unknown): string[] => arr(v).filter((c): c is string => typeof c === "string");

export function parseAccounts(v: unknown): Account[] {
  return arr(obj(v)?.["accounts"]).flatMap((item) => {
    const o = obj(item);
    if (!o) return [];
    return [
      {
        id: str(o["id"]),
        role: oneOf(o["role"], roles, "holder"),
        name: str(o["name"]),
        inn: str(o["inn"]),
        snils: str(o["snils"]),
        phone: str(o["phone"]),
        email: str(o["email"]),
        organisation: str(o["organisation"]),
        checkpoints: names(o["checkpoints"]),
        confirmed: o["confirmed"] === true,
      },
    ];
  });
}

export function parseDevices(v: unknown): Device[] {
  return arr(obj(v)?.["devices"]).flatMap((item) => {
    const o = obj(item);
    if (!o) return [];
    const paired = o["source"] === "paired";
    return [{ id: str(o["id"]), name: str(o["name"]), checkpoints: names(o["checkpoints"]), paired }];
  });
}

/** What was typed in, as accounts hold it: phones as + and digits. */
export function asKept(change: AccountChange): AccountChange {
  const { phone, email } = change;
  return {
    ...change,
    ...(phone !== undefined && { phone: readPhone(phone) || phone.trim() }),
    ...(email !== undefined && { email: email.trim() }),
  };
}

export const getAccounts = async (): Promise<Account[]> => parseAccounts(await call("/v1/accounts"));
export const createAccount = (made: AccountChange): Promise<unknown> => send("POST", "/v1/accounts", made);
export const changeAccount = (id: string, change: AccountChange): Promise<unknown> =>
  send("PATCH", `/v1/accounts/${encodeURIComponent(id)}`, change);
export const removeAccount = (id: string): Promise<unknown> =>
  send("DELETE", `/v1/accounts/${encodeURIComponent(id)}`);

/** A link that signs somebody in once, within a day. */
export async function makeLink(account: string): Promise<Once> {
  const o = obj(await send("POST", "/v1/links", { account }));
  return { text: str(o?.["link"]), expiresAt: str(o?.["expires_at"]) };
}

export const getDevices = async (): Promise<Device[]> => parseDevices(await call("/v1/devices"));
export const revokeDevice = (id: string): Promise<unknown> => send("DELETE", `/v1/devices/${encodeURIComponent(id)}`);

/** A code that pairs one device within ten minutes. */
export async function inviteDevice(checkpoints: string[]): Promise<Once> {
  const o = obj(await send("POST", "/v1/devices/pairing", { checkpoints }));
  return { text: str(o?.["code"]), expiresAt: str(o?.["expires_at"]) };
}

/** Pairs the device that asks; its token is told this once. */
export async function pairDevice(code: string, name: string): Promise<string> {
  return str(obj(await send("POST", "/v1/devices", { code, name }))?.["token"]);
}
