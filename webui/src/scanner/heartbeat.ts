// Whether the line is alive. A websocket whose other end vanished stays "open" for minutes; so silence is
// answered by a ping, and silence where an answer is due means the line is dead.

const QUIET_MS = 1000; // silence after which to ask
const TICK_MS = 250;

/** Watches one connection at a time. */
export class Heartbeat {
  readonly #ping: () => void;
  readonly #dead: () => void;
  #timer: ReturnType<typeof setInterval> | undefined;
  #heardAt = 0;
  #due = Infinity; // when the line counts as dead

  constructor(ping: () => void, dead: () => void) {
    this.#ping = ping;
    this.#dead = dead;
  }

  /** Begins watching. */
  start(): void {
    this.stop();
    this.heard();
    this.#timer = setInterval(() => this.#tick(), TICK_MS);
  }

  /** Ends watching. */
  stop(): void {
    clearInterval(this.#timer);
  }

  /** Something arrived. */
  heard(): void {
    this.#heardAt = performance.now();
    this.#due = Infinity;
  }

  /** Something is due within so many milliseconds. An earlier expectation stands. */
  expect(withinMs: number): void {
    this.#due = Math.min(this.#due, performance.now() + withinMs);
  }

  #tick() {
    const now = performance.now();
    if (now > this.#due) this.#dead();
    else if (this.#due === Infinity && now - this.#heardAt >= QUIET_MS) this.#ping();
  }
}
