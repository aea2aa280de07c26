import { useEffect, useRef } from "preact/hooks";
import { clock } from "../format";
import { t } from "../i18n";
import { me } from "../session";
import { kiosk } from "../settings";
import { camera, dropParts, hint, lateAnswer, parts, readerFailed, station } from "../station";
import { Shape } from "../ui/shapes";
import { unlockSound } from "../sound";
import { Bar } from "./bar";
import { NotConfirmed } from "./not-confirmed";
import { CameraScreen, NoReader } from "./camera";
import { Place } from "./place";
import { Tools } from "./tools";

/** The scanner, for whoever may check others at all. */
export function ScannerView() {
  return me.value?.confirmed === false && me.value.role !== "device" ? <NotConfirmed /> : <Scanner />;
}

/** A bar, the camera, the tools at the thumb. The verdict lies over it. */
function Scanner() {
  const video = useRef<HTMLVideoElement>(null);
  const start = () => {
    unlockSound();
    if (video.current) void station().startCamera(video.current);
  };
  useEffect(() => {
    const scanner = station();
    void allowedAlready().then((yes) => {
      if (yes && video.current) void scanner.startCamera(video.current);
    });
    return () => scanner.stopCamera();
  }, []);
  const status = camera.value;
  const mirrored = status.facing === "user" || kiosk.value === "on";
  return (
    <main class="scanner" data-testid="scanner" data-camera={status.state}>
      <h1 class="visually-hidden">{t.value.menu.scanner}</h1>
      <Bar />
      <div class="surface">
        <video
          ref={video}
          class={mirrored ? "picture mirrored" : "picture"}
          muted
          playsInline
          autoplay
          aria-hidden="true"
          hidden={status.state !== "running"}
        />
        {readerFailed.value ? (
          <NoReader />
        ) : status.state === "running" ? (
          <Aim />
        ) : (
          <CameraScreen state={status.state} start={start} />
        )}
        <Late />
        <Parts />
      </div>
      <Tools />
      <Place />
    </main>
  );
}

/** Corner marks and, only when there is something to say, a hint. */
function Aim() {
  return (
    <div class="aim">
      <div class="corners" aria-hidden="true">
        <i />
        <i />
        <i />
        <i />
      </div>
      <p class="hint" role="status" data-testid="hint" data-hint={hint.value ?? ""}>
        {hint.value ? t.value.camera.hints[hint.value] : kiosk.value === "on" ? t.value.camera.resting.title : ""}
      </p>
    </div>
  );
}

/** A card in several codes: which of them are there, and the way out. */
function Parts() {
  const words = t.value.camera.parts;
  const now = parts.value;
  if (!now) return null;
  if (now === "timed out")
    return (
      <p class="parts tone-hold" role="status" data-testid="parts" data-read="timed out">
        <Shape tone="hold" />
        {words.timedOut}
      </p>
    );
  const have = now.read.filter(Boolean).length;
  return (
    <div class="parts tone-info" role="status" data-testid="parts" data-read={`${have}/${now.read.length}`}>
      <div class="parts-text">
        <strong>{words.title(have, now.read.length)}</strong>
        <span>{words.text}</span>
        <span class="parts-dots" aria-hidden="true">
          {now.read.map((read, i) => (
            <i key={i} class={read ? "parts-dot parts-read" : "parts-dot"}>
              {i + 1}
            </i>
          ))}
        </span>
      </div>
      <button type="button" class="button" data-testid="drop-parts" onClick={dropParts}>
        {words.cancel}
      </button>
    </div>
  );
}

/** What became of a code that waited while the gateway was away. */
function Late() {
  const late = lateAnswer.value;
  if (!late) return null;
  return (
    <p class={`late tone-${late.tone}`} role="status" data-testid="late">
      <Shape tone={late.tone} />
      {t.value.verdict.late(t.value.verdict.words[late.tone], clock(late.at))}
    </p>
  );
}

/** True when the camera may be opened without asking, so that a returning device scans at once. */
async function allowedAlready(): Promise<boolean> {
  try {
    const status = await navigator.permissions.query({ name: "camera" as PermissionName });
    return status.state === "granted";
  } catch {
    return false; // the browser does not tell: the start button asks
  }
}
