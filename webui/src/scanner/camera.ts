// The camera: opened with wishes, never with demands (an exact constraint fails where a wish is bent), chosen
// among several, opened again whenever the system takes it away.

import { abilities, describe, listCameras } from "./abilities";
import { better, failure } from "./choose";
import type { CameraStatus } from "./types";

const REMEMBERED = "vratar.camera";
const RETRY_MS = 2000;
const MUTE_MS = 1000; // a short mute is the system's own hiccup

/** What a camera reports. */
export interface CameraEvents {
  status(status: CameraStatus): void;
  /** A camera is open and plays in the element. */
  opened(track: MediaStreamTrack, video: HTMLVideoElement): void;
  /** The track reported last is of no more use. */
  closed(): void;
}

const OFF: CameraStatus = { state: "off", cameras: [], current: "", facing: "" };

/** One camera in one video element. */
export class Camera {
  readonly #events: CameraEvents;
  readonly #size: { width: number; height: number };
  #status: CameraStatus = OFF;
  #video: HTMLVideoElement | undefined;
  #track: MediaStreamTrack | undefined;
  #wanted = ""; // id asked for by a person; empty: by the rules
  #opening = 0; // numbers the attempts: only the newest may finish
  #retry: ReturnType<typeof setTimeout> | undefined;
  #unlisten: (() => void) | undefined;

  constructor(events: CameraEvents, fullHD = false) {
    this.#events = events;
    this.#size = fullHD ? { width: 1920, height: 1080 } : { width: 1280, height: 720 };
  }

  /** Opens the camera into the element. Never rejects: what went wrong is the state. */
  async start(video: HTMLVideoElement): Promise<void> {
    this.#video = video;
    this.#unlisten ??= this.#listen();
    await this.#open();
  }

  /** Closes it and stays closed. */
  stop(): void {
    this.#opening++;
    this.#unlisten?.();
    this.#unlisten = undefined;
    this.#release();
    this.#report(OFF);
  }

  /** Opens that camera and remembers it by label: ids change with every cleared cookie. */
  async choose(id: string): Promise<void> {
    this.#wanted = id;
    const label = this.#status.cameras.find((c) => c.id === id)?.label;
    if (label) remember(label);
    await this.#open();
  }

