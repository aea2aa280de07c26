// The page's end of the decoding worker.

import { scriptURL } from "./trusted";
import { feed } from "./frames";
import type { FromWorker, ReadSymbol, ToWorker } from "./messages";
import type { Code, Hint, ImageResult } from "./types";
import workerAddress from "./worker?worker&url";

const MAX_IMAGE_BYTES = 25 << 20;

/** What a reader reports. */
export interface ReaderEvents {
  /** On every frame that shows the code, not once a showing. */
  code(code: Code): void;
  hint(hint: Hint | null): void;
  /** The decoder could not be loaded; keyboard and paste still work. */
  failed(reason: string): void;
}

/** Reads codes from a camera track and from still images, in a worker of its own. */
export class Reader {
  readonly #worker: Worker;
  readonly #events: ReaderEvents;
  readonly #ready: Promise<{ processor: boolean }>;
  #settle!: { ready(processor: boolean): void; failed(reason: string): void };
  #stream = 0;
  #unfeed: (() => void) | undefined;
  #next: (() => void) | undefined;
  #jobs = new Map<number, (symbols: ReadSymbol[] | null) => void>();
  #job = 0;

  constructor(events: ReaderEvents) {
    this.#events = events;
    this.#ready = new Promise((resolve, reject) => {
      this.#settle = { ready: (processor) => resolve({ processor }), failed: (reason) => reject(new Error(reason)) };
    });
    this.#ready.catch(() => {}); // reported through events.failed
    this.#worker = new Worker(scriptURL(workerAddress), { type: "module" });
    this.#worker.onmessage = ({ data }: MessageEvent<FromWorker>) => this.#heard(data);
    this.#worker.onerror = (e) => this.#fail(e.message || "the decoder's script did not load");
  }

  /** Reads this track from now on, and no other. The element must be playing the same track. */
  async watch(track: MediaStreamTrack, video: HTMLVideoElement): Promise<void> {
    this.unwatch();
    const stream = ++this.#stream;
    const { processor } = await this.#ready;
    if (stream !== this.#stream) return;
    this.#unfeed = feed({
      track,
      video,
      workerReads: processor,
      send: (message, transfer) => this.#send({ ...message, stream }, transfer),
      onNext: (next) => (this.#next = next),
    });
  }

  /** Stops reading frames. */
  unwatch(): void {
    this.#unfeed?.();
    this.#unfeed = undefined;
    this.#next = undefined;
    this.#send({ type: "stop", stream: this.#stream++ });
    this.#events.hint(null);
  }

  /** Reads a still image with every option on. */
  async image(image: Blob, source: Code["source"]): Promise<ImageResult> {
    if (image.size > MAX_IMAGE_BYTES) return { kind: "too_large" };
    await this.#ready;
    const job = ++this.#job;
    const symbols = await new Promise<ReadSymbol[] | null>((resolve) => {
      this.#jobs.set(job, resolve);
      this.#send({ type: "image", job, image });
    });
    if (!symbols) return { kind: "not_an_image" };
    return symbols.length ? { kind: "codes", codes: symbols.map((s) => ({ ...s, source })) } : { kind: "none" };
  }

  /** Ends the worker. */
  close(): void {
    this.unwatch();
    this.#worker.terminate();
  }

  #send(message: ToWorker, transfer: Transferable[] = []) {
    this.#worker.postMessage(message, transfer);
  }

  #heard(message: FromWorker) {
    switch (message.type) {
      case "ready":
        return this.#settle.ready(message.processor);
      case "failed":
        return this.#fail(message.reason);
      case "image":
        this.#jobs.get(message.job)?.(message.symbols);
        return void this.#jobs.delete(message.job);
    }
    if (message.stream !== this.#stream) return; // of a camera closed meanwhile
    switch (message.type) {
      case "next":
        return this.#next?.();
      case "symbol":
        return this.#events.code({ ...message.symbol, source: "camera" });
      case "hint":
        return this.#events.hint(message.hint);
    }
  }

  #fail(reason: string) {
    this.#settle.failed(reason);
    this.#events.failed(reason);
  }
}
