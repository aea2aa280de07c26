// The connection to the gateway and what happens while there is none. A code goes straight out when the line is up
// and nothing waits; otherwise it joins the queue, and the queue goes out in order, one by one, when the gateway
// is back. Nothing here decides anything: without an answer a code stays "not yet checked".

import { Heartbeat } from "./heartbeat";
import type { Outbox } from "./outbox";
import type { LinkState, PendingScan, Problem, ScannerEvents } from "./types";

const SESSION_ENDED = 4401; // close code
const FIRST_RETRY_MS = 250;
const LAST_RETRY_MS = 5000;
const GREETING_MS = 5000;
const ANSWER_MS = 2000; // a scan takes milliseconds; sent again after this, it is still the same scan
const BUSY_MS = 1000; // pause of the queue when the gateway is overloaded
const OPENING_MS = 1500; // how long a code may wait for a line that is just being opened before it is queued

/** What a link reports. */
export type LinkEvents<A> = Pick<ScannerEvents<A>, "link" | "hello" | "queued" | "answer" | "problem" | "lost">;

/** How a link reaches the gateway. */
export interface LinkOptions<A> {
  /** Address of the websocket; asked anew at each connection. */
  address(): string;
  /** Whether the session still counts; asked when a connection is refused, where a websocket does not say why. */
  signedIn(): Promise<boolean>;
  outbox: Outbox;
  events: LinkEvents<A>;
}

type Down<A> =
  | { type: "hello"; server_time?: string }
  | { type: "decision"; ref: string; answer: A }
  | { type: "problem"; ref?: string; problem: Problem }
  | { type: "pong" };

/** One scanner's line to the gateway. Connects by itself and again after every loss. */
export class ScannerLink<A> {
  readonly #o: LinkOptions<A>;
  readonly #heartbeat: Heartbeat;
  #socket: WebSocket | undefined;
  #state: LinkState["state"] = "connecting";
  #skewMs: number | undefined;
  #flying = new Map<string, { scan: PendingScan; late: boolean }>(); // sent, not answered
  #early: PendingScan[] = []; // read while the line was being opened
  #earlyTimer: ReturnType<typeof setTimeout> | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #retryMs = FIRST_RETRY_MS;
  #unlisten: () => void;
  #closed = false;

  constructor(options: LinkOptions<A>) {
    this.#o = options;
    this.#heartbeat = new Heartbeat(
      () => this.#transmit({ type: "ping" }),
      () => this.#lose(),
    );
    this.#unlisten = this.#listen();
    void options.outbox.loaded.then(() => this.#closed || this.#connect());
  }

