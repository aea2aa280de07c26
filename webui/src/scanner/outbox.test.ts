import "fake-indexeddb/auto";
import { expect, test } from "vitest";
import { Outbox } from "./outbox";
import type { PendingScan } from "./types";

const scan = (n: number): PendingScan => ({
  ref: `r${n}`,
  payload: "AAAA",
  symbology: "]Q1",
  checkpoint: "north",
  direction: "entry",
  scannedAt: new Date(1_700_000_000_000 + n).toISOString(),
  source: "camera",
});
let names = 0;
const fresh = () => `box${names++}`;

async function drain(box: Outbox): Promise<string[]> {
  const refs: string[] = [];
  for (let next = box.first; next; next = box.first) {
    refs.push(next.ref);
    await box.remove(next.ref);
  }
  return refs;
}

test("order is kept, also across a reload and with codes read meanwhile", async () => {
  const name = fresh();
  const before = new Outbox(name);
  for (let i = 0; i < 20; i++) before.add(scan(i));
  await before.stored();
  await before.remove("r0");

  const after = new Outbox(name);
  after.add(scan(20));
  await after.loaded;
  await after.stored();
  expect(after.first).toEqual(scan(1));
  expect(await drain(after)).toEqual(Array.from({ length: 20 }, (_, i) => `r${i + 1}`));

  const empty = new Outbox(name);
  await empty.loaded;
  expect(empty.size).toBe(0);
});

test("bounded", async () => {
  const box = new Outbox(fresh(), 3);
  expect([0, 1, 2, 3].map((n) => box.add(scan(n)))).toEqual([true, true, true, false]);
  await box.remove("r0");
  expect(box.add(scan(4))).toBe(true);
  expect(await drain(box)).toEqual(["r1", "r2", "r4"]);
});

test("clear leaves nothing behind", async () => {
  const name = fresh();
  const box = new Outbox(name);
  box.add(scan(1));
  await box.clear();
  const later = new Outbox(name);
  await later.loaded;
  expect([box.size, later.size]).toEqual([0, 0]);
});

test("without storage it works and says that it is not durable", async () => {
  const real = globalThis.indexedDB;
  Object.defineProperty(globalThis, "indexedDB", {
    value: {
      open: () => {
        throw new DOMException("", "SecurityError");
      },
    },
    configurable: true,
  });
  try {
    const box = new Outbox(fresh());
    box.add(scan(1));
    await box.loaded;
    expect(box.durable).toBe(false);
    expect(await drain(box)).toEqual(["r1"]);
  } finally {
    Object.defineProperty(globalThis, "indexedDB", { value: real, configurable: true });
  }
});
