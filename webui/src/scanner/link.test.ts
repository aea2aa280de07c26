import "fake-indexeddb/auto";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { ScannerLink } from "./link";
import { Outbox } from "./outbox";
import type { LinkState, PendingScan } from "./types";

/** The gateway's end of a websocket. */
class FakeSocket {
  static readonly OPEN = 1;
  static made: FakeSocket[] = [];
  readyState = 0;
  onmessage: ((e: { data: string }) => void) | null = null;
  onclose: ((e: { code: number }) => void) | null = null;
  sent: Record<string, unknown>[] = [];
  constructor(readonly url: string) {
    FakeSocket.made.push(this);
  }
  send(text: string) {
    this.sent.push(JSON.parse(text));
  }
  close() {
    this.readyState = 3;
  }
  say(message: object) {
    this.onmessage?.({ data: JSON.stringify(message) });
  }
  hello() {
    this.readyState = 1;
    this.say({ type: "hello", server_time: new Date(Date.now() + 500).toISOString() });
  }
  hangUp(code = 1006) {
    this.readyState = 3;
    this.onclose?.({ code });
  }
  decide(ref: string) {
    this.say({ type: "decision", ref, answer: "admit " + ref });
  }
  get scans() {
    return this.sent.filter((m) => m["type"] === "scan");
  }
}

