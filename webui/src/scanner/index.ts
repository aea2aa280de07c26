// Scanner: from a camera, keyboard scanner, paste or picture to the gateway's answer, also across an outage.
// Framework-free. May touch the camera, a worker, IndexedDB and the gateway's websocket; judges nothing itself:
// what is admitted is the gateway's word alone.
//
//   const scanner = createScanner<ScanAnswer>({checkpoint, direction, events: {answer(scan, answer, late) {…}}})
//   startButton.onclick = () => scanner.startCamera(video)
//
// A text field in which a keyboard scanner may be fired carries the attribute data-scanner-field; all other
// text fields are left alone.

export type {
  CameraChoice,
  CameraState,
  CameraStatus,
  Code,
  Direction,
  Hint,
  ImageResult,
  LinkState,
  PendingScan,
  Problem,
  Scanner,
  ScannerEvents,
  ScannerOptions,
  Source,
  ZoomRange,
} from "./types";
export type { PartsRead } from "./parts";
export { keepAwake } from "./wakelock";
export { createScanner } from "./scanner";
export { scriptURL } from "./trusted";
