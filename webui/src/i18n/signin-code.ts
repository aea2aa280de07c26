import type { Message } from "./dictionary";

/** What is said about signing in with a one-time code. */
export interface SignInCodeTexts {
  button: string;
  ask: Message;
  inn: string;
  /** What the field of the address is called, by where codes go. */
  address: { email: string; phone: string; both: string };
  send: string;
  enter: { title: string; text: (to: string) => string; later: string };
  code: string;
  submit: string;
  working: string;
  resendIn: (s: number) => string;
  resend: string;
  other: string;
  back: string;
  faults: {
    wrong: (left: number) => string;
    burnt: string;
    expired: string;
    details: string;
    busy: string;
    wait: (minutes: number) => string;
    waitS: (s: number) => string;
  };
}