  async setTorch(on: boolean): Promise<void> {
    if (await this.#apply({ torch: on })) this.#report({ ...this.#status, torch: on });
  }

  /** Zooms the lens itself; scaling the picture in the page would not change what is decoded. */
  async setZoom(value: number): Promise<void> {
    const { zoom } = this.#status;
    if (zoom && (await this.#apply({ zoom: value }))) this.#report({ ...this.#status, zoom: { ...zoom, value } });
  }

  async #open(): Promise<void> {
    const attempt = ++this.#opening;
    this.#release();
    if (!globalThis.isSecureContext || !navigator.mediaDevices) return this.#report({ ...OFF, state: "insecure" });
    this.#report({ ...this.#status, state: "starting" });
    try {
      const stream = await this.#request(this.#wanted);
      const right = attempt === this.#opening ? await this.#rightOne(stream) : stream;
      if (attempt !== this.#opening) return stopAll(right);
      await this.#show(right);
    } catch (err) {
      if (attempt !== this.#opening) return;
      this.#release();
      this.#report({ ...OFF, state: failure(err) });
      if (this.#status.state === "taken") this.#retry = setTimeout(() => void this.#open(), RETRY_MS);
    }
  }

  #request(id: string): Promise<MediaStream> {
    const which = id ? { deviceId: { ideal: id } } : { facingMode: { ideal: "environment" } };
    const { width, height } = this.#size;
    const video = { ...which, width: { ideal: width }, height: { ideal: height }, frameRate: { ideal: 30 } };
    return navigator.mediaDevices.getUserMedia({ video, audio: false });
  }

  /** Labels are readable only now, after permission: another camera may be the better one. */
  async #rightOne(stream: MediaStream): Promise<MediaStream> {
    const [track] = stream.getVideoTracks();
    const current = track?.getSettings().deviceId ?? "";
    const cameras = await listCameras(track);
    this.#status = { ...this.#status, cameras: cameras.map(({ id, label }) => ({ id, label })) };
    const id = this.#wanted ? null : better(cameras, current, remembered());
    if (!id) return stream;
    stopAll(stream); // phones open one rear camera at a time
    return this.#request(id);
  }

  async #show(stream: MediaStream): Promise<void> {
    const [track] = stream.getVideoTracks();
    const video = this.#video;
    if (!track || !video) return stopAll(stream);
    this.#track = track;
    this.#watch(track);
    video.srcObject = stream;
    video.muted = true;
    video.playsInline = true;
    await video.play().catch(() => {}); // interrupted by the next opening
    const able = abilities(track);
    if (able.focusMode?.includes("continuous")) await this.#apply({ focusMode: "continuous" });
    if (track !== this.#track) return;
    this.#report({ state: "running", cameras: this.#status.cameras, ...describe(track, able) });
    this.#events.opened(track, video);
  }

  #watch(track: MediaStreamTrack) {
    track.onended = () => void this.#open();
    track.onmute = () => {
      clearTimeout(this.#retry);
      this.#retry = setTimeout(() => track.muted && void this.#open(), MUTE_MS);
    };
  }

  #listen(): () => void {
    const devices = navigator.mediaDevices as MediaDevices | undefined;
    const changed = () => void this.#devicesChanged();
    const returned = () => {
      // an app sent to the background may come back with a black picture, although the track claims to be live
      if (document.visibilityState === "visible") void this.#open();
    };
    devices?.addEventListener("devicechange", changed);
    document.addEventListener("visibilitychange", returned);
    const unpermit = onPermission(() => this.#status.state === "denied" && void this.#open());
    return () => {
      devices?.removeEventListener("devicechange", changed);
      document.removeEventListener("visibilitychange", returned);
      unpermit();
    };
  }

  /** Opens again when the open camera is gone or none was; else only the list is new. */
  async #devicesChanged(): Promise<void> {
    const cameras = await listCameras(this.#track);
    const { state, current } = this.#status;
    if (state === "starting" || state === "denied") return; // asking again would only annoy
    if (state !== "running" || !cameras.some((c) => c.id === current)) return this.#open();
    this.#report({ ...this.#status, cameras: cameras.map(({ id, label }) => ({ id, label })) });
  }

  async #apply(wish: Record<string, unknown>): Promise<boolean> {
    try {
      await this.#track?.applyConstraints({ advanced: [wish as MediaTrackConstraintSet] });
      return this.#track !== undefined;
    } catch {
      return false; // the camera thought better of it; its state shows what holds
    }
  }

  #release() {
    clearTimeout(this.#retry);
    if (!this.#track) return;
    this.#track.onended = null;
    this.#track.onmute = null;
    this.#track.stop();
    this.#track = undefined;
    if (this.#video) this.#video.srcObject = null;
    this.#events.closed();
  }

  #report(status: CameraStatus) {
    this.#status = status;
    this.#events.status(status);
  }
}

function onPermission(changed: () => void): () => void {
  let status: PermissionStatus | undefined;
  navigator.permissions?.query({ name: "camera" as PermissionName }).then(
    (s) => {
      status = s;
      s.onchange = () => s.state === "granted" && changed();
    },
    () => {}, // not every browser can be asked
  );
  return () => {
    if (status) status.onchange = null;
  };
}

function stopAll(stream: MediaStream) {
  for (const track of stream.getTracks()) track.stop();
}

function remembered(): string | null {
  try {
    return localStorage.getItem(REMEMBERED);
  } catch {
    return null; // storage refused: choose anew each time
  }
}

function remember(label: string) {
  try {
    localStorage.setItem(REMEMBERED, label);
  } catch {
    // storage refused
  }
}
