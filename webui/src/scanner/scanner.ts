// Everything joined: camera → worker → suppression → parts → link, with keyboard, paste and pictures on the same path.

import { fromBase64, randomRef, toBase64, toBytes } from "./bytes";
import { Camera } from "./camera";
import { documentOf } from "./changing";
import { listenForBursts } from "./keyboard";
import { ScannerLink } from "./link";
import { Outbox } from "./outbox";
import { PartCollector, partsIn } from "./parts";
import { listenForPaste } from "./paste";
import { Reader } from "./reader";
import { Suppressor } from "./suppress";
import type { Code, ImageResult, PendingScan, Scanner, ScannerEvents, ScannerOptions, Source } from "./types";
import { keepAwake } from "./wakelock";

/**
 * A pasted text longer than this is cut. No code is that long and the gateway answers `too_large` all the same,
 * while the whole of it could exceed what one message may hold and would break the line at every attempt.
 */
const LONGEST = 32_000;

/** Makes a scanner and connects it. The camera waits for startCamera. A is the type of the gateway's answers. */
export function createScanner<A>(options: ScannerOptions<A>): Scanner {
  return new JoinedScanner(options);
}

class JoinedScanner<A> implements Scanner {
  readonly #events: ScannerEvents<A>;
  readonly #camera: Camera;
  readonly #link: ScannerLink<A>;
  readonly #suppressor = new Suppressor();
  readonly #parts: PartCollector;
  readonly #unlisten: (() => void)[];
  #place: Pick<PendingScan, "checkpoint" | "direction">;
  #mandate = "";
  #lazyReader: Reader | undefined;
  #sleep: (() => void) | undefined;

