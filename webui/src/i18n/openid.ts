import type { Message } from "./dictionary";

/** What is said about signing in by a provider. */
export interface OpenIDTexts {
  by: (name: string) => string;
  unreachable: (name: string) => string;
  title: string;
  working: string;
  failed: Message;
  cancelled: Message;
  notLinked: Message;
  again: string;
  toAccount: string;
  part: Message;
  none: string;
  link: (name: string) => string;
  linked: (date: string) => string;
  unlink: string;
  signOut: (name: string) => string;
  failedHere: string;
}
