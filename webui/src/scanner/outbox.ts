// Codes read while the gateway is out of reach: kept in order, bounded, also across a reload, each with its nonce
// and time of reading so that sending one twice is harmless. They hold personal data, so an entry is deleted as
// soon as the gateway has answered it.
//
// The list in memory is what counts for this page; IndexedDB follows behind it. Where the browser gives no
// storage, the queue still works and says that it is not durable.

import type { PendingScan } from "./types";

/** How many codes are kept. A gate that reads more while offline needs its gateway, not a longer queue. */
export const BOUND = 500;

const STORE = "scans";

interface Kept {
  scan: PendingScan;
  /** Key of the stored copy, once it is stored. */
  key: Promise<IDBValidKey | undefined>;
}

/** The queue of codes not yet checked. */
export class Outbox {
  readonly #bound: number;
  readonly #database: Promise<IDBDatabase | null>;
  #kept: Kept[] = [];
  #durable = true;
  /** Settled when what an earlier page left is in the queue, before anything added since. */
  readonly loaded: Promise<void>;

  constructor(name = "vratar-outbox", bound = BOUND) {
    this.#bound = bound;
    this.#database = openDatabase(name).catch(() => {
      this.#durable = false;
      return null;
    });
    this.loaded = this.#load();
  }

  get size(): number {
    return this.#kept.length;
  }

  /** False when a reload would lose the queue. */
  get durable(): boolean {
    return this.#durable;
  }

  /** The oldest. */
  get first(): PendingScan | undefined {
    return this.#kept[0]?.scan;
  }

  /** Appends; false when the queue is full and the code was not kept. */
  add(scan: PendingScan): boolean {
    if (this.#kept.length >= this.#bound) return false;
    this.#kept.push({ scan, key: this.#run("readwrite", (store) => result(store.add(scan))) });
    return true;
  }

  /** Forgets one that was answered. */
  async remove(ref: string): Promise<void> {
    const at = this.#kept.findIndex((k) => k.scan.ref === ref);
    const [kept] = at < 0 ? [] : this.#kept.splice(at, 1);
    const key = await kept?.key;
    if (key !== undefined) await this.#run("readwrite", (store) => result(store.delete(key)));
  }

  /** Forgets everything. */
  async clear(): Promise<void> {
    this.#kept = [];
    await this.#run("readwrite", (store) => result(store.clear()));
  }

  /** Settled when everything added so far is stored. */
  async stored(): Promise<void> {
    await Promise.all(this.#kept.map((k) => k.key));
  }

  /** The first transaction of this page, so that it sees what earlier pages left and nothing else. */
  async #load(): Promise<void> {
    const earlier = await this.#run("readonly", (store) => {
      const keys = store.getAllKeys();
      const scans = store.getAll();
      return () => (scans.result as PendingScan[]).map((scan, i) => ({ scan, key: Promise.resolve(keys.result[i]) }));
    });
    this.#kept = [...(earlier ?? []), ...this.#kept];
  }

  /** One transaction, on disk before it resolves; undefined when there is no storage or it refused. */
  async #run<T>(mode: IDBTransactionMode, act: (store: IDBObjectStore) => () => T): Promise<T | undefined> {
    const database = await this.#database;
    if (!database) return undefined;
    try {
      return await new Promise<T>((resolve, reject) => {
        const transaction = database.transaction(STORE, mode, { durability: "strict" });
        const done = act(transaction.objectStore(STORE));
        transaction.oncomplete = () => resolve(done());
        transaction.onabort = () => reject(transaction.error);
      });
    } catch {
      this.#durable = false; // quota, or storage taken away while the page was open
      return undefined;
    }
  }
}

function result<T>(request: IDBRequest<T>): () => T {
  return () => request.result;
}

function openDatabase(name: string): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(name, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE, { autoIncrement: true });
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