  constructor({ checkpoint, direction, events, fullHD }: ScannerOptions<A>) {
    this.#place = { checkpoint, direction };
    this.#events = { ...silent, ...events };
    this.#parts = new PartCollector({ changed: (read, timedOut) => this.#events.parts(read, timedOut) });
    this.#camera = new Camera(
      {
        status: (status) => this.#events.camera(status),
        opened: (track, video) => void this.#reader.watch(track, video).catch(() => {}), // told by events.failed
        closed: () => this.#lazyReader?.unwatch(),
      },
      fullHD,
    );
    this.#link = new ScannerLink<A>({
      address: () => address(this.#place),
      signedIn,
      outbox: new Outbox(),
      events: this.#events,
    });
    this.#unlisten = [
      listenForBursts(window, (text) => this.#repeatable(typed(text, "keyboard"))),
      listenForPaste(document, {
        text: (text) => void this.submit(text, "paste"),
        image: (image) => void this.readImage(image, "paste").catch(() => {}),
      }),
    ];
  }

  async startCamera(video: HTMLVideoElement): Promise<void> {
    this.#sleep ??= keepAwake();
    await this.#camera.start(video);
  }

  stopCamera(): void {
    this.#camera.stop();
    this.#sleep?.();
    this.#sleep = undefined;
  }

  chooseCamera(id: string): Promise<void> {
    return this.#camera.choose(id);
  }

  setTorch(on: boolean): Promise<void> {
    return this.#camera.setTorch(on);
  }

  setZoom(value: number): Promise<void> {
    return this.#camera.setZoom(value);
  }

  submit(content: string | Uint8Array, source: Source): PendingScan | null {
    return this.#take(typed(content, source));
  }

  passed(scan: PendingScan): void {
    const document = documentOf(fromBase64(scan.payload));
    if (document !== null && scan.source === "camera") this.#suppressor.pass(document, Date.now());
  }

  dropParts(): void {
    this.#parts.drop(); // what is still in sight stays unread until it is shown again
  }

  async readImage(image: Blob, source: "upload" | "paste"): Promise<ImageResult> {
    const result = await this.#reader.image(image, source);
    if (result.kind === "codes") for (const code of result.codes) this.#take(code);
    return result;
  }

  setPlace(checkpoint: string, direction: PendingScan["direction"]): void {
    this.#place = { checkpoint, direction };
    this.#link.reconnect();
  }

  setMandate(number: string): void {
    this.#mandate = number; // each scan names it, so the line stays
  }

  reconnect(): void {
    this.#link.reconnect();
  }

  forget(): Promise<void> {
    this.#parts.drop();
    return this.#link.forget();
  }

  close(): void {
    this.stopCamera();
    this.#parts.drop();
    for (const stop of this.#unlisten) stop();
    this.#lazyReader?.close();
    this.#link.close();
  }

  /** Loaded when first needed: a desk with a keyboard scanner never fetches the decoder. */
  get #reader(): Reader {
    this.#lazyReader ??= new Reader({
      code: (code) => this.#repeatable(code),
      hint: (hint) => this.#events.hint(hint),
      failed: (reason) => this.#events.failed(reason),
    });
    return this.#lazyReader;
  }

  /** From a source that says the same again and again. */
  #repeatable(code: Code) {
    if (code.source === "camera" && this.#stillThere(code)) return;
    if (this.#suppressor.fresh(toBase64(code.bytes), code.readAt)) this.#take(code);
  }

  /** Whether this is only more of what was dealt with and has not left the picture. */
  #stillThere({ bytes, readAt }: Code): boolean {
    const document = documentOf(bytes);
    if (document !== null && this.#suppressor.passed(document, readAt)) return true;
    return partsIn(bytes)?.every((text) => this.#parts.repeats(text, readAt)) ?? false;
  }

  /** Sends a code, or keeps it until the other parts of its card have been read. */
  #take(code: Code): PendingScan | null {
    const parts = partsIn(code.bytes);
    if (!parts) {
      if (this.#parts.collecting) this.#interrupt(code);
      return this.#submit(code);
    }
    let sent: PendingScan | null = null;
    for (const text of parts) {
      const whole = this.#parts.take(text, code.readAt);
      if (whole !== null) sent = this.#submit({ ...code, bytes: bounded(whole) });
    }
    return sent;
  }

  /** Another code: its bearer is likely another person, whose card must not be mixed with the parts read before. */
  #interrupt(code: Code) {
    this.#parts.drop();
    this.#suppressor.forget(); // parts beside it in the picture count as shown again, or they would be missing for ever
    this.#suppressor.fresh(toBase64(code.bytes), code.readAt);
  }

  #submit(code: Code): PendingScan {
    const scan: PendingScan = {
      ref: randomRef(),
      payload: toBase64(code.bytes),
      symbology: code.symbology,
      ...this.#place,
      ...(this.#mandate && { mandate: this.#mandate }),
      scannedAt: new Date(code.readAt).toISOString(),
      source: code.source,
    };
    this.#events.read(scan, code);
    this.#link.submit(scan);
    return scan;
  }
}

function typed(content: string | Uint8Array, source: Source): Code {
  return { bytes: bounded(content), symbology: "", source, readAt: Date.now() };
}

function bounded(content: string | Uint8Array): Uint8Array {
  return toBytes(content).slice(0, LONGEST);
}

function address({ checkpoint, direction }: Pick<PendingScan, "checkpoint" | "direction">): string {
  const url = new URL("/v1/scanner", location.href);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  url.search = new URLSearchParams({ checkpoint, direction }).toString();
  url.hash = "";
  return url.href;
}

async function signedIn(): Promise<boolean> {
  return (await fetch("/v1/me", { cache: "no-store" })).status !== 401;
}

const nothing = () => {};
const silent: ScannerEvents<never> = {
  camera: nothing,
  hint: nothing,
  link: nothing,
  failed: nothing,
  hello: nothing,
  parts: nothing,
  read: nothing,
  queued: nothing,
  answer: nothing,
  problem: nothing,
  lost: nothing,
};
