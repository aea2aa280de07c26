import type { Message } from "./dictionary";

/** What is said about who works here: accounts and devices. */
export interface TeamTexts {
  title: string;
  people: Message;
  add: string;
  name: string;
  role: string;
  inn: string;
  snils: string;
  phone: string;
  email: string;
  addresses: string;
  save: string;
  places: string;
  everywhere: string;
  unconfirmed: string;
  confirm: string;
  link: string;
  linkShown: Message;
  remove: string;
  removeSure: (name: string) => string;
  cancel: string;
  you: string;
  wrong: (detail: string) => string;
  failed: string;
  devices: Message;
  noDevices: string;
  fixed: string;
  pair: string;
  pairShown: Message;
  revoke: string;
  copy: string;
  copied: string;
  until: (moment: string) => string;
  close: string;
  pairing: {
    title: string;
    text: string;
    name: string;
    button: string;
    token: Message;
    gone: Message;
  };
}
