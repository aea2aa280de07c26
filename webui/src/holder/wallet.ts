// The documents on this device, each with the key it is bound to. A key is kept as the browser keeps it: it signs,
// and nobody can read it out again, this page included.

import type { Content, Texts } from "../samples";
import { credentialOf, type BoundDocument } from "./code";

/** A document as it is kept. */
export interface Kept extends BoundDocument {
  /** Name within this device. */
  name: string;
  title: Texts;
  note: Texts;
  /** The VR1 text the credential came from, to tell whether it is still the same. */
  source: string;
}

/** What a document is made of before it is kept. */
export interface Given {
  name: string;
  title: Texts;
  note: Texts;
  content: Content;
  holder: { credential: string; jwk: JsonWebKey };
}

const STORE = "documents";

/** Keeps a document, in place of an earlier one of that name. Throws where the browser has no keys or no storage. */
export async function keepDocument(given: Given): Promise<Kept> {
  const { credential, jwk } = given.holder;
  const { kty, crv, x, y, d } = jwk;
  const kept: Kept = {
    name: given.name,
    title: given.title,
    note: given.note,
    source: credential,
    credential: credentialOf(credential),
    key: await crypto.subtle.importKey(
      "jwk",
      { kty, crv, x, y, d } as JsonWebKey, // nothing but the key: other members may forbid its use
      { name: "ECDSA", namedCurve: "P-256" },
      false,
      ["sign"],
    ),
  };
  await run("readwrite", (store) => store.put(kept));
  return kept;
}

export async function documents(): Promise<Kept[]> {
  return (await run("readonly", (store) => store.getAll())) as Kept[];
}

export async function documentNamed(name: string): Promise<Kept | undefined> {
  return (await run("readonly", (store) => store.get(name))) as Kept | undefined;
}

export async function forgetDocument(name: string): Promise<void> {
  await run("readwrite", (store) => store.delete(name));
}

async function run(mode: IDBTransactionMode, act: (store: IDBObjectStore) => IDBRequest): Promise<unknown> {
  const database = await open();
  try {
    return await new Promise((resolve, reject) => {
      const transaction = database.transaction(STORE, mode);
      const request = act(transaction.objectStore(STORE));
      transaction.oncomplete = () => resolve(request.result);
      transaction.onabort = () => reject(transaction.error ?? new Error("not kept"));
    });
  } finally {
    database.close();
  }
}

function open(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open("vratar-holder", 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: "name" });
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error("no storage"));
  });
}
