// What the page and its decoding worker say to each other.

import type { Hint } from "./types";

/** Page to worker. `stream` numbers the camera's openings, so that a late result of an old one is told apart. */
export type ToWorker =
  | { type: "frames"; stream: number; frames: ReadableStream<VideoFrame> }
  | { type: "track"; stream: number; track: MediaStreamTrack }
  | { type: "frame"; stream: number; frame: VideoFrame | ImageBitmap }
  | { type: "stop"; stream: number }
  | { type: "image"; job: number; image: Blob };

/** One symbol as the worker read it. */
export interface ReadSymbol {
  bytes: Uint8Array;
  symbology: string;
  readAt: number;
}

/** Worker to page. */
export type FromWorker =
  | { type: "ready"; processor: boolean }
  | { type: "failed"; reason: string }
  | { type: "next"; stream: number }
  | { type: "symbol"; stream: number; symbol: ReadSymbol }
  | { type: "hint"; stream: number; hint: Hint | null }
  | { type: "image"; job: number; symbols: ReadSymbol[] | null };

/** The part of MediaStreamTrackProcessor in use; not yet among TypeScript's own declarations. */
export interface TrackProcessor {
  readonly readable: ReadableStream<VideoFrame>;
}

/** How a track becomes frames, where the browser (in this window or worker) knows how. */
export function trackProcessor():
  (new (init: { track: MediaStreamTrack; maxBufferSize: number }) => TrackProcessor) | undefined {
  return (globalThis as { MediaStreamTrackProcessor?: ReturnType<typeof trackProcessor> }).MediaStreamTrackProcessor;
}
