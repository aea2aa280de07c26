// Which passes a frame gets. Every frame is searched for a plain QR code in about 3 ms; only when that misses,
// one costlier kind of search takes its turn, so that each kind comes round within four frames and the camera's
// 30 frames a second still hold.

import { type Hint, hintFor, shortestSide } from "./hints";
import { Sharpener, type Sharpness } from "./sharpen";
import type { Engine, Luma, Pass, Symbol2D } from "./zxing";

/** What one frame gave: a readable symbol, or what is wrong with an unreadable one, or nothing. */
export interface Look {
  symbol?: Symbol2D;
  /** Set only by the turn that looks for near misses; null there means: nothing in sight. */
  hint?: Hint | null;
}

const cheap: Pass = { formats: "QRCode", harder: false, rotate: false, invert: false, downscale: false, most: 1 };
const full: Pass = { formats: "QRCode", harder: true, rotate: true, invert: true, downscale: true, most: 1 };
const matrix: Pass = { ...full, formats: "DataMatrix,Aztec" }; // DataMatrix needs rotate: 24 of 24 turned, 9 without
const nearMiss: Pass = { ...cheap, errors: true, most: 0 }; // most: 1 would let an unreadable one hide a readable
/** PDF417 has been seen to return wrong text when tilted: still images only. */
const everything: Pass = { ...full, formats: "QRCode,DataMatrix,Aztec,PDF417", most: 0 };

const sharpnesses: Sharpness[] = [
  { radius: 2, amount: 2 },
  { radius: 1, amount: 3 },
];

/** Reads frames one after the other, and still images. */
export class Decoder {
  readonly #engine: Engine;
  readonly #sharpener = new Sharpener();
  #turn = 0;
  #variant = 0;
  #sharp: Luma | undefined; // the last sharpened picture

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  /** Looks at the next frame of a camera. */
  frame(picture: Luma): Look {
    const symbol = this.#first(picture, cheap);
    return symbol ? { symbol } : this.#nextTurn(picture);
  }

  /** Reads every symbol of a still image. */
  still(picture: Luma): Symbol2D[] {
    const plain = this.#engine.look(picture, everything);
    if (plain.length > 0) return plain;
    for (const sharpness of sharpnesses) {
      const found = this.#engine.look(this.#sharpener.sharpen(picture, sharpness), everything);
      if (found.length > 0) return found;
    }
    return [];
  }

  #nextTurn(picture: Luma): Look {
    const turn = this.#turn;
    this.#turn = (turn + 1) % 4;
    switch (turn) {
      case 0:
        return look(this.#first(picture, full));
      case 1:
        return look(this.#first(picture, matrix));
      case 2:
        return look(this.#first(this.#sharpened(picture), cheap));
      default:
        return this.#nearMiss(picture);
    }
  }

  #sharpened(picture: Luma): Luma {
    const sharpness = sharpnesses[this.#variant]!;
    this.#variant = (this.#variant + 1) % sharpnesses.length;
    this.#sharp = this.#sharpener.sharpen(picture, sharpness);
    return this.#sharp;
  }

  /**
   * The turn that rests: one cheap look at the picture sharpened the turn before, where even a badly blurred code
   * still shows its corners.
   */
  #nearMiss(picture: Luma): Look {
    const found = this.#engine.look(this.#sharp ?? picture, nearMiss);
    const readable = found.find((s) => !s.error);
    if (readable) return { symbol: readable };
    const [largest] = found.sort((a, b) => shortestSide(b.corners) - shortestSide(a.corners));
    return { hint: largest ? hintFor(picture, largest.corners) : null };
  }

  #first(picture: Luma, pass: Pass): Symbol2D | undefined {
    return this.#engine.look(picture, pass)[0];
  }
}

function look(symbol: Symbol2D | undefined): Look {
  return symbol ? { symbol } : {};
}
