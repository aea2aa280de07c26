// Pictures of codes as a camera would see them: grey frames rendered from module matrices with perspective, blur,
// noise, glare and low contrast. Deterministic by seed, so that a failing picture can be drawn again.

import type { Luma, Point, Quad } from "../src/scanner/zxing";

/** Modules of a symbol, row by row; true is dark. */
export type Matrix = boolean[][];

/** How a code lies in the picture and what spoils it. All lengths in pixels. */
export interface Scene {
  width: number;
  height: number;
  /** Side of one module. */
  module: number;
  /** Centre of the code; the picture's centre when absent. */
  centre?: Point;
  /** Turn in degrees, clockwise. */
  turn?: number;
  /** Tilt about the vertical axis in degrees. */
  tilt?: number;
  /** Standard deviation of the lens blur. */
  blur?: number;
  /** Length of a horizontal smear. */
  motion?: number;
  /** Standard deviation of the noise, grey levels. */
  noise?: number;
  /** 1 is black on white, 0 is nothing. */
  contrast?: number;
  /** A blown-out disc: radius as a share of the code's side, around the code's centre. */
  glare?: number;
  inverted?: boolean;
  seed?: number;
}

const GROUND = 106;
const QUIET = 4; // modules of light margin

/** Draws a code; null draws the empty scene. */
export function draw(matrix: Matrix | null, scene: Scene): Luma {
  const picture = new Float32Array(scene.width * scene.height).fill(GROUND);
  if (matrix) paint(picture, matrix, scene);
  if (scene.motion) smear(picture, scene, scene.motion);
  if (scene.blur) soften(picture, scene, scene.blur);
  return develop(picture, scene);
}

function paint(picture: Float32Array, matrix: Matrix, scene: Scene) {
  const side = matrix.length + 2 * QUIET;
  const corners = place(side * scene.module, scene);
  const toCode = inverse(homography(corners, side));
  const [left, right, top, bottom] = bounds(corners, scene);
  const dark = 128 - 118 * (scene.contrast ?? 1);
  const light = 128 + 107 * (scene.contrast ?? 1);
  for (let y = top; y < bottom; y++) {
    for (let x = left; x < right; x++) {
      let sum = 0;
      for (let k = 0; k < 16; k++) {
        const at = apply(toCode, x + (k % 4) / 4 + 1 / 8, y + (k >> 2) / 4 + 1 / 8);
        if (at.x < 0 || at.y < 0 || at.x >= side || at.y >= side) sum += GROUND;
        else {
          const module = matrix[Math.floor(at.y) - QUIET]?.[Math.floor(at.x) - QUIET] ?? false;
          sum += module !== (scene.inverted ?? false) ? dark : light;
        }
      }
      picture[y * scene.width + x] = sum / 16;
    }
  }
  if (scene.glare) shine(picture, scene, side * scene.module * scene.glare);
}

/** The four corners of a code of that side in the picture. */
function place(side: number, scene: Scene): Quad {
  const { x: cx, y: cy } = scene.centre ?? { x: scene.width / 2, y: scene.height / 2 };
  const turn = ((scene.turn ?? 0) * Math.PI) / 180;
  const tilt = ((scene.tilt ?? 0) * Math.PI) / 180;
  const eye = 4 * side; // distance of the lens
  const corner = (u: number, v: number): Point => {
    const x = u * Math.cos(turn) - v * Math.sin(turn);
    const y = u * Math.sin(turn) + v * Math.cos(turn);
    const depth = eye / (eye + x * Math.sin(tilt));
    return { x: cx + x * Math.cos(tilt) * depth, y: cy + y * depth };
  };
  const h = side / 2;
  return [corner(-h, -h), corner(h, -h), corner(h, h), corner(-h, h)];
}

type Transform = [number, number, number, number, number, number, number, number, number];

/** Takes the square (0,0)-(side,side) to the corners. Closed form for a square (Heckbert 1989). */
function homography([a, b, c, d]: Quad, side: number): Transform {
  const dx1 = b.x - c.x,
    dx2 = d.x - c.x,
    sx = a.x - b.x + c.x - d.x;
  const dy1 = b.y - c.y,
    dy2 = d.y - c.y,
    sy = a.y - b.y + c.y - d.y;
  const det = dx1 * dy2 - dx2 * dy1;
  const g = (sx * dy2 - dx2 * sy) / det;
  const h = (dx1 * sy - sx * dy1) / det;
  const s = side;
  return [
    (b.x - a.x + g * b.x) / s,
    (d.x - a.x + h * d.x) / s,
    a.x,
    (b.y - a.y + g * b.y) / s,
    (d.y - a.y + h * d.y) / s,
    a.y,
    g / s,
    h / s,
    1,
  ];
}

