// Clips for Chromium's fake camera: y4m files written frame by frame, without any other program. A block in the
// corner is lit exactly while a code is visible, so that the page can tell the first frame that shows one; three
// brightnesses by turns tell one code from the next even when the dark between them was missed.

import { createWriteStream, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { once } from "node:events";
import { encode } from "uqr";
import { draw, type Matrix, type Scene } from "./picture";

/** Side of the corner block, pixels, and its brightness for the first, second and third code, and so on by turns. */
const BLOCK = 40;
const LIT = [255, 200, 150];

/** Part of a clip: one code (or none) for a while. */
export interface Shot {
  /** Text of the code; empty for the bare scene. */
  text: string;
  seconds: number;
  /** How much of the picture's height the code takes. */
  share?: number;
  scene?: Partial<Scene>;
}

/** A clip: it starts when the camera opens and repeats for ever. */
export interface Clip {
  width: number;
  height: number;
  fps: number;
  shots: Shot[];
}

/** Modules of the QR code of a text. */
export function qr(text: string): Matrix {
  return encode(text, { ecc: "M", border: 0 }).data;
}

/** Side of a module at which a code fills this share of the picture's height. */
export function moduleFor(matrix: Matrix, height: number, share = 0.85): number {
  return (height * share) / (matrix.length + 8);
}

const STILLS = 3; // pictures drawn per shot; a hand is never quite still, and drawing each frame would take minutes

/** Writes the clip into a temporary folder, which lasts as long as this process, and returns its path. */
export async function render(clip: Clip): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "vratar-clip-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, "clip.y4m");
  const out = createWriteStream(path);
  const chroma = Buffer.alloc((clip.width * clip.height) / 2, 128);
  out.write(`YUV4MPEG2 W${clip.width} H${clip.height} F${clip.fps}:1 Ip A1:1 C420jpeg\n`);
  let codes = 0;
  for (const shot of clip.shots) {
    const light = shot.text ? LIT[codes++ % LIT.length]! : 0;
    const stills = Array.from({ length: shot.text ? STILLS : 1 }, (_, i) => still(clip, shot, { n: i, light }));
    for (let i = 0; i < Math.round(shot.seconds * clip.fps); i++) {
      out.write("FRAME\n");
      out.write(stills[i % stills.length]);
      if (!out.write(chroma)) await once(out, "drain");
    }
  }
  out.end();
  await once(out, "finish");
  return path;
}

function still({ width, height }: Clip, { text, share, scene }: Shot, { n, light }: { n: number; light: number }) {
  const matrix = text ? qr(text) : null;
  const centre = { x: width / 2 + 2 * (n - 1), y: height / 2 + (n - 1) };
  const module = matrix ? moduleFor(matrix, height, share) : 1;
  const { data } = draw(matrix, { width, height, module, centre, turn: n - 1, noise: 4, seed: n + 1, ...scene });
  for (let y = 0; y < BLOCK; y++) data.fill(light, y * width, y * width + BLOCK);
  return data;
}
