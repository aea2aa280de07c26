// The one scanner of the page and what became of the codes it read. Views show these signals; whichever view has
// read a code (camera, sample, text), its verdict goes the same way.

import { signal } from "@preact/signals";
import { parseAnswer, parseLists, type Lists } from "./api";
import { faceOf, toneOf, type Shown, type Tone } from "./model/screen";
import type { Reason } from "./model/reason";
import {
  createScanner,
  type CameraStatus,
  type Hint,
  type LinkState,
  type PartsRead,
  type PendingScan,
  type Scanner,
} from "./scanner";
import { chosen } from "./mandates/capacity";
import { currentCheckpoint, loadSession, place } from "./session";
import { play, tick } from "./sound";

/** One line of this device's history: no personal data, so that it may stay on the screen. */
export interface Entry {
  ref: string;
  at: string;
  tone: Tone;
  reason: Reason | "";
  seq: number;
  late: boolean;
}

/** What was shown, since when (milliseconds since 1970) and for how long; keptByHand stops the clock. */
export interface Showing {
  shown: Shown;
  since: number;
  ms: number;
  keptByHand: boolean;
}

const historyLength = 20;
const longestKeepMs = 120_000; // also a verdict somebody kept leaves the screen in the end
const queuedMs = 2500;
const noticeMs = 6000;
const marksKept = 200;

export const camera = signal<CameraStatus>({ state: "off", cameras: [], current: "", facing: "" });
export const hint = signal<Hint | null>(null);
/** The decoder could not be loaded: camera and pictures are of no use until the page is loaded again. */
export const readerFailed = signal(false);
export const link = signal<LinkState>({ state: "connecting", waiting: 0, durable: true });
export const lists = signal<{ lists: Lists; at: number } | null>(null);
export const showing = signal<Showing | null>(null);
export const entries = signal<Entry[]>([]);
/** A queued code was judged after its holder had gone: said in one line, not over the whole screen. */
export const lateAnswer = signal<Entry | null>(null);
/** Parts of a card in several codes that were read, or that they were dropped since the others did not come. */
export const parts = signal<{ read: PartsRead } | "timed out" | null>(null);

let scanner: Scanner | null = null;
let unfollow = (): void => undefined;
let clearing: ReturnType<typeof setTimeout> | undefined;
let lateClearing: ReturnType<typeof setTimeout> | undefined;
let partsClearing: ReturnType<typeof setTimeout> | undefined;

/** The page's scanner, made when first needed. */
export function station(): Scanner {
  if (scanner) return scanner;
  const made = createScanner<unknown>({
    ...place.value,
    events: {
      camera: (status) => {
        camera.value = status;
      },
      hint: (h) => {
        hint.value = h;
      },
      failed: () => {
        readerFailed.value = true;
      },
      link: (state) => {
        if (state.state === "signed_out" && link.value.state !== "signed_out") void loadSession();
        link.value = state;
      },
      hello: (message) => {
        const ages = parseLists(message["lists"]);
        if (ages) lists.value = { lists: ages, at: Date.now() };
      },
      parts: gathering,
      queued: (scan) => show({ kind: "queued", scan }),
      lost: (scan) => show({ kind: "lost", scan }),
      problem: (scan, problem) => show({ kind: "problem", scan, problem }),
      answer: (scan, raw, late) => {
        const answer = parseAnswer(raw);
        if (answer.decision === "admit" && !late) scanner?.passed(scan);
        if (late) judgedLate(scan, toneOf(answer), answer.reason, answer.seq);
        else show({ kind: "answer", scan, answer });
      },
    },
  });
  unfollow = chosen.subscribe(({ mandate }) => made.setMandate(mandate));
  scanner = made;
  return made;
}

/** Another part was read, which takes the place of the last verdict; or there is nothing more to wait for. */
function gathering(read: PartsRead | null, timedOut: boolean): void {
  clearTimeout(partsClearing);
  if (read) {
    dismiss();
    tick();
  }
  parts.value = read ? { read } : timedOut ? "timed out" : null;
  if (timedOut)
    partsClearing = setTimeout(() => {
      parts.value = null;
    }, noticeMs);
}

/** Stops waiting for the other parts of a card. */
export function dropParts(): void {
  scanner?.dropParts();
}

/** Lets go of camera and connection: signing out, or leaving for good. */
export function closeStation(): void {
  unfollow();
  scanner?.close();
  scanner = null;
  link.value = { ...link.value, state: "connecting" }; // a line that was refused is the last one's affair
  dismiss();
  entries.value = [];
}

/** Drops the codes that wait to be checked: on a shared device they must not go out under the next name. */
export async function forgetWaiting(): Promise<void> {
  await scanner?.forget();
}

/** Tells a running scanner that this device stands elsewhere. */
export function movePlace(): void {
  scanner?.setPlace(place.value.checkpoint, place.value.direction);
}

/** Puts something on the whole screen; whatever was there gives way. */
export function show(shown: Shown, ms = displayMs(shown)): void {
  const face = faceOf(shown);
  showing.value = { shown, since: Date.now(), ms, keptByHand: false };
  record({
    ref: shown.scan.ref,
    at: shown.scan.scannedAt,
    tone: face.tone,
    reason: face.reason,
    seq: shown.kind === "answer" ? shown.answer.seq : 0,
    late: false,
  });
  play(face.tone);
  clearAfter(ms);
}

/** Keeps the verdict on the screen until the next code, a dismissal, or two minutes. */
export function keep(): void {
  if (!showing.value || showing.value.keptByHand) return;
  showing.value = { ...showing.value, keptByHand: true };
  clearAfter(longestKeepMs);
}

/** Back to the camera; nothing of the holder stays. */
export function dismiss(): void {
  clearTimeout(clearing);
  showing.value = null;
}

/** Marks the moment in which the verdict is on the screen, for measurements. */
export function markPainted(shown: Shown): void {
  requestAnimationFrame(() =>
    requestAnimationFrame(() => {
      if (performance.getEntriesByName("verdict-painted").length >= marksKept)
        performance.clearMarks("verdict-painted");
      const seq = shown.kind === "answer" ? shown.answer.seq : 0;
      performance.mark("verdict-painted", { detail: { ref: shown.scan.ref, seq } });
    }),
  );
}

function displayMs(shown: Shown): number {
  if (shown.kind === "queued") return queuedMs;
  return (currentCheckpoint()?.displayS ?? 8) * 1000;
}

function clearAfter(ms: number): void {
  clearTimeout(clearing);
  clearing = setTimeout(dismiss, ms);
}

function judgedLate(scan: PendingScan, tone: Tone, reason: Reason, seq: number): void {
  const entry: Entry = { ref: scan.ref, at: scan.scannedAt, tone, reason, seq, late: true };
  record(entry);
  lateAnswer.value = entry;
  if (tone !== "admit") play(tone);
  clearTimeout(lateClearing);
  lateClearing = setTimeout(() => {
    lateAnswer.value = null;
  }, noticeMs);
}

/** Newest first; a code that was queued and then judged keeps one line. */
function record(entry: Entry): void {
  const others = entries.value.filter((e) => e.ref !== entry.ref);
  entries.value = [entry, ...others].sort((a, b) => (a.at < b.at ? 1 : -1)).slice(0, historyLength);
}
