import type { Message } from "./dictionary";

/** What is said about accounts: passkeys, sessions, and signing in from another device. */
export interface AccountTexts {
  title: string;
  unconfirmed: Message;
  delegated: string;
  passkeys: Message;
  noPasskeys: string;
  passkeyName: string;
  addPasskey: string;
  adding: string;
  declined: string;
  noPasskeysHere: string;
  created: (date: string) => string;
  used: (ago: string) => string;
  remove: string;
  sessions: Message;
  ways: { link: string; passkey: string; screen: string; code: string; openid: string; other: string };
  here: string;
  seen: (ago: string) => string;
  until: (moment: string) => string;
  end: string;
  endAll: string;
  failed: string;
  /** At the screen that asks to be signed in. */
  ask: {
    button: string;
    title: string;
    text: string;
    name: string;
    show: string;
    code: string;
    left: (s: number) => string;
    ended: Message;
    again: string;
    back: string;
  };
  /** At the device that approves. */
  approve: {
    title: string;
    text: string;
    asksAs: string;
    from: string;
    hours: string;
    hour: (n: number) => string;
    yes: string;
    no: string;
    done: Message;
    refused: Message;
    gone: Message;
    wait: Message;
    again: string;
  };
  /** At the sign-in page. */
  byPasskey: string;
  refusedKey: Message;
}
