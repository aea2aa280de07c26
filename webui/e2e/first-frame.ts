// When the camera took the first frame that shows a code, told by the lit block in the corner of a clip. Watched on a
// track of its own: the video element skips frames when the machine is busy, and with them perhaps the first.

declare global {
  interface Window {
    watch: { seen: { stampMs: number; light: number }[]; offsetMs: number };
  }
}

/** Runs in the page, once its camera is running. */
export function watchFrames(): void {
  const stream = document.querySelector("video")!.srcObject as MediaStream;
  const track = stream.getVideoTracks()[0]!.clone();
  const Processor = Reflect.get(window, "MediaStreamTrackProcessor") as new (init: object) => {
    readable: ReadableStream<VideoFrame>;
  };
  const frames = new Processor({ track, maxBufferSize: 60 }).readable.getReader();
  const watch: Window["watch"] = { seen: [], offsetMs: Infinity };
  window.watch = watch;
  let before = -1;
  const next = async (): Promise<void> => {
    const { value: frame, done } = await frames.read();
    if (done) return;
    const stampMs = frame.timestamp / 1000;
    // the frame that arrived soonest tells how the camera's clock stands to the page's
    watch.offsetMs = Math.min(watch.offsetMs, performance.now() - stampMs);
    const corner = new Uint8Array(64);
    await frame.copyTo(corner, { rect: { x: 16, y: 16, width: 2, height: 2 } });
    frame.close();
    const light = [228, 175, 100].findIndex((least) => corner[0]! > least); // -1: dark
    if (light >= 0 && light !== before) watch.seen.push({ stampMs, light });
    before = light;
    return next();
  };
  void next();
}

/** Runs in the page: page times of the first frames so far, and which of the three brightnesses each had. */
export function firstFrames(): { at: number; light: number }[] {
  const { seen, offsetMs } = window.watch;
  return seen.map(({ stampMs, light }) => ({ at: stampMs + offsetMs, light }));
}
