import { useState } from "preact/hooks";
import { t } from "../i18n";
import type { Reason } from "../model/reason";
import type { Tone } from "../model/screen";
import { renewed, type Sample } from "../samples";
import { me } from "../session";
import { unlockSound } from "../sound";
import { station } from "../station";
import { Shape } from "../ui/shapes";

/** Sends the sample's payload the way a camera's code goes; its verdict covers this page. */
export function Try({ sample }: { sample: Sample }) {
  const words = t.value.samples;
  const [busy, setBusy] = useState(false);
  if (!me.value)
    return (
      <a class="button button-quiet" href="#/signin">
        {words.signIn}
      </a>
    );
  const submit = async () => {
    unlockSound();
    setBusy(true);
    station().submit((await renewed(sample)).content, "sample");
    setBusy(false);
  };
  return (
    <button type="button" class="button button-main" data-testid="try" disabled={busy} onClick={() => void submit()}>
      {words.try}
    </button>
  );
}

export function Expected({ reason }: { reason: Reason }) {
  const words = t.value.samples;
  return (
    <p class="expected">
      <Shape tone={expectedTone(reason)} />
      <span>
        <small>{words.expected}</small>
        {reason === "ok" ? words.accepted : t.value.reasons[reason].text}
      </span>
    </p>
  );
}

function expectedTone(reason: Reason): Tone {
  switch (reason) {
    case "ok":
      return "admit";
    case "not_a_credential":
      return "info";
    case "status_unknown":
      return "hold";
    default:
      return "deny";
  }
}
