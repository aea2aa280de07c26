import { signal } from "@preact/signals";
import { useRef, useState } from "preact/hooks";
import { clock } from "../format";
import { t } from "../i18n";
import type { ImageResult } from "../scanner";
import { camera, entries, station, type Entry } from "../station";
import { Icon, type IconName } from "../ui/icons";
import { Shape } from "../ui/shapes";
import { Sheet } from "../ui/sheet";

/** Which tool's sheet is open. */
export const toolOpen = signal<"" | "cameras" | "type" | "history">("");

/** The thumb zone: light, camera, typing or a picture, history. Only what this device can do. */
export function Tools() {
  const { torch, cameras, zoom, state } = camera.value;
  const running = state === "running";
  const words = t.value.tools;
  const open = (tool: typeof toolOpen.value) => () => {
    toolOpen.value = tool;
  };
  return (
    <footer class="tools">
      {running && zoom && (
        <label class="zoom">
          <Icon name="zoom" />
          <span class="visually-hidden">{words.zoom}</span>
          <input
            type="range"
            min={zoom.min}
            max={zoom.max}
            step={zoom.step}
            value={zoom.value}
            data-testid="zoom"
            onInput={(e) => void station().setZoom(e.currentTarget.valueAsNumber)}
          />
        </label>
      )}
      <div class="tools-row">
        {running && torch !== undefined && (
          <Tool
            icon="torch"
            label={torch ? words.torchOff : words.torchOn}
            pressed={torch}
            testid="torch"
            onClick={() => void station().setTorch(!torch)}
          />
        )}
        {running && cameras.length > 1 && (
          <Tool icon="camera" label={words.cameras} testid="cameras" onClick={open("cameras")} />
        )}
        <Tool icon="keyboard" label={words.type} testid="type" onClick={open("type")} />
        <Tool icon="history" label={words.history} testid="history" onClick={open("history")} />
      </div>
      <ToolSheet />
    </footer>
  );
}

interface ToolProps {
  icon: IconName;
  label: string;
  testid: string;
  pressed?: boolean;
  onClick: () => void;
}

function Tool({ icon, label, testid, pressed, onClick }: ToolProps) {
  return (
    <button type="button" class="tool" aria-pressed={pressed} data-testid={testid} onClick={onClick}>
      <Icon name={icon} />
      <span>{label}</span>
    </button>
  );
}

function ToolSheet() {
  const close = () => {
    toolOpen.value = "";
  };
  const words = t.value.tools;
  switch (toolOpen.value) {
    case "":
      return null;
    case "cameras":
      return (
        <Sheet title={words.cameras} onClose={close}>
          <Cameras close={close} />
        </Sheet>
      );
    case "type":
      return (
        <Sheet title={words.type} onClose={close}>
          <Typing close={close} />
        </Sheet>
      );
    case "history":
      return (
        <Sheet title={words.history} onClose={close} wide>
          <History />
        </Sheet>
      );
  }
}

function Cameras({ close }: { close: () => void }) {
  const { cameras, current } = camera.value;
  return (
    <ul class="list">
      {cameras.map((c, i) => (
        <li key={c.id}>
          <button
            type="button"
            class="list-button"
            aria-pressed={c.id === current}
            onClick={() => {
              close();
              void station().chooseCamera(c.id);
            }}
          >
            {c.label || t.value.tools.camera(i + 1)}
            {c.id === current && <Icon name="check" />}
          </button>
        </li>
      ))}
    </ul>
  );
}

/** By hand: a field that also takes a keyboard scanner or a paste, and a picture from the device. */
function Typing({ close }: { close: () => void }) {
  const [fault, setFault] = useState("");
  const field = useRef<HTMLTextAreaElement>(null);
  const words = t.value.tools;
  const submit = (e: Event) => {
    e.preventDefault();
    const text = field.current?.value.trim() ?? "";
    if (!text) return field.current?.focus();
    station().submit(text, "paste");
    close();
  };
  const picture = async (file: File | undefined) => {
    if (!file) return;
    const result = await station()
      .readImage(file, "upload")
      .catch(() => ({ kind: "not_an_image" }) as const);
    if (result.kind === "codes") close();
    else setFault(pictureFault(result));
  };
  return (
    <form class="form" onSubmit={submit}>
      <label class="field">
        <span>{words.typeField}</span>
        <textarea
          ref={field}
          rows={3}
          data-scanner-field
          data-testid="code-field"
          autocomplete="off"
          spellcheck={false}
        />
        <small>{words.typeHint}</small>
      </label>
      <button type="submit" class="button button-main" data-testid="code-submit">
        {words.check}
      </button>
      <label class="button file">
        <Icon name="image" />
        {words.upload}
        <input
          type="file"
          accept="image/*"
          class="visually-hidden"
          data-testid="upload"
          onChange={(e) => void picture(e.currentTarget.files?.[0])}
        />
      </label>
      <p class={fault ? "upload-fault" : "muted"} role="status">
        {fault || words.uploadHint}
      </p>
    </form>
  );
}

function pictureFault(result: Exclude<ImageResult, { kind: "codes" }>): string {
  const words = t.value.tools;
  switch (result.kind) {
    case "none":
      return words.imageNone;
    case "not_an_image":
      return words.imageBad;
    case "too_large":
      return words.imageLarge;
  }
}

function History() {
  const words = t.value.tools;
  if (entries.value.length === 0) return <p class="muted">{words.historyEmpty}</p>;
  return (
    <>
      <ol class="history">
        {entries.value.map((e) => (
          <HistoryLine key={e.ref} entry={e} />
        ))}
      </ol>
      <p class="muted">{words.historyNote}</p>
    </>
  );
}

function HistoryLine({ entry }: { entry: Entry }) {
  const words = t.value.verdict;
  const judged = entry.reason !== "";
  return (
    <li class="history-line" data-tone={entry.tone}>
      <Shape tone={entry.tone} />
      <span class="history-text">
        <strong>{judged ? words.words[entry.tone] : words.notChecked}</strong>
        {entry.reason && entry.reason !== "ok" && <span>{t.value.reasons[entry.reason].text}</span>}
        {entry.late && <span>{t.value.tools.later}</span>}
      </span>
      <span class="history-time">
        {clock(entry.at)}
        {entry.seq > 0 && <small>{words.passage(entry.seq)}</small>}
      </span>
    </li>
  );
}
