// The real module on rendered pictures: which of them are read, through which pass, and with which bytes.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { encode } from "uqr";
import { beforeAll, describe, expect, test, vi } from "vitest";
import { prepareZXingModule, writeBarcode } from "zxing-wasm/writer";
import { draw, type Matrix, type Scene } from "../../e2e/picture";
import { toBase64 } from "./bytes";
import { Decoder } from "./decoder";
import { type Engine, loadEngine, type Luma } from "./zxing";

const file = (name: string) => {
  const bytes = readFileSync(createRequire(import.meta.url).resolve(name));
  return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
};

const dense =
  "VR1:" + "6BFOXN%TS3DH0YOJ58S S-W5HDC *M0II5XHC9B5G2+$N IOP-IA%NFQGRJPC%OQHIZC4.OI1RM8ZA".repeat(5).slice(0, 496);
const small = "HTTPS://EXAMPLE.ORG/ABCD";
const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
const qr = (content: string, ecc: "L" | "M" | "Q" = "Q"): Matrix => encode(content, { ecc, border: 0 }).data;
const hd = (module: number, more: Partial<Scene> = {}): Scene => ({ width: 1280, height: 720, module, ...more });

vi.setConfig({ testTimeout: 30_000 }); // pictures are drawn pixel by pixel

let engine: Engine;
beforeAll(async () => {
  engine = await loadEngine(file("zxing-wasm/reader/zxing_reader.wasm"));
  prepareZXingModule({ overrides: { wasmBinary: file("zxing-wasm/writer/zxing_writer.wasm") } });
});

/** Frames it takes to read the picture when it stays the same; 0 when four full rounds do not. */
function framesUntilRead(picture: Luma): { frames: number; content: string; symbology: string } {
  const decoder = new Decoder(engine);
  for (let frames = 1; frames <= 16; frames++) {
    const { symbol } = decoder.frame(picture);
    if (symbol) return { frames, content: text(symbol.bytes), symbology: symbol.symbology };
  }
  return { frames: 0, content: "", symbology: "" };
}

/** The bytes of the first symbol that is read; none when four full rounds find nothing. */
function framesRead(picture: Luma): Uint8Array {
  const decoder = new Decoder(engine);
  for (let frames = 1; frames <= 16; frames++) {
    const { symbol } = decoder.frame(picture);
    if (symbol) return symbol.bytes;
  }
  return new Uint8Array();
}

