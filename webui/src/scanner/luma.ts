// The grey picture of a camera frame. Cameras deliver brightness and colour in separate planes, and the first
// plane is the grey picture as it is; only other formats pay for a canvas.

import type { Luma } from "./zxing";

const PLANAR = new Set(["I420", "I420A", "I422", "I444", "NV12"]);
const MAX_STILL = 4096; // pixels a side; a phone's photograph is scaled down to it

/** Takes grey pictures from frames, keeping its buffers from one to the next. */
export class LumaSource {
  #planes = new Uint8Array(0);
  #grey = new Uint8Array(0);
  #canvas: OffscreenCanvas | undefined;

  /** The grey picture of a frame, sized by the frame itself: track settings may say otherwise. Closes nothing. */
  async from(frame: VideoFrame | ImageBitmap): Promise<Luma> {
    if ("format" in frame && frame.format && PLANAR.has(frame.format)) return this.#plane(frame);
    const [width, height] =
      "displayWidth" in frame ? [frame.displayWidth, frame.displayHeight] : [frame.width, frame.height];
    return this.#drawn(frame, width, height);
  }

  /** The grey picture of an image file; null when it is none. */
  async fromFile(file: Blob): Promise<Luma | null> {
    const bitmap = await createImageBitmap(file).catch(() => null);
    if (!bitmap) return null;
    const scale = Math.min(1, MAX_STILL / Math.max(bitmap.width, bitmap.height));
    const picture = this.#drawn(bitmap, Math.round(bitmap.width * scale), Math.round(bitmap.height * scale));
    bitmap.close();
    return picture;
  }

  async #plane(frame: VideoFrame): Promise<Luma> {
    const size = frame.allocationSize();
    if (this.#planes.length < size) this.#planes = new Uint8Array(size);
    const [first] = await frame.copyTo(this.#planes);
    const { width, height } = frame.visibleRect ?? { width: frame.codedWidth, height: frame.codedHeight };
    const { offset, stride } = first ?? { offset: 0, stride: width };
    if (stride === width) return { data: this.#planes.subarray(offset, offset + width * height), width, height };
    const grey = this.#room(width * height);
    for (let y = 0; y < height; y++) {
      grey.set(this.#planes.subarray(offset + y * stride, offset + y * stride + width), y * width);
    }
    return { data: grey, width, height };
  }

  #drawn(source: VideoFrame | ImageBitmap, width: number, height: number): Luma {
    if (this.#canvas?.width !== width || this.#canvas.height !== height)
      this.#canvas = new OffscreenCanvas(width, height);
    const context = this.#canvas.getContext("2d", { willReadFrequently: true });
    if (!context) throw new Error("no drawing context");
    context.fillStyle = "#fff"; // what a transparent picture lies on
    context.fillRect(0, 0, width, height);
    context.drawImage(source, 0, 0, width, height);
    const grey = this.#room(width * height);
    greyOf(context.getImageData(0, 0, width, height).data, grey);
    return { data: grey, width, height };
  }

  #room(size: number): Uint8Array {
    if (this.#grey.length !== size) this.#grey = new Uint8Array(size);
    return this.#grey;
  }
}

/** Brightness of RGBA pixels (ITU-R BT.601) in integers. */
export function greyOf(rgba: Uint8ClampedArray, grey: Uint8Array): void {
  for (let i = 0, p = 0; i < grey.length; i++, p += 4) {
    grey[i] = (306 * rgba[p]! + 601 * rgba[p + 1]! + 117 * rgba[p + 2]! + 512) >> 10;
  }
}
