// The words the scanner and its views share. Nothing here knows about a framework or about verdicts:
// the answer of the gateway passes through as it came (type parameter A).

import type { PartsRead } from "./parts";

/** Where a code came from. */
export type Source = "camera" | "keyboard" | "paste" | "upload" | "sample";

/** One code as read, before anybody has judged it. */
export interface Code {
  /** The raw content. Never the "human readable" text: that one invents brackets and loses bytes. */
  bytes: Uint8Array;
  /** AIM symbology identifier, for instance `]Q1`, `]d2`; empty when no symbol was read (keyboard, paste). */
  symbology: string;
  source: Source;
  /** When the frame reached the reader, or the last key came: milliseconds since 1970. */
  readAt: number;
}

/** What to say while a code is seen but cannot be read yet. */
export type Hint = "closer" | "glare" | "hold_still" | "reading";

/** What a still image gave. */
export type ImageResult =
  { kind: "codes"; codes: Code[] } | { kind: "none" } | { kind: "not_an_image" } | { kind: "too_large" };

/** The camera, told apart by what the person has to do next. */
export type CameraState =
  | "off" // not started, or stopped on purpose
  | "starting"
  | "running"
  | "denied" // permission refused: say how to allow it
  | "none" // no camera on this device
  | "taken" // another program holds it; tried again by itself
  | "insecure"; // the page came over plain HTTP: browsers give no camera there

/** One camera to choose from. */
export interface CameraChoice {
  id: string;
  label: string;
}

/** Zoom the camera offers, in its own units. */
export interface ZoomRange {
  min: number;
  max: number;
  step: number;
  value: number;
}

/** Everything a view may show about the camera. */
export interface CameraStatus {
  state: CameraState;
  /** Known only after permission; show the picker when there is more than one. */
  cameras: CameraChoice[];
  /** Id of the open camera, empty while none is open. */
  current: string;
  /** Front camera: mirror the picture (never the decoded frame). */
  facing: "user" | "environment" | "";
  /** Undefined when the camera has no torch: show no button. */
  torch?: boolean;
  /** Undefined when the camera has no zoom. */
  zoom?: ZoomRange;
}

export type Direction = "entry" | "exit";

/** One code on its way to the gateway. Kept as it is while offline, so that sending it again is harmless. */
export interface PendingScan {
  /** Reference and nonce in one: 32 hex digits. Same nonce, same answer. */
  ref: string;
  /** Content, base64. */
  payload: string;
  symbology: string;
  checkpoint: string;
  direction: Direction;
  /** Number of the mandate under which it was read; absent: as a private person. */
  mandate?: string;
  /** Time of reading by this device's clock, RFC 3339. */
  scannedAt: string;
  source: Source;
}

/** RFC 9457 problem details of a request that failed as a request. */
export interface Problem {
  title: string;
  status: number;
  detail?: string;
  code?: string;
}

/** State of the connection to the gateway. */
export interface LinkState {
  state: "connecting" | "online" | "offline" | "signed_out";
  /** Codes read but not yet checked. */
  waiting: number;
  /** False when the browser keeps no storage: waiting codes are lost with the page. */
  durable: boolean;
  /** Gateway's clock minus this device's, milliseconds; undefined before the first hello. */
  skewMs?: number;
}

/** What a scanner tells its view. Every code that is sent ends in exactly one of answer, problem or lost. */
export interface ScannerEvents<A> {
  camera(status: CameraStatus): void;
  hint(hint: Hint | null): void;
  link(state: LinkState): void;
  /** The decoder could not be loaded: camera and pictures are of no use, keyboard and paste are. */
  failed(reason: string): void;
  /** First frame of each connection: the checkpoint and the age of the lists. */
  hello(message: Record<string, unknown>): void;
  /** Another part of a card in several codes was read; null: all are there and sent, or what there was is dropped. */
  parts(read: PartsRead | null, timedOut: boolean): void;
  /** A code was read and is on its way: nothing is known about it yet. */
  read(scan: PendingScan, code: Code): void;
  /** It could not be sent now and waits: show "not yet checked", never green. */
  queued(scan: PendingScan): void;
  /** The gateway's answer. late: it had been queued; its holder may be gone. */
  answer(scan: PendingScan, answer: A, late: boolean): void;
  /** The gateway refused the request itself. */
  problem(scan: PendingScan, problem: Problem): void;
  /** The queue is full: the code was not kept. Show hold. */
  lost(scan: PendingScan): void;
}

/** Settings of a scanner. */
export interface ScannerOptions<A> {
  checkpoint: string;
  direction: Direction;
  events: Partial<ScannerEvents<A>>;
  /** 1080p instead of 720p: reads smaller codes, costs twice the time. */
  fullHD?: boolean;
}

/** A scanner: camera, reader, keyboard, queue and connection as one thing a view holds. */
export interface Scanner {
  /** Opens the camera into this element. Call from the tap that starts scanning. Problems arrive as camera states. */
  startCamera(video: HTMLVideoElement): Promise<void>;
  stopCamera(): void;
  /** Opens that camera and remembers it by its label. */
  chooseCamera(id: string): Promise<void>;
  setTorch(on: boolean): Promise<void>;
  setZoom(value: number): Promise<void>;
  /** Codes of other origin (paste, samples): the same path as the camera's. Null: a part whose others are awaited. */
  submit(content: string | Uint8Array, source: Source): PendingScan | null;
  /** The bearer of this code was let through: what else their device shows is ignored while it stays in sight. */
  passed(scan: PendingScan): void;
  /** Forgets the parts of a card whose others are awaited. */
  dropParts(): void;
  /** Reads a still image with every option on; codes found are submitted. */
  readImage(image: Blob, source: "upload" | "paste"): Promise<ImageResult>;
  /** Another checkpoint or direction from the next code on. */
  setPlace(checkpoint: string, direction: Direction): void;
  /** Under another mandate from the next code on; empty: as a private person. */
  setMandate(number: string): void;
  /** After signing in again. */
  reconnect(): void;
  /** Drops every waiting code, for signing out on a shared device. */
  forget(): Promise<void>;
  /** Releases everything. */
  close(): void;
}
