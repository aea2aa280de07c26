// Which camera. Phones offer several rear ones and `environment` alone often opens the ultra-wide or the
// fixed-focus lens, which cannot read a dense code at arm's length.

import type { CameraChoice } from "./types";

/** A camera as far as choosing needs it. */
export interface Candidate extends CameraChoice {
  /** The lens can follow the distance. */
  autofocus: boolean;
}

/**
 * Id of the camera that should be open instead of the current one, or null when the current one is right.
 * The remembered label (a person's choice) goes before every rule; a front camera opened because there is no
 * rear one stays.
 */
export function better(cameras: Candidate[], current: string, remembered: string | null): string | null {
  const open = cameras.find((c) => c.id === current);
  const wanted =
    cameras.find((c) => remembered !== null && c.label === remembered) ??
    (open?.autofocus ? open : undefined) ??
    cameras.find((c) => /\b0, facing back$/.test(c.label)) ??
    cameras.find((c) => c.autofocus && /back|rear|environment/i.test(c.label));
  return wanted && wanted.id !== current ? wanted.id : null;
}

/** What a failed getUserMedia means to the person at the device. */
export function failure(err: unknown): "denied" | "none" | "taken" {
  switch (err instanceof Error || err instanceof DOMException ? err.name : "") {
    case "NotAllowedError":
    case "SecurityError":
      return "denied";
    case "NotFoundError":
    case "OverconstrainedError":
    case "DevicesNotFoundError":
      return "none";
    default:
      return "taken"; // NotReadableError, AbortError: busy or failing, worth another try
  }
}
