// Who is signed in and which checkpoints there are, remembered so that a scanner also starts with the gateway out of
// reach. Nothing secret is kept: the session itself is a cookie no script can read.

import { signal } from "@preact/signals";
import { getCheckpoints, getMe, parseCheckpoints, parseMe, signOut as endSession } from "./api";
import type { Checkpoint, Direction, Me } from "./api";
import { read, write } from "./settings";

const meKey = "vratar.me";
const checkpointsKey = "vratar.checkpoints";
const placeKey = "vratar.place";

/** undefined: not asked yet; null: nobody. */
export const me = signal<Me | null | undefined>(undefined);
export const checkpoints = signal<Checkpoint[]>([]);
/** The gateway answered the last time it was asked. */
export const reachable = signal(true);
/** Where this device stands. */
export const place = signal<{ checkpoint: string; direction: Direction }>({ checkpoint: "", direction: "entry" });

/** Asks the gateway who we are; without an answer the remembered one stands. */
export async function loadSession(): Promise<void> {
  try {
    const found = await getMe();
    reachable.value = true;
    if (found) {
      checkpoints.value = await getCheckpoints();
      remember(found);
    } else {
      forget();
    }
    choosePlace();
    me.value = found;
  } catch {
    reachable.value = false;
    recall();
  }
}

export async function signOut(): Promise<void> {
  await endSession().catch(() => undefined); // out of reach: the cookie ends by itself
  forget();
  me.value = null;
}

/** Moves this device to another checkpoint or direction, from the next code on. */
export function setPlace(checkpoint: string, direction: Direction): void {
  place.value = { checkpoint, direction };
  write(placeKey, JSON.stringify(place.value));
}

/** The checkpoint this device stands at, if it is known. */
export function currentCheckpoint(): Checkpoint | undefined {
  return checkpoints.value.find((c) => c.id === place.value.checkpoint);
}

/** Its name for the screen; the id where there is none. */
export function checkpointName(id: string): string {
  return checkpoints.value.find((c) => c.id === id)?.name ?? id;
}

function remember(found: Me): void {
  // In the gateway's own shape, so that parseMe and parseCheckpoints read it back.
  write(meKey, JSON.stringify({ ...found, lists: null }));
  const list = checkpoints.value.map((c) => ({ ...c, display_s: c.displayS }));
  write(checkpointsKey, JSON.stringify({ checkpoints: list }));
}

function recall(): void {
  const known = parse(read(meKey));
  if (!known) {
    me.value = null;
    return;
  }
  checkpoints.value = parseCheckpoints(parse(read(checkpointsKey)));
  choosePlace();
  me.value = parseMe(known);
}

function forget(): void {
  write(meKey, "");
  write(checkpointsKey, "");
}

function choosePlace(): void {
  const stored = parse(read(placeKey)) as { checkpoint?: unknown; direction?: unknown } | null;
  const known = checkpoints.value.find((c) => c.id === stored?.checkpoint) ?? checkpoints.value[0];
  place.value = { checkpoint: known?.id ?? "", direction: stored?.direction === "exit" ? "exit" : "entry" };
}

function parse(text: string | null): unknown {
  try {
    return text ? JSON.parse(text) : null;
  } catch {
    return null;
  }
}
