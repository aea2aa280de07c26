import { useEffect, useState } from "preact/hooks";
import { lang, t } from "../i18n";
import { go } from "../router";
import { renewed, type Sample } from "../samples";
import { Code } from "../ui/code";
import { Icon } from "../ui/icons";
import { Expected, Try } from "./sample-try";

const partMs = 1500; // long enough for a camera that misses a frame or two, short enough to wait for all
const renewShare = 0.5; // of the time a payload is good: the other half is for whoever scans it

interface LargeProps {
  samples: Sample[];
  index: number;
  sample: Sample;
}

/** One code over the whole screen, black on white in every theme; one in several parts pages through them. */
export function Large({ samples, index, sample }: LargeProps) {
  const words = t.value.samples;
  const shown = useFresh(sample);
  const parts = useParts(shown.symbols.length);
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
        <Code content={shown.symbols[parts.at] ?? ""} symbology={shown.symbology} label={title} />
      </div>
      <div class="large-foot">
        {parts.total > 1 && <PartButtons parts={parts} />}
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

/** Which part is shown, and what its buttons do. */
interface Parts {
  at: number;
  total: number;
  playing: boolean;
  step: (by: number) => void;
  toggle: () => void;
}

/** Goes on by itself, unless somebody has paused it, stepped by hand, or wants no motion. */
function useParts(total: number): Parts {
  const [at, setAt] = useState(0);
  const [playing, setPlaying] = useState(() => !matchMedia("(prefers-reduced-motion: reduce)").matches);
  const step = (by: number) => setAt((now) => (now + by + total) % total);
  useEffect(() => {
    if (!playing || total < 2) return;
    const id = setInterval(() => step(1), partMs);
    return () => clearInterval(id);
  }, [playing, total]);
  return {
    at,
    total,
    playing,
    step: (by) => {
      setPlaying(false);
      step(by);
    },
    toggle: () => setPlaying(!playing),
  };
}

function PartButtons({ parts }: { parts: Parts }) {
  const words = t.value.samples;
  return (
    <div class="large-parts">
      <button type="button" class="icon-button" aria-label={words.previousPart} onClick={() => parts.step(-1)}>
        <Icon name="back" />
      </button>
      <span class="large-part" data-testid="part">
        {words.part(parts.at + 1, parts.total)}
      </span>
      <button type="button" class="icon-button" aria-label={words.nextPart} onClick={() => parts.step(1)}>
        <Icon name="chevron" />
      </button>
      <button
        type="button"
        class="icon-button"
        aria-label={parts.playing ? words.pause : words.resume}
        onClick={parts.toggle}
      >
        <Icon name={parts.playing ? "pause" : "play"} />
      </button>
    </div>
  );
}

/** The sample, fetched anew before it goes stale. */
function useFresh(sample: Sample): Sample {
  const [fresh, setFresh] = useState(sample);
  useEffect(() => {
    setFresh(sample);
    if (!sample.freshS) return;
    const renew = () => void renewed(sample).then(setFresh);
    renew(); // the list it came from may have stood open for long
    const id = setInterval(renew, sample.freshS * 1000 * renewShare);
    return () => clearInterval(id);
  }, [sample]);
  return fresh;
}
