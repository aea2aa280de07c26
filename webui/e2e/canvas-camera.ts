// A second camera: an init script that puts a canvas in the camera's place. It shows a picture the moment a test
// wants it, has a torch and zoom, a list of lenses, and its frames are not planar (BGRA), so that the slower way
// through the canvas is covered too.

import type { Page } from "@playwright/test";
import { type Matrix } from "./picture";

/** How the page's cameras behave. */
export interface Lenses {
  labels: string[];
  torch?: boolean;
  zoom?: { min: number; max: number; step: number };
}

interface CanvasCamera {
  show(matrix: Matrix | null): void;
  /** Labels in the order in which they were opened, and every wish applied. */
  opened: string[];
  wishes: Record<string, unknown>[];
  /** Ends the open track as pulling the plug would. */
  unplug(): void;
}

declare global {
  interface Window {
    canvasCamera: CanvasCamera;
  }
}

/** Runs in the page before its own scripts. */
export function canvasCamera(lenses: Lenses): void {
  if (!navigator.mediaDevices) return; // about:blank, on the way from page to page
  const canvas = document.createElement("canvas");
  canvas.width = 1280;
  canvas.height = 720;
  const pen = canvas.getContext("2d", { alpha: false })!;
  let matrix: Matrix | null = null;
  let open: MediaStreamTrack | undefined;
  let frame = 0;

  const paint = () => {
    pen.fillStyle = "#6a6a6a";
    pen.fillRect(0, 0, canvas.width, canvas.height);
    if (matrix) {
      const module = Math.floor((canvas.height * 0.85) / (matrix.length + 8));
      const side = module * (matrix.length + 8);
      const [left, top] = [(canvas.width - side) / 2, (canvas.height - side) / 2];
      pen.fillStyle = "#fff";
      pen.fillRect(left, top, side, side);
      pen.fillStyle = "#000";
      matrix.forEach((row, y) =>
        row.forEach((dark, x) => dark && pen.fillRect(left + (x + 4) * module, top + (y + 4) * module, module, module)),
      );
    }
    pen.fillRect(frame++ % canvas.width, canvas.height - 2, 2, 2); // a canvas that stays the same sends no frame
  };
  setInterval(paint, 33);

  const id = (label: string) => `id-${label}`;
  const request = async ({ video }: MediaStreamConstraints = {}) => {
    const wanted = (video as { deviceId?: { ideal: string } }).deviceId?.ideal;
    const label = lenses.labels.find((l) => id(l) === wanted) ?? lenses.labels[0]!;
    const stream = canvas.captureStream(30);
    open = stream.getVideoTracks()[0]!;
    window.canvasCamera.opened.push(label);
    Object.assign(open, {
      getSettings: () => ({ deviceId: id(label), facingMode: "environment", width: 1280, height: 720 }),
      getCapabilities: () => ({
        deviceId: id(label),
        ...(lenses.torch ? { torch: true } : {}),
        ...(lenses.zoom ? { zoom: lenses.zoom } : {}),
      }),
      applyConstraints: async ({ advanced }: MediaTrackConstraints) => {
        window.canvasCamera.wishes.push(...((advanced ?? []) as Record<string, unknown>[]));
      },
    });
    return stream;
  };
  const list = async () =>
    lenses.labels.map((label) => ({ kind: "videoinput", label, deviceId: id(label), groupId: "" }) as MediaDeviceInfo);
  Object.assign(navigator.mediaDevices, { getUserMedia: request, enumerateDevices: list });

  window.canvasCamera = {
    show: (m) => {
      matrix = m;
    },
    opened: [],
    wishes: [],
    unplug: () => {
      open?.stop();
      open?.dispatchEvent(new Event("ended"));
    },
  };
}

/** Holds a code (or nothing) before the canvas camera. */
export function hold(page: Page, matrix: Matrix | null): Promise<void> {
  return page.evaluate((m) => window.canvasCamera.show(m), matrix);
}
