// The one file that knows zxing-wasm. Its public reader takes RGBA and converts it in JavaScript; the module
// underneath takes the grey image the camera already delivers. That entrance is marked internal upstream, so
// everything that leans on it stays here, under a test that runs the real module.

import { prepareZXingModule, type ZXingReaderModule } from "zxing-wasm/reader";

/** A grey picture: one byte a pixel, rows without gaps. */
export interface Luma {
  data: Uint8Array;
  width: number;
  height: number;
}

/** A point of the picture, in pixels. */
export interface Point {
  x: number;
  y: number;
}

/** Corners in reading order of the symbol: top left, top right, bottom right, bottom left. */
export type Quad = [Point, Point, Point, Point];

/** One symbol found. */
export interface Symbol2D {
  bytes: Uint8Array;
  /** AIM symbology identifier, `]d2` for GS1 DataMatrix. */
  symbology: string;
  /** Why the content could not be read; empty when it was. */
  error: string;
  corners: Quad;
}

/** What one look at a picture searches for. */
export interface Pass {
  formats: string;
  /** Slower and finer. */
  harder: boolean;
  rotate: boolean;
  invert: boolean;
  downscale: boolean;
  /** Also symbols that were found but not readable. */
  errors?: boolean;
  /** 0: all of them. */
  most: number;
}

/** A decoder ready to look at pictures. */
export interface Engine {
  look(picture: Luma, pass: Pass): Symbol2D[];
}

/** The part of the module in use; upstream's declarations leave the memory out. */
type Module = ZXingReaderModule & {
  HEAPU8: Uint8Array;
  _malloc(size: number): number;
  _free(at: number): void;
};

/** Address of the module on our own origin (upstream's default is a public CDN), or its bytes. */
export type WasmSource = string | ArrayBuffer;

/** Loads the module; rejects when it cannot be fetched or compiled. */
export async function loadEngine(wasm: WasmSource): Promise<Engine> {
  const overrides = typeof wasm === "string" ? { locateFile: () => wasm } : { wasmBinary: wasm };
  return new WasmEngine((await prepareZXingModule({ overrides, fireImmediately: true })) as Module);
}

class WasmEngine implements Engine {
  readonly #module: Module;
  #at = 0; // where the picture lies in the module's memory
  #room = 0;

  constructor(module: Module) {
    this.#module = module;
  }

  look(picture: Luma, pass: Pass): Symbol2D[] {
    this.#place(picture.data);
    const found = this.#module.readBarcodesFromPixmap(this.#at, picture.width, picture.height, options(pass));
    const symbols: Symbol2D[] = [];
    for (let i = 0; i < found.size(); i++) {
      const one = found.get(i);
      if (!one) continue;
      const { topLeft, topRight, bottomRight, bottomLeft } = one.position;
      symbols.push({
        bytes: one.bytes,
        symbology: one.symbologyIdentifier,
        error: one.error,
        corners: [topLeft, topRight, bottomRight, bottomLeft],
      });
    }
    release(found);
    return symbols;
  }

  #place(data: Uint8Array) {
    const m = this.#module;
    if (data.length > this.#room) {
      if (this.#at) m._free(this.#at);
      this.#at = m._malloc(data.length);
      if (!this.#at) throw new RangeError(`no memory for a picture of ${data.length} bytes`);
      this.#room = data.length;
    }
    m.HEAPU8.set(data, this.#at); // read anew each time: the view is replaced when the memory grows
  }
}

/** A list of the module lives in its memory until told otherwise; upstream's own reader forgets that. */
function release(list: object) {
  (list as { delete?: () => void }).delete?.();
}

function options(pass: Pass) {
  return {
    formats: pass.formats,
    tryHarder: pass.harder,
    tryRotate: pass.rotate,
    tryInvert: pass.invert,
    tryDownscale: pass.downscale,
    tryDenoise: false,
    binarizer: 0, // LocalAverage
    isPure: false,
    downscaleFactor: 3,
    downscaleThreshold: 500,
    minLineCount: 2,
    maxNumberOfSymbols: pass.most,
    validateOptionalChecksum: false,
    returnErrors: pass.errors ?? false,
    eanAddOnSymbol: 0, // Ignore
    textMode: 0, // Plain; the text is never used
    characterSet: 0, // Unknown
    tryCode39ExtendedMode: true,
  };
}
