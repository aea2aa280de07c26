// Unsharp mask in integers: what a fixed-focus camera blurs is often still there, only flat.
// Two box blurs make a near-Gaussian; the picture is pushed away from it.

import type { Luma } from "./zxing";

/** How wide the blur is, in pixels, and how strongly it is taken away. */
export interface Sharpness {
  radius: number;
  amount: number;
}

/** Sharpens pictures, keeping its buffers from one to the next. */
export class Sharpener {
  #blurred = new Uint8Array(0);
  #other = new Uint8Array(0);
  #column = new Int32Array(0);

  /** The sharpened picture. Valid until the next call. */
  sharpen({ data, width, height }: Luma, { radius, amount }: Sharpness): Luma {
    if (this.#blurred.length !== data.length) {
      this.#blurred = new Uint8Array(data.length);
      this.#other = new Uint8Array(data.length);
    }
    if (this.#column.length !== width) this.#column = new Int32Array(width);
    const blurred = this.#blurred;
    const other = this.#other;
    boxRows(data, other, { width, height, radius });
    this.#boxColumns(other, blurred, { width, height, radius });
    boxRows(blurred, other, { width, height, radius });
    this.#boxColumns(other, blurred, { width, height, radius });
    for (let i = 0; i < data.length; i++) {
      const value = data[i]!;
      const sharp = value + amount * (value - blurred[i]!);
      blurred[i] = sharp < 0 ? 0 : sharp > 255 ? 255 : sharp;
    }
    return { data: blurred, width, height };
  }

  /** Mean of the column above and below each pixel; all columns side by side, so that memory is read in rows. */
  #boxColumns(from: Uint8Array, to: Uint8Array, { width, height, radius }: Box) {
    const sums = this.#column.fill(0);
    const scale = reciprocal(radius);
    for (let y = -radius; y <= radius; y++) {
      const row = clamp(y, height) * width;
      for (let x = 0; x < width; x++) sums[x]! += from[row + x]!;
    }
    for (let y = 0; y < height; y++) {
      const row = y * width;
      const enters = clamp(y + radius + 1, height) * width;
      const leaves = clamp(y - radius, height) * width;
      for (let x = 0; x < width; x++) {
        const sum = sums[x]!;
        to[row + x] = (sum * scale) >> 16;
        sums[x] = sum + from[enters + x]! - from[leaves + x]!;
      }
    }
  }
}

interface Box {
  width: number;
  height: number;
  radius: number;
}

/** Mean of the pixels left and right of each pixel, edges repeated. */
function boxRows(from: Uint8Array, to: Uint8Array, { width, height, radius }: Box) {
  const scale = reciprocal(radius);
  for (let y = 0; y < height; y++) {
    const row = y * width;
    let sum = 0;
    for (let x = -radius; x <= radius; x++) sum += from[row + clamp(x, width)]!;
    for (let x = 0; x < width; x++) {
      to[row + x] = (sum * scale) >> 16;
      sum += from[row + clamp(x + radius + 1, width)]! - from[row + clamp(x - radius, width)]!;
    }
  }
}

/** 1/(2r+1) in 16 bits after the point, rounded up so that an even grey stays what it is. */
function reciprocal(radius: number): number {
  return Math.ceil(65536 / (2 * radius + 1));
}

function clamp(i: number, length: number): number {
  return i < 0 ? 0 : i >= length ? length - 1 : i;
}
