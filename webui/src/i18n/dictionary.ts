import type { CameraState, Hint } from "../scanner";
import type { CheckName, CheckResult, Decision, Direction, Role } from "../api";
import type { NextStep, Reason } from "../model/reason";
import type { Tone } from "../model/screen";
import type { Group } from "../samples";
import type { AccountTexts } from "./account";
import type { SignInCodeTexts } from "./signin-code";
import type { OpenIDTexts } from "./openid";
import type { TeamTexts } from "./team";
import type { MandatesTexts } from "./mandates";
import type { OverviewTexts } from "./overview";

/** What is said about one reason. */
export interface ReasonText {
  /** One sentence a doorman understands. */
  text: string;
  /** Label of the button that does the next step. */
  next: string;
}

export type ReasonTexts = Record<Reason, ReasonText>;

/** A heading with the sentence under it. */
export interface Message {
  title: string;
  text: string;
}

/** What the documents and their values are called. A word that is missing is shown as it is spelt. */
export interface WordTexts {
  /** Document types. */
  documents: Record<string, string>;
  /** Names of claims, in lower case. */
  claims: Record<string, string>;
  /** Words of the documents' own value sets. */
  values: Record<string, string>;
  /** What a code is that is no document, by its kind. */
  notices: Record<string, string>;
}

/** Every word of the page in one language. A key that one language lacks does not compile. */
export interface Dictionary extends WordTexts {
  /** The language's own name. */
  self: string;
  months: readonly string[];
  /** 12 May 2027 in the order of the language; month is a word of `months`. */
  date: (day: number, month: string, year: number) => string;
  reasons: ReasonTexts;
  account: AccountTexts;
  openid: OpenIDTexts;
  team: TeamTexts;
  signInCode: SignInCodeTexts;
  mandates: MandatesTexts;
  overview: OverviewTexts;

  menu: {
    open: string;
    close: string;
    scanner: string;
    live: string;
    overview: string;
    samples: string;
    holder: string;
    language: string;
    theme: string;
    themes: { auto: string; light: string; dark: string };
    kiosk: string;
    kioskNote: string;
    sound: string;
    fullscreen: string;
    signOut: string;
    signIn: string;
  };
  bar: {
    capacity: string;
    asSelf: string;
    direction: Record<Direction, string>;
    checkpoint: string;
    change: string;
    online: string;
    connecting: string;
    offline: string;
    signedOut: string;
    lists: (age: string) => string;
    waiting: (n: number) => string;
    notDurable: string;
  };
  age: {
    now: string;
    seconds: (n: number) => string;
    minutes: (n: number) => string;
    hours: (n: number) => string;
    days: (n: number) => string;
    ago: (age: string) => string;
  };
  verdict: {
    words: Record<Tone, string>;
    notChecked: string;
    notCheckedText: string;
    lostText: string;
    until: (date: string) => string;
    from: (date: string) => string;
    expiredOn: (date: string) => string;
    issuedBy: string;
    notEstablished: string;
    established: { holder_binding: string; revocation: string };
    passage: (seq: number) => string;
    earlier: string;
    replayed: string;
    details: string;
    close: string;
    next: string;
    tapKeeps: string;
    kept: string;
    unproven: string;
    fromHolder: string;
    faulty: string;
    late: (word: string, time: string) => string;
  };
  details: {
    title: string;
    checks: string;
    facts: string;
    holder: string;
    birthDate: string;
    documentNumber: string;
    document: string;
    issuer: string;
    country: string;
    key: string;
    issuedAt: string;
    expiresAt: string;
    number: string;
    time: string;
    scannedAt: string;
    checkpoint: string;
    format: string;
    yes: string;
    no: string;
    judgedIn: (ms: string) => string;
  };
  checks: Record<CheckName, string>;
  results: Record<CheckResult, string>;
  steps: Record<Extract<NextStep, "manual" | "supervisor">, { title: string; lines: readonly string[] }>;

  camera: {
    start: Message;
    startButton: string;
    retry: string;
    resting: Message;
    states: Record<Extract<CameraState, "denied" | "none" | "taken" | "insecure">, Message>;
    starting: string;
    noReader: Message;
    hints: Record<Hint, string>;
    wedge: string;
    aim: string;
    parts: {
      title: (have: number, total: number) => string;
      text: string;
      cancel: string;
      timedOut: string;
    };
  };
  tools: {
    torchOn: string;
    torchOff: string;
    cameras: string;
    camera: (n: number) => string;
    zoom: string;
    type: string;
    typeHint: string;
    typeField: string;
    check: string;
    upload: string;
    uploadHint: string;
    imageNone: string;
    imageBad: string;
    imageLarge: string;
    history: string;
    historyEmpty: string;
    historyNote: string;
    later: string;
  };
  place: { title: string; checkpoint: string; direction: string; capacity: string; done: string; none: string };
  problem: { title: string; network: string; notAllowed: string };

  live: {
    title: string;
    passages: string;
    rate: string;
    admitted: string;
    denied: string;
    held: string;
    inside: string;
    capacity: (n: string) => string;
    lastRefusal: string;
    noRefusal: string;
    chart: string;
    stream: string;
    refused: string;
    all: string;
    onlyRefusals: string;
    lost: string;
    lostText: (time: string) => string;
    retryIn: (s: number) => string;
    retrying: string;
    gap: string;
    quiet: string;
    connecting: string;
    decisions: Record<Decision, string>;
    perMinute: string;
    noCheckpoints: string;
  };
  samples: {
    title: string;
    intro: string;
    show: string;
    try: string;
    expected: string;
    accepted: string;
    previous: string;
    next: string;
    close: string;
    none: string;
    signIn: string;
    all: string;
    groups: Record<Group, string>;
    part: (i: number, total: number) => string;
    pause: string;
    resume: string;
    nextPart: string;
    previousPart: string;
    asHolder: string;
    changing: string;
  };
  holder: {
    title: string;
    intro: string;
    empty: Message;
    take: string;
    taken: string;
    show: string;
    remove: string;
    close: string;
    changing: (s: number) => string;
    once: string;
    seen: string;
    bright: string;
    ended: Message;
    again: string;
    missing: Message;
    broken: Message;
  };
  signin: {
    title: string;
    text: string;
    demo: string;
    code: string;
    button: string;
    working: string;
    failed: string;
    failedText: string;
    unreachable: string;
    role: Record<Role, string>;
    samples: string;
  };
}
