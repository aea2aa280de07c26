// Everything joined: camera → worker → suppression → link, with keyboard, paste and pictures on the same path.

import { randomRef, toBase64, toBytes } from "./bytes";
import { Camera } from "./camera";
import { listenForBursts } from "./keyboard";
import { ScannerLink } from "./link";
import { Outbox } from "./outbox";
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
  readonly #unlisten: (() => void)[];
  #place: Pick<PendingScan, "checkpoint" | "direction">;
  #lazyReader: Reader | undefined;
  #sleep: (() => void) | undefined;

  constructor({ checkpoint, direction, events, fullHD }: ScannerOptions<A>) {
    this.#place = { checkpoint, direction };
    this.#events = { ...silent, ...events };
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

  submit(content: string | Uint8Array, source: Source): PendingScan {
    return this.#submit(typed(content, source));
  }

  async readImage(image: Blob, source: "upload" | "paste"): Promise<ImageResult> {
    const result = await this.#reader.image(image, source);
    if (result.kind === "codes") for (const code of result.codes) this.#submit(code);
    return result;
  }

  setPlace(checkpoint: string, direction: PendingScan["direction"]): void {
    this.#place = { checkpoint, direction };
    this.#link.reconnect();
  }

  reconnect(): void {
    this.#link.reconnect();
  }

  forget(): Promise<void> {
    return this.#link.forget();
  }

  close(): void {
    this.stopCamera();
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
    if (this.#suppressor.fresh(toBase64(code.bytes), code.readAt)) this.#submit(code);
  }

  #submit(code: Code): PendingScan {
    const scan: PendingScan = {
      ref: randomRef(),
      payload: toBase64(code.bytes),
      symbology: code.symbology,
      ...this.#place,
      scannedAt: new Date(code.readAt).toISOString(),
      source: code.source,
    };
    this.#events.read(scan, code);
    this.#link.submit(scan);
    return scan;
  }
}

function typed(content: string | Uint8Array, source: Source): Code {
  return { bytes: toBytes(content).slice(0, LONGEST), symbology: "", source, readAt: Date.now() };
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
  read: nothing,
  queued: nothing,
  answer: nothing,
  problem: nothing,
  lost: nothing,
};
