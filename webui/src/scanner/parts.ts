// Cards split over several codes: `shc:/2/3/DIGITS` is the second of three of one SMART Health Card. They are shown
// one after the other, in any order and again and again; the gateway takes all their texts, a line each, as one
// payload. Nothing is opened here: whether the parts make a card is the gateway's word.

/** Which parts of a card have been read, one entry a part. */
export type PartsRead = readonly boolean[];

/** A card whose next part does not come within this time was taken away, milliseconds. */
export const PATIENCE_MS = 30_000;
/** Parts of a card that was sent count as still held before the camera until none was seen for this long. */
const IN_SIGHT_MS = 5000;

const pattern = /^shc:\/([1-9]\d?)\/([1-9]\d?)\/\d+$/;
const scheme = [..."shc:/"].map((c) => c.charCodeAt(0));

/** What a collector reports. */
export interface PartsEvents {
  /** Another part, or null: nothing is being collected any more. */
  changed(read: PartsRead | null, timedOut: boolean): void;
}

/** The texts of a content that holds nothing but parts of split cards; null for anything else. */
export function partsIn(bytes: Uint8Array): string[] | null {
  if (!scheme.every((c, i) => bytes[i] === c)) return null; // asked at every frame that shows a code
  const texts = new TextDecoder().decode(bytes).trim().split(/\s+/);
  return texts.every((text) => totalOf(text) > 1) ? texts : null;
}

/** Gathers the parts of one card at a time. */
export class PartCollector {
  readonly #events: PartsEvents;
  #texts: (string | undefined)[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  #sent: ReadonlySet<string> = new Set();
  #sentSeen = -Infinity;

  constructor(events: PartsEvents) {
    this.#events = events;
  }

  /** Whether some of a card's parts wait for the others. */
  get collecting(): boolean {
    return this.#texts.length > 0;
  }

  /** True for a part of the card sent last while that is still in sight. Asked at every sight of a part. */
  repeats(text: string, now: number): boolean {
    if (!this.#sent.has(text) || now - this.#sentSeen > IN_SIGHT_MS) return false;
    this.#sentSeen = now;
    return true;
  }

  /** Takes one part. Returns the payload of the whole card with its last one, before that null. */
  take(text: string, now: number): string | null {
    const at = indexOf(text);
    const other = this.#texts.length !== totalOf(text) || (this.#texts[at] ?? text) !== text;
    if (other) this.#texts = Array.from({ length: totalOf(text) }, () => undefined); // of another card: begin anew
    this.#texts[at] = text;
    if (this.#texts.includes(undefined)) {
      this.#wait();
      this.#events.changed(
        this.#texts.map((t) => t !== undefined),
        false,
      );
      return null;
    }
    this.#sent = new Set(this.#texts as string[]);
    this.#sentSeen = now;
    const whole = this.#texts.join("\n");
    this.drop();
    return whole;
  }

  /** Forgets the parts that were read. */
  drop(): void {
    this.#end(false);
  }

  #wait() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#end(true), PATIENCE_MS);
  }

  #end(timedOut: boolean) {
    clearTimeout(this.#timer);
    if (!this.collecting) return;
    this.#texts = [];
    this.#events.changed(null, timedOut);
  }
}

/** How many parts the card has; 0 when the text is no part of one. */
function totalOf(text: string): number {
  const [, part = 0, total = 0] = pattern.exec(text) ?? [];
  return Number(part) <= Number(total) ? Number(total) : 0;
}

function indexOf(text: string): number {
  return Number(pattern.exec(text)?.[1]) - 1;
}
