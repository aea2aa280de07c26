// The live feed over its websocket: resumes after the last passage it saw, says at once when the line is dead,
// and tries again with growing pauses.

import { num } from "./json";
import { parseCounter, parsePassage, type Counter, type Passage } from "./api";

/** What a view shows about the line. */
export type Line =
  | { state: "connecting" }
  | { state: "online" }
  | { state: "lost"; since: number; retryAt: number } // milliseconds since 1970
  | { state: "signed_out" };

export interface LiveEvents {
  line(line: Line): void;
  /** New passages in order, none twice. */
  passages(passages: Passage[]): void;
  counters(counters: Counter[]): void;
  /** The gateway no longer holds everything since the last passage seen. */
  gap(): void;
}

/** The part of a WebSocket that is used, so that tests can play the gateway. */
export interface Socket {
  onmessage: ((event: { data: unknown }) => void) | null;
  onclose: ((event: { code: number }) => void) | null;
  close(): void;
}

/** What the feed needs from outside. */
export interface Surroundings {
  open(url: string): Socket;
  now(): number;
  /** Calls f once after ms; the returned function calls it off. */
  after(ms: number, f: () => void): () => void;
}

/** The line is dead when nothing came for this long, or for a little longer than the gateway's ticks are apart. */
export const silenceMs = 1800;
const tickSlack = 1.2;
const firstSilenceMs = 3000; // until two ticks have told their spacing, and never more than this
const pauses = [250, 500, 1000, 2000, 4000] as const; // milliseconds before the 1st, 2nd, … attempt
const sessionEnded = 4401;

export class LiveFeed {
  readonly #events: LiveEvents;
  readonly #around: Surroundings;
  #after: number;
  #socket: Socket | null = null;
  #attempt = 0;
  #callOff: () => void = () => undefined;
  #heardAt = 0;
  #tickAt = 0;
  #patience = firstSilenceMs;
  #open = false;

  /** after: the last passage already known; the feed starts with the next one. */
  constructor(events: LiveEvents, after = 0, around: Surroundings = browserSurroundings()) {
    this.#events = events;
    this.#after = after;
    this.#around = around;
  }

  /** Last sequence number that is known: handed on, or somebody else's. */
  get last(): number {
    return this.#after;
  }

  start(): void {
    this.#open = true;
    this.#events.line({ state: "connecting" });
    this.#connect();
  }

  stop(): void {
    this.#open = false;
    this.#callOff();
    this.#drop();
  }

  /** Tries at once instead of waiting for the pause to end, for instance when the network is back. */
  retryNow(): void {
    if (!this.#open || this.#socket) return;
    this.#callOff();
    this.#connect();
  }

  #connect(): void {
    const socket = this.#around.open(`/v1/live?after=${this.#after}`);
    this.#socket = socket;
    this.#patience = firstSilenceMs;
    this.#tickAt = 0;
    this.#heardAt = this.#around.now();
    socket.onmessage = (event) => this.#heard(event.data);
    socket.onclose = (event) => this.#closed(event.code);
    this.#watch();
  }

  /** Declares the line lost when it stays silent. */
  #watch(): void {
    this.#callOff();
    this.#callOff = this.#around.after(this.#patience, () => this.#lost());
  }

  #heard(data: unknown): void {
    this.#heardAt = this.#around.now();
    const message = typeof data === "string" ? (JSON.parse(data) as Record<string, unknown>) : {};
    if (message["type"] === "tick") this.#ticked(this.#heardAt);
    this.#watch();
    switch (message["type"]) {
      case "hello":
        this.#attempt = 0;
        this.#events.line({ state: "online" });
        if (message["gap"] === true) {
          this.#after = num(message["from"]); // behind what is lost, or of a ledger that begins anew
          this.#events.gap();
        }
        break;
      case "tick":
        this.#after = Math.max(this.#after, num(message["last"])); // passages that are not ours are told of here
        break;
      case "passages":
        this.#take(message["passages"]);
        break;
    }
    if (Array.isArray(message["counters"])) this.#events.counters(message["counters"].map(parseCounter));
  }

  /** Learns how long silence may last from the closest two ticks: one that came late must not teach patience. */
  #ticked(now: number): void {
    const spacing = now - this.#tickAt;
    if (this.#tickAt) this.#patience = Math.max(Math.min(spacing * tickSlack, this.#patience), silenceMs);
    this.#tickAt = now;
  }

  #take(list: unknown): void {
    if (!Array.isArray(list)) return;
    const fresh = list.map(parsePassage).filter((p) => p.seq > this.#after);
    const last = fresh.at(-1);
    if (!last) return;
    this.#after = last.seq;
    this.#events.passages(fresh);
  }

  #closed(code: number): void {
    if (!this.#open) return;
    if (code === sessionEnded) {
      this.stop();
      this.#events.line({ state: "signed_out" });
      return;
    }
    this.#lost();
  }

  #lost(): void {
    this.#callOff();
    this.#drop();
    const pause = pauses[Math.min(this.#attempt, pauses.length - 1)] ?? 4000;
    this.#attempt++;
    const now = this.#around.now();
    this.#events.line({ state: "lost", since: this.#heardAt, retryAt: now + pause });
    this.#callOff = this.#around.after(pause, () => this.#connect());
  }

  #drop(): void {
    const socket = this.#socket;
    this.#socket = null;
    if (!socket) return;
    socket.onmessage = socket.onclose = null;
    socket.close();
  }
}

function browserSurroundings(): Surroundings {
  return {
    open: (path) => new WebSocket(new URL(path, location.href.replace(/^http/, "ws"))) as Socket,
    now: () => Date.now(),
    after: (ms, f) => {
      const id = setTimeout(f, ms);
      return () => clearTimeout(id);
    },
  };
}
