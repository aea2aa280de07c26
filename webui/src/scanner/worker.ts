// The decoding worker: frames in, symbols and hints out. One frame in flight; whatever arrives meanwhile is
// dropped by the camera's own one-frame buffer, so the newest picture is always the next.

import wasmAddress from "zxing-wasm/reader/zxing_reader.wasm?url";
import { Decoder } from "./decoder";
import { HintKeeper } from "./hints";
import { LumaSource } from "./luma";
import { type FromWorker, type ReadSymbol, type ToWorker, trackProcessor } from "./messages";
import { loadEngine, type Symbol2D } from "./zxing";

const say = (message: FromWorker) => postMessage(message);

const luma = new LumaSource();
const hints = new HintKeeper();
const decoding = loadEngine(wasmAddress).then((engine) => new Decoder(engine));
let current = 0; // the stream whose frames count

decoding.then(
  () => say({ type: "ready", processor: trackProcessor() !== undefined }),
  (err: unknown) => say({ type: "failed", reason: String(err) }),
);

onmessage = ({ data }: MessageEvent<ToWorker>) => {
  switch (data.type) {
    case "frames":
      current = data.stream;
      return void readAll(data.stream, data.frames);
    case "track":
      current = data.stream;
      return void readAll(data.stream, framesOf(data.track));
    case "frame":
      current = data.stream;
      return void readOne(data.stream, data.frame).finally(() => say({ type: "next", stream: data.stream }));
    case "stop":
      if (current === data.stream) current = 0;
      return;
    case "image":
      return void readImage(data.job, data.image);
  }
};

function framesOf(track: MediaStreamTrack): ReadableStream<VideoFrame> {
  const Processor = trackProcessor();
  if (!Processor) throw new Error("no MediaStreamTrackProcessor");
  return new Processor({ track, maxBufferSize: 1 }).readable;
}

async function readAll(stream: number, frames: ReadableStream<VideoFrame>) {
  const reader = frames.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    await readOne(stream, value);
    if (stream !== current) return void reader.cancel();
  }
}

async function readOne(stream: number, frame: VideoFrame | ImageBitmap) {
  const readAt = Date.now(); // not the page's own clock: that one may stand still while a laptop sleeps
  try {
    const decoder = await decoding;
    const picture = await luma.from(frame);
    if (stream !== current) return;
    const { symbol, hint } = decoder.frame(picture);
    if (symbol) say({ type: "symbol", stream, symbol: report(symbol, readAt) });
    const shown = symbol ? hints.clear() : hint === undefined ? undefined : hints.next(hint, readAt);
    if (shown !== undefined) say({ type: "hint", stream, hint: shown });
  } catch (err) {
    console.error("frame not read:", err); // the next frame is another chance
  } finally {
    frame.close();
  }
}

async function readImage(job: number, image: Blob) {
  const readAt = Date.now();
  try {
    const picture = await luma.fromFile(image);
    const symbols = picture && (await decoding).still(picture).map((s) => report(s, readAt));
    say({ type: "image", job, symbols });
  } catch (err) {
    console.error("picture not read:", err);
    say({ type: "image", job, symbols: null });
  }
}

function report({ bytes, symbology }: Symbol2D, readAt: number): ReadSymbol {
  return { bytes, symbology, readAt };
}