let boxes = 0;
let log: string[];
let state: LinkState;
let signedIn: boolean;
let outbox: Outbox;
let link: ScannerLink<string>;
const socket = () => FakeSocket.made.at(-1)!;
const scan = (ref: string): PendingScan => ({
  ref,
  payload: "AAAA",
  symbology: "]Q1",
  checkpoint: "north",
  direction: "entry",
  scannedAt: "2026-11-22T10:00:00.000Z",
  source: "camera",
});

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval", "performance"] });
  const page = new EventTarget();
  vi.stubGlobal("WebSocket", FakeSocket);
  vi.stubGlobal("addEventListener", page.addEventListener.bind(page));
  vi.stubGlobal("removeEventListener", page.removeEventListener.bind(page));
  vi.stubGlobal("document", Object.assign(new EventTarget(), { visibilityState: "visible" }));
  FakeSocket.made = [];
  log = [];
  signedIn = true;
  outbox = new Outbox(`link${boxes++}`, 5);
  link = new ScannerLink<string>({
    address: () => "ws://gate/v1/scanner",
    signedIn: async () => signedIn,
    outbox,
    events: {
      link: (s) => (state = s),
      hello: () => {},
      queued: (s) => log.push(`queued ${s.ref}`),
      answer: (s, a, late) => log.push(`${a}${late ? " late" : ""} ${s.ref}`),
      problem: (s, p) => log.push(`problem ${p.status} ${s.ref}`),
      lost: (s) => log.push(`lost ${s.ref}`),
    },
  });
  await outbox.loaded;
  await Promise.resolve();
});
afterEach(() => {
  link.close();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe("online", () => {
  test("a code goes out in the capacity in which it was read, also when that has changed since", async () => {
    link.submit({ ...scan("a"), mandate: "guid-1" });
    vi.advanceTimersByTime(2000); // long enough to be queued
    link.submit(scan("b"));
    socket().hello();
    expect(socket().scans[0]).toMatchObject({ ref: "a", mandate: "guid-1" });
    socket().decide("a");
    expect(socket().scans[1]).toMatchObject({ ref: "b" });
    expect(socket().scans[1]).not.toHaveProperty("mandate");
    await outbox.clear();
  });

  test("a code goes straight out, without a time of reading, and its answer comes back", () => {
    socket().hello();
    expect(state).toMatchObject({ state: "online", waiting: 0 });
    expect(Math.abs(state.skewMs! - 500)).toBeLessThan(50);
    link.submit(scan("a"));
    expect(socket().scans).toEqual([
      {
        type: "scan",
        ref: "a",
        nonce: "a",
        payload_b64: "AAAA",
        symbology: "]Q1",
        checkpoint: "north",
        direction: "entry",
      },
    ]);
    socket().decide("a");
    expect(log).toEqual(["admit a a"]);
  });

  test("a code read while the line opens waits for it, not for ever", () => {
    link.submit(scan("a"));
    link.submit(scan("b"));
    expect(log).toEqual([]);
    socket().hello();
    expect(socket().scans.map((m) => [m["ref"], m["scanned_at"]])).toEqual([
      ["a", undefined],
      ["b", undefined],
    ]);
    socket().decide("a");
    socket().decide("b");
    expect(log).toEqual(["admit a a", "admit b b"]);
    link.reconnect();
    link.submit(scan("c"));
    vi.advanceTimersByTime(1500);
    expect(log.at(-1)).toBe("queued c");
  });

  test("an answer nobody asked for, or one given twice, is nothing", () => {
    socket().hello();
    link.submit(scan("a"));
    socket().decide("b");
    socket().decide("a");
    socket().decide("a");
    socket().onmessage?.({ data: "not JSON" });
    expect(log).toEqual(["admit a a"]);
  });

  test("a request refused as such is reported once", () => {
    socket().hello();
    link.submit(scan("a"));
    socket().say({ type: "problem", ref: "a", problem: { status: 400, title: "bad" } });
    expect(log).toEqual(["problem 400 a"]);
  });
});

describe("offline", () => {
  test("said at once; codes wait in order; sent one by one with their time of reading", () => {
    socket().hello();
    link.submit(scan("flying"));
    socket().hangUp();
    expect(state).toMatchObject({ state: "offline", waiting: 1 });
    link.submit(scan("b"));
    link.submit(scan("c"));
    expect(log).toEqual(["queued flying", "queued b", "queued c"]);

    vi.advanceTimersByTime(400);
    const again = socket();
    again.hello();
    link.submit(scan("d")); // behind those who came before
    for (const ref of ["flying", "b", "c", "d"]) {
      expect(again.scans.at(-1)).toMatchObject({ ref, nonce: ref, scanned_at: "2026-11-22T10:00:00.000Z" });
      again.decide(ref);
    }
    expect(log.slice(3)).toEqual([
      "queued d",
      "admit flying late flying",
      "admit b late b",
      "admit c late c",
      "admit d late d",
    ]);
    expect(state.waiting).toBe(0);
    link.submit(scan("e"));
    expect(again.scans.at(-1)).not.toHaveProperty("scanned_at");
  });

  test("the line lost while the queue drains: nothing lost, nothing reordered", () => {
    link.submit(scan("a"));
    link.submit(scan("b"));
    socket().hello();
    socket().hangUp();
    expect(state.waiting).toBe(2);
    vi.advanceTimersByTime(400);
    socket().hello();
    expect(socket().scans.map((s) => s["ref"])).toEqual(["a"]);
    socket().decide("a");
    socket().decide("b");
    expect(log).toEqual(["queued a", "queued b", "admit a late a", "admit b late b"]);
  });

  test("a full queue says so", () => {
    for (const ref of ["a", "b", "c", "d", "e", "f"]) link.submit(scan(ref));
    vi.advanceTimersByTime(1500);
    expect(log.at(-1)).toBe("lost f");
    expect(state.waiting).toBe(5);
  });

  test("a send that fails is an outage", () => {
    socket().hello();
    socket().readyState = 2;
    link.submit(scan("a"));
    expect(state).toMatchObject({ state: "offline", waiting: 1 });
    expect(log).toEqual(["queued a"]);
  });

  test("a silent line is dead within three and a half seconds, a live one is not", () => {
    socket().hello();
    for (let t = 0; t < 20; t++) {
      vi.advanceTimersByTime(500);
      if (socket().sent.at(-1)?.["type"] === "ping") socket().say({ type: "pong" });
    }
    expect(state.state).toBe("online");
    vi.advanceTimersByTime(3500);
    expect(state.state).toBe("offline");
  });

  test("a code without an answer is queued", () => {
    socket().hello();
    link.submit(scan("a"));
    vi.advanceTimersByTime(2500);
    expect(log).toEqual(["queued a"]);
  });

  test("the pauses between attempts grow to five seconds, and start small again after a greeting", async () => {
    vi.spyOn(Math, "random").mockReturnValue(0.5);
    const pause = async () => {
      const made = FakeSocket.made.length;
      socket().hangUp();
      for (let t = 0; ; t += 50) {
        await vi.advanceTimersByTimeAsync(50);
        if (FakeSocket.made.length > made) return t + 50;
      }
    };
    const pauses = [];
    for (let i = 0; i < 6; i++) pauses.push(await pause());
    expect(pauses).toEqual([250, 500, 1000, 2000, 4000, 5000]);
    socket().hello();
    expect(await pause()).toBe(250);
  });

  test("an overloaded gateway gets the queue later, in the same order", () => {
    link.submit(scan("a"));
    link.submit(scan("b"));
    vi.advanceTimersByTime(1500);
    socket().hello();
    socket().say({ type: "problem", ref: "a", problem: { status: 503, title: "overloaded" } });
    expect(socket().scans.length).toBe(1);
    vi.advanceTimersByTime(1000);
    socket().decide("a");
    expect(log).toEqual(["queued a", "queued b", "admit a late a"]);
  });
});

describe("signed out", () => {
  test("the session ended: no more trying, codes are kept", async () => {
    socket().hello();
    socket().hangUp(4401);
    link.submit(scan("a"));
    vi.advanceTimersByTime(60_000);
    expect(state).toMatchObject({ state: "signed_out", waiting: 1 });
    expect(FakeSocket.made.length).toBe(1);
    link.reconnect();
    socket().hello();
    expect(socket().scans.map((s) => s["ref"])).toEqual(["a"]);
  });

  test("a refused connection is told from an absent gateway by asking", async () => {
    signedIn = false;
    socket().hangUp();
    await vi.waitFor(() => expect(state.state).toBe("signed_out"));
    signedIn = true;
    link.reconnect();
    socket().hangUp();
    await vi.waitFor(() => expect(state.state).toBe("offline"));
  });

  test("forgetting empties the queue", async () => {
    link.submit(scan("a"));
    await link.forget();
    expect(state.waiting).toBe(0);
  });
});
