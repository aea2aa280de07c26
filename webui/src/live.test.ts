import { beforeEach, expect, test } from "vitest";
import { LiveFeed, silenceMs, type Line, type Socket } from "./live";

/** A gateway and a clock that the test moves. */
class World {
  now = 0;
  sockets: (Socket & { url: string; open: boolean })[] = [];
  timers: { at: number; f: () => void }[] = [];

  open = (url: string): Socket => {
    const socket = {
      url,
      open: true,
      onmessage: null,
      onclose: null,
      close: () => {
        socket.open = false;
      },
    } as Socket & {
      url: string;
      open: boolean;
    };
    this.sockets.push(socket);
    return socket;
  };

  after = (ms: number, f: () => void): (() => void) => {
    const timer = { at: this.now + ms, f };
    this.timers.push(timer);
    return () => {
      this.timers = this.timers.filter((x) => x !== timer);
    };
  };

  pass(ms: number): void {
    const until = this.now + ms;
    for (;;) {
      const next = this.timers.filter((x) => x.at <= until).sort((a, b) => a.at - b.at)[0];
      if (!next) break;
      this.timers = this.timers.filter((x) => x !== next);
      this.now = next.at;
      next.f();
    }
    this.now = until;
  }

  say(message: object): void {
    this.sockets.at(-1)?.onmessage?.({ data: JSON.stringify(message) });
  }
}

let world: World;
let lines: Line["state"][];
let seqs: number[];
let gaps: number;
let feed: LiveFeed;

beforeEach(() => {
  world = new World();
  lines = [];
  seqs = [];
  gaps = 0;
  const around = { open: world.open, after: world.after, now: () => world.now };
  feed = new LiveFeed(
    {
      line: (l) => lines.push(l.state),
      passages: (ps) => seqs.push(...ps.map((p) => p.seq)),
      counters: () => undefined,
      gap: () => {
        gaps++;
      },
    },
    40,
    around,
  );
  feed.start();
});

const hello = { type: "hello", last: 40, from: 40, gap: false, counters: [] };
const passages = (...list: number[]) => ({ type: "passages", passages: list.map((seq) => ({ seq })), counters: [] });

test("resumes after the last passage and hands none on twice", () => {
  expect(world.sockets[0]?.url).toBe("/v1/live?after=40");
  world.say(hello);
  world.say(passages(41, 42));
  world.sockets[0]?.onclose?.({ code: 1001 });
  expect(lines).toEqual(["connecting", "online", "lost"]);
  world.pass(250);
  expect(world.sockets[1]?.url).toBe("/v1/live?after=42");
  world.say(hello);
  world.say(passages(41, 42, 43));
  world.say(passages(43));
  expect(seqs).toEqual([41, 42, 43]);
  expect(feed.last).toBe(43);
});

test("resumes behind what is somebody else's", () => {
  world.say({ type: "hello", gap: false });
  world.say({ type: "passages", passages: [{ seq: 5 }] });
  world.say({ type: "tick", last: 60 });
  world.say({ type: "tick", last: 59 });
  expect(feed.last).toBe(60);
  world.sockets[0]?.onclose?.({ code: 1006 });
  world.pass(300);
  expect(world.sockets.at(-1)?.url).toBe("/v1/live?after=60");
});

test("goes on in a ledger that begins anew", () => {
  world.say({ type: "passages", passages: [{ seq: 50 }] });
  world.say({ type: "hello", gap: true, from: 3 });
  world.say({ type: "passages", passages: [{ seq: 4 }] });
  expect(feed.last).toBe(4);
});

test("says within two seconds that a line is dead", () => {
  world.say(hello);
  for (let i = 0; i < 5; i++) {
    world.pass(1000);
    world.say({ type: "tick", last: 60 });
  }
  expect(lines).toEqual(["connecting", "online"]);
  world.pass(silenceMs);
  expect(lines.at(-1)).toBe("lost");
  expect(world.sockets[0]?.open).toBe(false);
});

test("ticks two seconds apart are no reason for alarm, and one late tick teaches no patience", () => {
  world.say(hello);
  for (const ms of [2000, 2000, 2300, 2000]) {
    world.pass(ms);
    world.say({ type: "tick", last: 60 });
  }
  expect(lines).toEqual(["connecting", "online"]);
  world.pass(2400);
  expect(lines.at(-1)).toBe("lost");
});

test("pauses grow, and a good connection makes them small again", () => {
  const opened = () => world.sockets.length;
  const fail = () => world.sockets.at(-1)?.onclose?.({ code: 1006 });
  for (const pause of [250, 500, 1000, 2000, 4000, 4000]) {
    fail();
    const before = opened();
    world.pass(pause - 1);
    expect(opened()).toBe(before);
    world.pass(1);
    expect(opened()).toBe(before + 1);
  }
  world.say(hello);
  fail();
  const before = opened();
  world.pass(250);
  expect(opened()).toBe(before + 1);
});

test("an attempt nobody answers is given up", () => {
  world.pass(3000);
  expect(lines.at(-1)).toBe("lost");
});

test("a network that is back is tried at once", () => {
  world.sockets[0]?.onclose?.({ code: 1006 });
  feed.retryNow();
  expect(world.sockets).toHaveLength(2);
  feed.retryNow();
  expect(world.sockets).toHaveLength(2);
});

test("an ended session is not tried again, a stopped feed is silent", () => {
  world.say(hello);
  world.sockets[0]?.onclose?.({ code: 4401 });
  expect(lines.at(-1)).toBe("signed_out");
  world.pass(60_000);
  expect(world.sockets).toHaveLength(1);
});

test("a gap is told", () => {
  world.say({ ...hello, gap: true });
  expect(gaps).toBe(1);
});

test("stop ends everything", () => {
  feed.stop();
  world.pass(60_000);
  expect(lines).toEqual(["connecting"]);
  expect(world.sockets).toHaveLength(1);
});