describe("frames", () => {
  const cases: [string, Matrix, Scene, string, number][] = [
    ["dense code, as it should be", qr(dense), hd(5), dense, 1],
    ["small code", qr(small, "M"), hd(8), small, 1],
    ["turned and tilted", qr(dense), hd(5, { turn: 33, tilt: 30 }), dense, 1],
    ["upside down", qr(dense), hd(4, { turn: 180 }), dense, 1],
    ["noisy and flat", qr(dense), hd(5, { noise: 14, contrast: 0.4 }), dense, 1],
    ["inverted: the full pass", qr(dense), hd(5, { inverted: true }), dense, 2],
    ["out of focus: the sharpened pass", qr(dense), hd(4, { blur: 2 }), dense, 4],
  ];
  test.each(cases)("%s", (_, matrix, scene, content, within) => {
    const read = framesUntilRead(draw(matrix, scene));
    expect(read.content).toBe(content);
    expect(read.symbology).toBe("]Q1");
    expect(read.frames).toBeLessThanOrEqual(within);
  });

  test("every kind is reached within four frames of a miss", async () => {
    const matrix = await symbol("DataMatrix", "hello data matrix", "forceSquare");
    const read = framesUntilRead(draw(matrix, hd(6, { turn: 20 })));
    expect(read).toMatchObject({ content: "hello data matrix", symbology: "]d1" });
    expect(read.frames).toBeLessThanOrEqual(4);
  });

  test("GS1 keeps its separators as bytes and says so by its symbology", async () => {
    const matrix = await symbol("DataMatrix", "(01)04601234567893(21)ABC123(91)EE06", "gs1,forceSquare");
    const read = framesUntilRead(draw(matrix, hd(7)));
    expect(read).toMatchObject({ content: "010460123456789321ABC123\x1d91EE06", symbology: "]d2" });
  });

  test.each(["DataMatrix", "AztecCode"] as const)("%s: bytes survive that are no text", async (format) => {
    const seal = Uint8Array.from({ length: 120 }, (_, i) => (i === 0 ? 0xdc : (i * 37) & 255)); // as an ICAO seal begins
    const matrix = await symbol(format, seal, format === "DataMatrix" ? "forceSquare" : "");
    expect(toBase64(framesRead(draw(matrix, hd(7))))).toBe(toBase64(seal));
  });

  test("Aztec", async () => {
    const read = framesUntilRead(draw(await symbol("AztecCode", "boarding pass"), hd(6)));
    expect(read.content).toBe("boarding pass");
  });

  test("bytes survive that are no text", () => {
    const bytes = Array.from({ length: 200 }, (_, i) => (i * 7) & 255);
    const picture = draw(encode(bytes, { ecc: "M", border: 0 }).data, hd(5));
    expect([...new Decoder(engine).frame(picture).symbol!.bytes]).toEqual(bytes);
  });

  test("an empty scene gives nothing, frame after frame", () => {
    const decoder = new Decoder(engine);
    const empty = draw(null, hd(5, { noise: 12 }));
    for (let i = 0; i < 8; i++) expect(decoder.frame(empty).symbol).toBeUndefined();
  });

  test("pictures of changing size", () => {
    for (const [width, height] of [
      [640, 480],
      [1920, 1080],
      [640, 480],
    ] as const) {
      expect(framesUntilRead(draw(qr(small), { width, height, module: 6 })).content).toBe(small);
    }
  });
});

describe("near misses", () => {
  const cases: [string, Scene, string][] = [
    ["too far", hd(1.6, { blur: 0.8 }), "closer"],
    ["glare", hd(6, { glare: 0.3 }), "glare"],
    ["out of focus", hd(6, { blur: 4 }), "hold_still"],
  ];
  test.each(cases)("%s", (_, scene, hint) => {
    const decoder = new Decoder(engine);
    const picture = draw(qr(dense), scene);
    const hints = Array.from({ length: 8 }, () => decoder.frame(picture)).map((l) => (l.symbol ? "read" : l.hint));
    expect(hints.filter((h) => h !== undefined && h !== null)).toContain(hint);
  });
});

describe("still images", () => {
  test("every symbol of the picture", () => {
    const left = draw(qr(small), hd(6, { centre: { x: 330, y: 360 } }));
    const right = draw(qr(dense), hd(4, { centre: { x: 960, y: 360 } }));
    for (let y = 0; y < 720; y++) left.data.set(right.data.subarray(y * 1280 + 640, (y + 1) * 1280), y * 1280 + 640);
    expect(
      new Decoder(engine)
        .still(left)
        .map((s) => text(s.bytes))
        .sort(),
    ).toEqual([small, dense].sort());
  });

  test("one out of focus", () => {
    expect(new Decoder(engine).still(draw(qr(dense), hd(4, { blur: 2 }))).map((s) => text(s.bytes))).toEqual([dense]);
  });
});

/** Modules of a symbol made by zxing's own writer, read off its picture of one character a module. */
async function symbol(format: "DataMatrix" | "AztecCode", content: string | Uint8Array, options = ""): Promise<Matrix> {
  const made = await writeBarcode(content, { format, options, addQuietZones: false, scale: 1 });
  if (made.error) throw new Error(made.error);
  const { data, width, height } = made.symbol;
  return Array.from({ length: height }, (_, y) => Array.from({ length: width }, (_, x) => data[y * width + x] === 0));
}
