// Chromium with a fake camera, or with none.

import { existsSync } from "node:fs";
import { type Browser, chromium } from "@playwright/test";

const places = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome-stable",
  "/usr/bin/google-chrome",
];

/** What the page finds when it asks for a camera. */
export type FakeCamera =
  | { clip: string } // a y4m file, played from its start when the camera opens
  | "pattern" // the browser's own test picture: a camera that shows no code
  | "denied"
  | "none";

/** Name under which the machine itself is reachable, but not as localhost: plain HTTP there is not trusted. */
export const elsewhere = "gate.lan";

/** Starts Chromium. */
export function launch(camera: FakeCamera = "pattern"): Promise<Browser> {
  return chromium.launch({ executablePath: chromiumPath(), args: [...quiet, ...cameraFlags(camera)] });
}

const quiet = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--disable-dev-shm-usage",
  `--host-resolver-rules=MAP ${elsewhere} 127.0.0.1`,
];

function cameraFlags(camera: FakeCamera): string[] {
  const device = "--use-fake-device-for-media-stream";
  if (camera === "denied") return [device, "--use-fake-ui-for-media-stream=deny"];
  if (camera === "none") return [`${device}=device-count=0`, "--use-fake-ui-for-media-stream"];
  const flags = [device, "--use-fake-ui-for-media-stream"];
  return camera === "pattern" ? flags : [...flags, `--use-file-for-fake-video-capture=${camera.clip}`];
}

function chromiumPath(): string {
  const named = process.env["CHROMIUM"];
  const found = named ? [named] : places.filter(existsSync);
  if (!found[0]) throw new Error("no Chromium: run e2e/install-browser.sh");
  return found[0];
}