function inverse([a, b, c, d, e, f, g, h, i]: Transform): Transform {
  return [
    e * i - f * h,
    c * h - b * i,
    b * f - c * e,
    f * g - d * i,
    a * i - c * g,
    c * d - a * f,
    d * h - e * g,
    b * g - a * h,
    a * e - b * d,
  ];
}

function apply(t: Transform, x: number, y: number): Point {
  const w = t[6] * x + t[7] * y + t[8];
  return { x: (t[0] * x + t[1] * y + t[2]) / w, y: (t[3] * x + t[4] * y + t[5]) / w };
}

function bounds(corners: Quad, { width, height }: Scene): [number, number, number, number] {
  const xs = corners.map((p) => p.x);
  const ys = corners.map((p) => p.y);
  return [
    Math.max(0, Math.floor(Math.min(...xs))),
    Math.min(width, Math.ceil(Math.max(...xs))),
    Math.max(0, Math.floor(Math.min(...ys))),
    Math.min(height, Math.ceil(Math.max(...ys))),
  ];
}

function shine(picture: Float32Array, scene: Scene, radius: number) {
  const { x: cx, y: cy } = scene.centre ?? { x: scene.width / 2, y: scene.height / 2 };
  for (let y = Math.max(0, Math.floor(cy - radius)); y < Math.min(scene.height, cy + radius); y++) {
    for (let x = Math.max(0, Math.floor(cx - radius)); x < Math.min(scene.width, cx + radius); x++) {
      if (Math.hypot(x - cx, y - cy) < radius) picture[y * scene.width + x] = 255;
    }
  }
}

function smear(picture: Float32Array, { width, height }: Scene, length: number) {
  const half = Math.round(length / 2);
  const row = new Float32Array(width);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      let sum = 0;
      for (let k = -half; k <= half; k++) sum += picture[y * width + Math.min(width - 1, Math.max(0, x + k))]!;
      row[x] = sum / (2 * half + 1);
    }
    picture.set(row, y * width);
  }
}

/** Gaussian blur, rows then columns. */
function soften(picture: Float32Array, { width, height }: Scene, sigma: number) {
  const reach = Math.ceil(3 * sigma);
  const weights = Array.from({ length: 2 * reach + 1 }, (_, i) => Math.exp(-((i - reach) ** 2) / (2 * sigma * sigma)));
  const total = weights.reduce((a, b) => a + b, 0);
  const pass = (count: number, length: number, start: (i: number) => number, step: number) => {
    const line = new Float32Array(length);
    for (let i = 0; i < count; i++) {
      const base = start(i);
      for (let x = 0; x < length; x++) {
        let sum = 0;
        for (let k = -reach; k <= reach; k++) {
          const at = Math.min(length - 1, Math.max(0, x + k));
          sum += picture[base + at * step]! * weights[k + reach]!;
        }
        line[x] = sum / total;
      }
      for (let x = 0; x < length; x++) picture[base + x * step] = line[x]!;
    }
  };
  pass(height, width, (y) => y * width, 1);
  pass(width, height, (x) => x, width);
}

/** Adds the noise and rounds to grey levels. */
function develop(picture: Float32Array, { width, height, noise = 0, seed = 1 }: Scene): Luma {
  const data = new Uint8Array(width * height);
  const random = mulberry32(seed);
  for (let i = 0; i < data.length; i++) {
    // three uniform numbers make a bell near enough to a sensor's
    const n = noise && (random() + random() + random() - 1.5) * 2 * noise;
    data[i] = Math.max(0, Math.min(255, Math.round(picture[i]! + n)));
  }
  return { data, width, height };
}

/** Small seeded generator of numbers in [0, 1). */
export function mulberry32(seed: number): () => number {
  let a = seed >>> 0;
  return () => {
    a = (a + 0x6d2b79f5) >>> 0;
    let t = Math.imul(a ^ (a >>> 15), a | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
