import type { MandateCheckName, Mandate, Registry } from "../mandates/mandate";
import type { Message } from "./dictionary";

/** What is said about powers of attorney, and about as whom somebody scans. */
export interface MandatesTexts {
  title: string;
  /** Choosing as whom one scans. */
  capacity: {
    title: string;
    self: string;
    selfNote: string;
    until: (date: string) => string;
    details: string;
    detailsOf: (name: string) => string;
    alone: string;
    bring: string;
    unknownOrganisation: string;
  };
  /** At a refusal that concerns the checker. */
  refusal: {
    choose: string;
    self: string;
    asked: string;
    failed: string;
  };
  statusOnly: string;
  checks: Record<MandateCheckName, string>;
  /** What about a check failed; a code that is missing is not told. */
  codes: Record<string, string>;
  registry: Record<Registry["state"], string>;
  facts: {
    title: string;
    authority: string;
    asWhom: string;
    organisation: string;
    inn: string;
    ogrn: string;
    number: string;
    internalNumber: string;
    issued: string;
    until: string;
    registry: string;
    representatives: string;
    powers: string;
    joint: string;
    jointYes: string;
    chain: string;
    original: string;
    above: string;
    missing: string;
    passedBy: string;
    signers: string;
    signed: string;
    certificate: string;
    checks: string;
    unproven: string;
  };
  state: Record<Mandate["state"], string>;
  upload: {
    title: string;
    text: string;
    choose: string;
    drop: string;
    file: string;
    signature: string;
    missingFile: string;
    missingSignature: string;
    send: string;
    sending: string;
    another: string;
    kept: Message;
    refused: string;
    refusedNext: string;
    failed: string;
    tooLarge: string;
    busy: string;
    conflict: string;
  };
  list: {
    mine: string;
    mineNone: string;
    organisation: string;
    organisationNone: string;
    all: string;
    soon: (n: number) => string;
    soonNone: string;
    held: string;
    until: (date: string) => string;
    ended: (date: string) => string;
    from: (date: string) => string;
    show: string;
    remove: string;
    removeAsk: Message;
    removeYes: string;
    removeNo: string;
    removeNotYours: string;
    export: string;
    failed: string;
    off: string;
    /** In the demonstration: how to have mandates, and what to do with those that are there. */
    demoOff: string;
    demoOn: string;
    unconfirmed: string;
  };
}
