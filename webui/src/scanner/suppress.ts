// A code held before the camera is read thirty times a second; it counts once.

/** A text is ignored until it has been out of sight for this long, milliseconds. */
export const QUIET_MS = 1200;

/** Tells a new showing of a code from the continued sight of one. */
export class Suppressor {
  #seen = new Map<string, number>();
  #passed = new Map<string, number>();
  readonly #quiet: number;

  constructor(quietMs = QUIET_MS) {
    this.#quiet = quietMs;
  }

  /**
   * True when the text was not seen within the last quiet period. Another text interrupts at once, and two codes
   * in one picture count once each however they alternate.
   */
  fresh(text: string, now: number): boolean {
    for (const [other, at] of this.#seen) if (now - at >= this.#quiet) this.#seen.delete(other);
    const fresh = !this.#seen.has(text);
    this.#seen.set(text, now);
    return fresh;
  }

  /** Takes note that the bearer of this document was let through. */
  pass(document: string, now: number): void {
    this.#passed.set(document, now);
  }

  /**
   * True while a document that was let through is still held before the camera. A code that changes is another text
   * every few seconds: without this its bearer would be told off for having passed just now.
   */
  passed(document: string, now: number): boolean {
    for (const [other, at] of this.#passed) if (now - at >= this.#quiet) this.#passed.delete(other);
    if (!this.#passed.has(document)) return false;
    this.#passed.set(document, now);
    return true;
  }

  /** Whatever is in sight counts as shown anew. */
  forget(): void {
    this.#seen.clear();
  }
}
