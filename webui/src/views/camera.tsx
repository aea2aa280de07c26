import { t } from "../i18n";
import { kiosk } from "../settings";
import type { CameraState } from "../scanner";
import { Icon } from "../ui/icons";
import { toolOpen } from "./tools";

/** What stands in place of the picture while there is none: why, and what to do. */
export function CameraScreen({ state, start }: { state: Exclude<CameraState, "running">; start: () => void }) {
  const words = t.value.camera;
  switch (state) {
    case "starting":
      return (
        <div class="rest">
          <p class="rest-text" role="status">
            {words.starting}
          </p>
        </div>
      );
    case "off":
      return (
        <Rest title={kiosk.value === "on" ? words.resting.title : words.start.title} text={words.start.text}>
          <button type="button" class="button button-main button-large" data-testid="start-camera" onClick={start}>
            <Icon name="camera" />
            {words.startButton}
          </button>
        </Rest>
      );
    case "denied":
    case "none":
    case "taken":
    case "insecure":
      return (
        <Rest title={words.states[state].title} text={words.states[state].text} alert>
          {state !== "insecure" && (
            <button type="button" class="button button-main button-large" data-testid="start-camera" onClick={start}>
              {words.retry}
            </button>
          )}
          <button
            type="button"
            class="button button-large"
            onClick={() => {
              toolOpen.value = "type";
            }}
          >
            <Icon name="image" />
            {t.value.tools.upload}
          </button>
        </Rest>
      );
  }
}

/** The decoder is missing: loading the page again is all that helps. */
export function NoReader() {
  const words = t.value.camera;
  return (
    <Rest title={words.noReader.title} text={words.noReader.text} alert>
      <button type="button" class="button button-main button-large" onClick={() => location.reload()}>
        {words.retry}
      </button>
    </Rest>
  );
}

interface RestProps {
  title: string;
  text: string;
  alert?: boolean;
  children: preact.ComponentChildren;
}

function Rest({ title, text, alert, children }: RestProps) {
  return (
    <div class="rest" role={alert ? "alert" : undefined}>
      <div class="corners rest-corners" aria-hidden="true">
        <i />
        <i />
        <i />
        <i />
      </div>
      <h2 class="rest-title">{title}</h2>
      <p class="rest-text">{text}</p>
      <div class="rest-actions">{children}</div>
      <p class="rest-note">{t.value.camera.wedge}</p>
    </div>
  );
}
