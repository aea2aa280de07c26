// What the live view keeps of the feed: places for the last passages that never move, and passages per minute.

import type { Passage } from "../api";

/** A board with fixed places: a new passage takes the place of the oldest, and all others stay where the eye is. */
export interface Board {
  places: readonly (Passage | null)[];
  next: number;
}

/** A board of so many places. */
export function emptyBoard(size: number): Board {
  return { places: Array.from({ length: size }, () => null), next: 0 };
}

/** Puts passages in, oldest first. */
export function put(board: Board, passages: readonly Passage[]): Board {
  if (board.places.length === 0) return board;
  const places = [...board.places];
  let next = board.next;
  for (const p of passages.slice(-places.length)) {
    places[next] = p;
    next = (next + 1) % places.length;
  }
  return { places, next };
}

/** Place of the newest passage; -1 while there is none. */
export function newest(board: Board): number {
  const size = board.places.length;
  const at = size ? (board.next - 1 + size) % size : -1;
  return board.places[at] ? at : -1;
}

/** Passages of one minute. */
export interface Minute {
  admitted: number;
  refused: number;
}

export const minutesShown = 60;

/** Counts passages per minute and forgets what is older than the chart. */
export class Minutes {
  #byMinute = new Map<number, Minute>();

  add(passages: readonly Passage[]): void {
    for (const p of passages) {
      const key = Math.floor(Date.parse(p.at) / 60_000);
      if (Number.isNaN(key)) continue;
      const minute = this.#byMinute.get(key) ?? { admitted: 0, refused: 0 };
      if (p.decision === "admit") minute.admitted++;
      else minute.refused++;
      this.#byMinute.set(key, minute);
    }
  }

  /** Columns for the chart up to now: seconds since 1970, admitted, refused or held. */
  columns(now: number): [number[], number[], number[]] {
    const last = Math.floor(now / 60_000);
    const first = last - minutesShown + 1;
    for (const key of this.#byMinute.keys()) if (key < first) this.#byMinute.delete(key);
    const keys = Array.from({ length: minutesShown }, (_, i) => first + i);
    const at = (key: number) => this.#byMinute.get(key);
    return [keys.map((k) => k * 60), keys.map((k) => at(k)?.admitted ?? 0), keys.map((k) => at(k)?.refused ?? 0)];
  }
}
