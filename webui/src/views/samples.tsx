import { useEffect, useState } from "preact/hooks";
import { getSamples, type Sample } from "../api";
import { lang, t } from "../i18n";
import type { Reason } from "../model/reason";
import type { Tone } from "../model/screen";
import { go, hashOf } from "../router";
import { me } from "../session";
import { unlockSound } from "../sound";
import { station } from "../station";
import { Icon } from "../ui/icons";
import { Page } from "../ui/page";
import { QR } from "../ui/qr";
import { Shape } from "../ui/shapes";

/** The demo's samples: each as a code to hold before a camera, and to try without one. */
export function SamplesView({ name }: { name: string }) {
  const [samples, setSamples] = useState<Sample[] | null>(null);
  const [failed, setFailed] = useState(false);
  useEffect(() => {
    getSamples().then(setSamples, () => setFailed(true));
  }, []);
  const words = t.value.samples;
  const index = samples?.findIndex((s) => s.name === name) ?? -1;
  const large = samples?.[index];
  if (samples && large) return <Large samples={samples} index={index} sample={large} />;
  return (
    <Page title={words.title} className="samples">
      <p class="lead">{words.intro}</p>
      {failed && <p role="alert">{t.value.problem.network}</p>}
      {samples?.length === 0 && <p>{words.none}</p>}
      <ul class="sample-grid">
        {samples?.map((s) => (
          <Card key={s.name} sample={s} />
        ))}
      </ul>
    </Page>
  );
}

function Card({ sample }: { sample: Sample }) {
  const words = t.value.samples;
  const title = sample.title[lang.value] || sample.name;
  return (
    <li class="sample" data-testid="sample" data-name={sample.name} data-expect={sample.expect}>
      <a
        class="sample-code"
        href={hashOf({ view: "samples", name: sample.name })}
        aria-label={`${words.show}: ${title}`}
      >
        <QR payload={sample.payload} label={title} />
      </a>
      <div class="sample-text">
        <h2>{title}</h2>
        <p class="muted">{sample.note[lang.value]}</p>
        <Expected reason={sample.expect} />
      </div>
      <div class="sample-actions">
        <a class="button" href={hashOf({ view: "samples", name: sample.name })}>
          <Icon name="expand" />
          {words.show}
        </a>
        <Try sample={sample} />
      </div>
    </li>
  );
}

/** Sends the sample's payload the way a camera's code goes; its verdict covers this page. */
function Try({ sample }: { sample: Sample }) {
  const words = t.value.samples;
  if (!me.value)
    return (
      <a class="button button-quiet" href="#/signin">
        {words.signIn}
      </a>
    );
  return (
    <button
      type="button"
      class="button button-main"
      data-testid="try"
      onClick={() => {
        unlockSound();
        station().submit(sample.payload, "sample");
      }}
    >
      {words.try}
    </button>
  );
}

function Expected({ reason }: { reason: Reason }) {
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

/** One code over the whole screen, black on white in every theme. */
function Large({ samples, index, sample }: { samples: Sample[]; index: number; sample: Sample }) {
  const words = t.value.samples;
  const step = (by: number) => {
    const to = samples[(index + by + samples.length) % samples.length];
    if (to) go({ view: "samples", name: to.name });
  };
  useEffect(() => {
    const pressed = (e: KeyboardEvent) => {
      if (e.key === "ArrowRight") step(1);
      if (e.key === "ArrowLeft") step(-1);
      if (e.key === "Escape") go({ view: "samples", name: "" });
    };
    addEventListener("keydown", pressed);
    return () => removeEventListener("keydown", pressed);
  }, [index]);
  const title = sample.title[lang.value] || sample.name;
  return (
    <main class="large" data-testid="sample-large" data-name={sample.name}>
      <header class="large-head">
        <h1>{title}</h1>
        <button
          type="button"
          class="icon-button"
          aria-label={words.close}
          onClick={() => go({ view: "samples", name: "" })}
        >
          <Icon name="close" />
        </button>
      </header>
      <div class="large-code">
        <QR payload={sample.payload} label={title} />
      </div>
      <div class="large-foot">
        <Expected reason={sample.expect} />
        <div class="large-actions">
          <button type="button" class="button" aria-label={words.previous} onClick={() => step(-1)}>
            <Icon name="back" />
          </button>
          <Try sample={sample} />
          <button type="button" class="button" aria-label={words.next} onClick={() => step(1)}>
            <Icon name="chevron" />
          </button>
        </div>
      </div>
    </main>
  );
}
