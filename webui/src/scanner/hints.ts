// What to say when a code is in sight but its content cannot be read. Judged from the picture inside the code's
// four corners, in the order in which a person can do something about it.

import type { Hint } from "./types";
import type { Luma, Point, Quad } from "./zxing";

export type { Hint } from "./types";

const SMALL = 0.22; // of the picture's shorter side: below it, coming closer helps most
const CELLS = 14; // the code is judged as a grid of so many cells a side
const GLARE_LEVEL = 250;
const GLARE_SHARE = 0.12; // a code's own white never fills this many whole cells
const SOFT = 0.22; // steepest step inside the code against its contrast: below it, edges are smeared

/** The hint for a code with these corners. */
export function hintFor(picture: Luma, corners: Quad): Hint {
  if (shortestSide(corners) < SMALL * Math.min(picture.width, picture.height)) return "closer";
  const { glare, softness } = survey(picture, corners);
  if (glare > GLARE_SHARE) return "glare";
  return softness < SOFT ? "hold_still" : "reading";
}

/** Shortest of the four sides, pixels. */
export function shortestSide(q: Quad): number {
  return Math.min(...q.map((p, i) => distance(p, q[(i + 1) % 4]!)));
}

/** Share of cells that are blown out whole, and how steep edges are: 1 is a step within one pixel, 0 is flat. */
function survey(picture: Luma, corners: Quad): { glare: number; softness: number } {
  let blown = 0;
  let low = 255;
  let high = 0;
  let steepest = 0;
  for (let cy = 0; cy < CELLS; cy++) {
    for (let cx = 0; cx < CELLS; cx++) {
      let darkest = 255;
      for (let k = 0; k < 16; k++) {
        const at = inside(corners, (cx + (k % 4) / 4) / CELLS, (cy + (k >> 2) / 4) / CELLS);
        const value = pixel(picture, at.x, at.y);
        const step = Math.abs(pixel(picture, at.x + 1, at.y) - pixel(picture, at.x - 1, at.y));
        darkest = Math.min(darkest, value);
        low = Math.min(low, value);
        high = Math.max(high, value);
        steepest = Math.max(steepest, step);
      }
      if (darkest >= GLARE_LEVEL) blown++;
    }
  }
  return { glare: blown / (CELLS * CELLS), softness: high > low ? steepest / (2 * (high - low)) : 0 };
}

/** The point a share u to the right and v down inside the corners. */
function inside([a, b, c, d]: Quad, u: number, v: number): Point {
  const mix = (p: number, q: number, r: number, s: number) => (p + (q - p) * u) * (1 - v) + (s + (r - s) * u) * v;
  return { x: mix(a.x, b.x, c.x, d.x), y: mix(a.y, b.y, c.y, d.y) };
}

function pixel({ data, width, height }: Luma, x: number, y: number): number {
  const column = Math.min(width - 1, Math.max(0, Math.round(x)));
  const row = Math.min(height - 1, Math.max(0, Math.round(y)));
  return data[row * width + column]!;
}

function distance(p: Point, q: Point): number {
  return Math.hypot(p.x - q.x, p.y - q.y);
}

/** Keeps a hint from flickering: it takes two near misses to say something and a quiet moment to fall silent. */
export class HintKeeper {
  #shown: Hint | null = null;
  #candidate: Hint | null = null;
  #lastNear = -Infinity;

  /** The hint to show after a look at time now (milliseconds); undefined while it stays as it is. */
  next(hint: Hint | null, now: number): Hint | null | undefined {
    if (hint) {
      const confirmed = this.#candidate === hint;
      this.#candidate = hint;
      this.#lastNear = now;
      return confirmed ? this.#show(hint) : undefined;
    }
    return now - this.#lastNear > 800 ? this.#show(null) : undefined;
  }

  /** A code was read: nothing more to say. */
  clear(): null | undefined {
    this.#lastNear = -Infinity;
    return this.#show(null) as null | undefined;
  }

  #show(hint: Hint | null): Hint | null | undefined {
    if (!hint) this.#candidate = null;
    if (this.#shown === hint) return undefined;
    this.#shown = hint;
    return hint;
  }
}