  /** Sends a code, or queues it. */
  submit(scan: PendingScan): void {
    if (this.#o.outbox.size > 0) return this.#queue(scan);
    if (this.#state === "online") return this.#send(scan, false);
    if (this.#state !== "connecting") return this.#queue(scan);
    this.#early.push(scan); // the line opens in a blink: no reason to call the gateway away
    this.#earlyTimer ??= setTimeout(() => this.#queueEarly(), OPENING_MS);
  }

  /** Connects anew at once: another place, or signed in again. */
  reconnect(): void {
    this.#drop();
    this.#retryMs = FIRST_RETRY_MS;
    this.#report("connecting");
    this.#connect();
  }

  /** Drops every waiting code. */
  async forget(): Promise<void> {
    this.#takeEarly();
    await this.#o.outbox.clear();
    this.#report(this.#state);
  }

  /** Ends the connection for good; what is not answered stays queued for the next page. */
  close(): void {
    this.#closed = true;
    this.#unlisten();
    this.#drop();
    this.#queueEarly();
  }

  #connect() {
    this.#drop();
    const socket = new WebSocket(this.#o.address());
    this.#socket = socket;
    this.#heartbeat.start();
    this.#heartbeat.expect(GREETING_MS); // an address that never answers is dead as well
    let greeted = false;
    socket.onmessage = ({ data }) => {
      const message = parse<A>(data);
      if (!message) return; // not ours; the heartbeat decides whether the line is alive
      this.#heartbeat.heard();
      greeted ||= message.type === "hello";
      this.#heard(message);
      if (this.#flying.size > 0) this.#heartbeat.expect(ANSWER_MS); // each answer buys time for the next
    };
    socket.onclose = ({ code }) => {
      if (code === SESSION_ENDED) this.#signedOut();
      else if (greeted) this.#lose();
      else void this.#refused(socket);
    };
  }

  /** The gateway may be away, or may not want us: only the second ends the trying. */
  async #refused(socket: WebSocket) {
    const signedIn = await this.#o.signedIn().catch(() => true);
    if (socket !== this.#socket) return; // lost or replaced meanwhile
    if (signedIn) this.#lose();
    else this.#signedOut();
  }

  #heard(message: Down<A>) {
    switch (message.type) {
      case "hello":
        this.#retryMs = FIRST_RETRY_MS;
        if (message.server_time) this.#skewMs = Date.parse(message.server_time) - Date.now();
        this.#report("online");
        this.#o.events.hello(message as unknown as Record<string, unknown>);
        for (const scan of this.#takeEarly()) this.submit(scan);
        return this.#drain();
      case "decision":
        return this.#settle(message.ref, (scan, late) => this.#o.events.answer(scan, message.answer, late));
      case "problem":
        return this.#troubled(message.problem, message.ref);
      case "pong":
        return;
    }
  }

  #troubled(problem: Problem, ref: string | undefined) {
    if (problem.status === 401) return this.#signedOut();
    const flight = ref === undefined ? undefined : this.#flying.get(ref);
    if (!flight) return;
    if (flight.late && (problem.status === 503 || problem.status === 429)) {
      this.#flying.delete(flight.scan.ref); // it keeps its place in the queue
      this.#timer = setTimeout(() => this.#drain(), BUSY_MS);
      return;
    }
    this.#settle(flight.scan.ref, (scan) => this.#o.events.problem(scan, problem));
  }

  /** The gateway has spoken about this one. */
  #settle(ref: string, tell: (scan: PendingScan, late: boolean) => void) {
    const flight = this.#flying.get(ref);
    if (!flight) return;
    this.#flying.delete(ref);
    if (flight.late) {
      void this.#o.outbox.remove(ref);
      this.#report(this.#state);
    }
    tell(flight.scan, flight.late);
    this.#drain();
  }

  /** Sends the oldest waiting code; its answer sends the next. */
  #drain() {
    const next = this.#o.outbox.first;
    if (next && this.#state === "online" && this.#flying.size === 0) this.#send(next, true);
  }

  #send(scan: PendingScan, late: boolean) {
    this.#flying.set(scan.ref, { scan, late });
    this.#transmit({
      type: "scan",
      ref: scan.ref,
      nonce: scan.ref,
      payload_b64: scan.payload,
      symbology: scan.symbology,
      checkpoint: scan.checkpoint,
      direction: scan.direction,
      ...(scan.mandate ? { mandate: scan.mandate } : {}), // of the moment of reading, however long it has waited
      ...(late ? { scanned_at: scan.scannedAt } : {}),
    });
  }

  #transmit(message: object) {
    if (this.#socket?.readyState !== WebSocket.OPEN) return this.#lose();
    this.#socket.send(JSON.stringify(message));
    this.#heartbeat.expect(ANSWER_MS);
  }

  #queue(scan: PendingScan) {
    if (this.#o.outbox.add(scan)) this.#o.events.queued(scan);
    else this.#o.events.lost(scan);
    this.#report(this.#state);
  }

  #takeEarly(): PendingScan[] {
    clearTimeout(this.#earlyTimer);
    this.#earlyTimer = undefined;
    return this.#early.splice(0);
  }

  #queueEarly() {
    for (const scan of this.#takeEarly()) this.#queue(scan);
  }

  /** The line is dead: say so at once, keep what was not answered, try again. */
  #lose() {
    this.#drop();
    this.#queueEarly();
    this.#report("offline");
    this.#timer = setTimeout(() => this.#connect(), this.#retryMs * (0.8 + 0.4 * Math.random()));
    this.#retryMs = Math.min(LAST_RETRY_MS, this.#retryMs * 2);
  }

  #signedOut() {
    this.#drop();
    this.#queueEarly();
    this.#report("signed_out");
  }

  #drop() {
    clearTimeout(this.#timer);
    this.#heartbeat.stop();
    if (this.#socket) {
      this.#socket.onmessage = this.#socket.onclose = null;
      this.#socket.close();
      this.#socket = undefined;
    }
    const unanswered = [...this.#flying.values()];
    this.#flying.clear();
    for (const { scan, late } of unanswered) if (!late) this.#queue(scan);
  }

  #listen(): () => void {
    const retry = () => this.#state === "offline" && document.visibilityState === "visible" && this.#connect();
    const doubt = () => this.#state === "online" && this.#transmit({ type: "ping" });
    addEventListener("online", retry);
    addEventListener("offline", doubt); // a gateway on this machine is still there: ask
    document.addEventListener("visibilitychange", retry);
    return () => {
      removeEventListener("online", retry);
      removeEventListener("offline", doubt);
      document.removeEventListener("visibilitychange", retry);
    };
  }

  #report(state: LinkState["state"]) {
    this.#state = state;
    const { size: waiting, durable } = this.#o.outbox;
    this.#o.events.link({ state, waiting, durable, ...(this.#skewMs === undefined ? {} : { skewMs: this.#skewMs }) });
  }
}

function parse<A>(data: unknown): Down<A> | undefined {
  try {
    return JSON.parse(String(data)) as Down<A>;
  } catch {
    return undefined;
  }
}
