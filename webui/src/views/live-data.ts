// The live view's data: first what the ledger already holds, then the feed from there on without a gap.

import { signal } from "@preact/signals";
import { getPassages, type Counter, type Passage } from "../api";
import { LiveFeed, type Line } from "../live";
import { Minutes } from "../model/board";
import { loadSession } from "../session";

const backlog = 3000; // passages: an hour of a busy gate, for the chart
const page = 500;
const forStream = 200; // passages

/** Everything the live view shows. */
export class LiveData {
  readonly line = signal<Line>({ state: "connecting" });
  readonly counters = signal<Counter[]>([]);
  readonly passages = signal<Passage[]>([]);
  readonly gap = signal(false);
  readonly minutes = new Minutes();
  #feed: LiveFeed | null = null;
  #stopped = false;
  readonly #kept: number;

  /** kept: how many of the last passages are remembered. */
  constructor(kept = forStream) {
    this.#kept = kept;
  }

  start(): void {
    addEventListener("online", this.#retry);
    void this.#begin();
  }

  stop(): void {
    this.#stopped = true;
    removeEventListener("online", this.#retry);
    this.#feed?.stop();
  }

  readonly #retry = (): void => this.#feed?.retryNow();

  async #begin(): Promise<void> {
    const after = await this.#past().catch(() => 0); // out of reach: the feed says so and keeps trying
    if (this.#stopped) return;
    this.#feed = new LiveFeed(
      {
        line: (line) => {
          this.line.value = line;
          if (line.state === "signed_out") void loadSession();
        },
        passages: (list) => this.#take(list),
        counters: (list) => {
          this.counters.value = list;
        },
        gap: () => {
          this.gap.value = true;
        },
      },
      after,
    );
    this.#feed.start();
  }

  /** Reads the recent past; returns the last sequence number read. */
  async #past(): Promise<number> {
    const { last } = await getPassages(0, 1);
    let after = Math.max(0, last - backlog);
    while (!this.#stopped && after < last) {
      const { passages, next } = await getPassages(after, page);
      this.#take(passages);
      if (next <= after) break;
      after = next;
    }
    return after;
  }

  #take(list: Passage[]): void {
    this.minutes.add(list);
    this.passages.value = [...this.passages.value, ...list].slice(-this.#kept);
  }
}
