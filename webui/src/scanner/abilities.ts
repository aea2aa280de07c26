// What cameras can do, as far as the browser tells.

import type { Candidate } from "./choose";
import type { CameraStatus, ZoomRange } from "./types";

/** Not yet among TypeScript's own declarations. */
interface Abilities extends MediaTrackCapabilities {
  torch?: boolean;
  focusMode?: string[];
  zoom?: { min: number; max: number; step: number };
}

/** What this camera offers; nothing where the browser does not tell. */
export function abilities(track: MediaStreamTrack): Abilities {
  return track.getCapabilities?.() ?? {};
}

/** What a view may show about an open camera. */
export function describe(track: MediaStreamTrack, able: Abilities): Omit<CameraStatus, "state" | "cameras"> {
  const settings = track.getSettings() as MediaTrackSettings & { zoom?: number };
  const zoom: ZoomRange | undefined = able.zoom && { ...able.zoom, value: settings.zoom ?? able.zoom.min };
  const facing = settings.facingMode === "user" || settings.facingMode === "environment" ? settings.facingMode : "";
  return {
    current: settings.deviceId ?? "",
    facing,
    ...(able.torch ? { torch: false } : {}),
    ...(zoom && zoom.max > zoom.min ? { zoom } : {}),
  };
}

/** The cameras of this device; labels and abilities are readable once one of them is open. */
export async function listCameras(open: MediaStreamTrack | undefined): Promise<Candidate[]> {
  const openId = open?.getSettings().deviceId;
  const all = await navigator.mediaDevices.enumerateDevices().catch(() => []);
  return all
    .filter((d) => d.kind === "videoinput")
    .map((d) => {
      const able =
        open && d.deviceId === openId ? abilities(open) : (d as Partial<InputDeviceInfo>).getCapabilities?.();
      return {
        id: d.deviceId,
        label: d.label,
        autofocus: (able as Abilities)?.focusMode?.includes("continuous") ?? false,
      };
    });
}
