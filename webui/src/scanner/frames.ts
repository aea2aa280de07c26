// Three ways a camera's frames reach the worker, best first:
//   1. the window has MediaStreamTrackProcessor (Chromium): its stream is handed over, the page is out of the way;
//   2. only workers have it (Safari 18): the track itself is handed over;
//   3. neither (Firefox, older browsers): the page takes each painted frame and hands it over, one in flight.

import { trackProcessor } from "./messages";

type FrameMessage =
  | { type: "frames"; frames: ReadableStream<VideoFrame> }
  | { type: "track"; track: MediaStreamTrack }
  | { type: "frame"; frame: VideoFrame | ImageBitmap };

/** What feeding needs. */
export interface Feed {
  track: MediaStreamTrack;
  video: HTMLVideoElement;
  /** The worker can turn a track into frames. */
  workerReads: boolean;
  send(message: FrameMessage, transfer: Transferable[]): void;
  /** Where to leave the function to call when the worker is done with a frame (third way only). */
  onNext(next: () => void): void;
}

/** Starts feeding; the returned function stops it. */
export function feed(f: Feed): () => void {
  const Processor = trackProcessor();
  if (Processor) {
    const frames = new Processor({ track: f.track, maxBufferSize: 1 }).readable;
    f.send({ type: "frames", frames }, [frames as unknown as Transferable]);
    return () => {}; // the worker cancels the stream
  }
  if (f.workerReads) {
    const track = f.track.clone(); // handing over ends the original, which the element is showing
    try {
      f.send({ type: "track", track }, [track as unknown as Transferable]);
      return () => track.stop();
    } catch {
      track.stop(); // tracks cannot be handed over here
    }
  }
  return feedPainted(f);
}

function feedPainted({ video, send, onNext }: Feed): () => void {
  let stopped = false;
  const wait = () => {
    if (stopped) return;
    if ("requestVideoFrameCallback" in video) video.requestVideoFrameCallback(take);
    else requestAnimationFrame(take);
  };
  const take = async () => {
    if (stopped) return;
    try {
      const frame = typeof VideoFrame === "function" ? new VideoFrame(video) : await createImageBitmap(video);
      send({ type: "frame", frame }, [frame]); // the worker's "next" asks for another
    } catch {
      setTimeout(wait, 100); // no picture yet
    }
  };
  onNext(wait);
  wait();
  return () => {
    stopped = true;
  };
}
