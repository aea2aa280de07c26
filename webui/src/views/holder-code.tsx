import { useEffect, useState } from "preact/hooks";
import { present } from "../holder/code";
import type { Kept } from "../holder/wallet";
import { lang, t } from "../i18n";
import { go } from "../router";
import { keepAwake } from "../scanner";
import { Code } from "../ui/code";
import { Icon } from "../ui/icons";

/** A new code after this long; each is good for twice as long, so that one that is just being scanned still counts. */
const changeMs = 15_000;
/** Then it goes by itself: a code nobody looks at should not stand on a screen. */
const longestMs = 5 * 60_000;

interface Made {
  text: string;
  at: number;
}

/** One document over the whole screen as a code that changes: dark on white in every theme, screen awake. */
export function HolderCode({ document: kept }: { document: Kept }) {
  const [shownSince, setShownSince] = useState(() => Date.now());
  const [ended, setEnded] = useState(false);
  const words = t.value.holder;
  const close = () => go({ view: "holder", name: "" });
  useEffect(() => {
    const pressed = (e: KeyboardEvent) => e.key === "Escape" && close();
    addEventListener("keydown", pressed);
    return () => removeEventListener("keydown", pressed);
  }, []);
  useEffect(() => {
    const id = setTimeout(() => setEnded(true), longestMs);
    return () => clearTimeout(id);
  }, [shownSince]);
  return (
    <main class="large holder-code" data-testid="holder-code" data-name={kept.name}>
      <header class="large-head">
        <h1>{kept.title[lang.value]}</h1>
        <button type="button" class="icon-button" aria-label={words.close} onClick={close}>
          <Icon name="close" />
        </button>
      </header>
      {ended ? (
        <div class="holder-ended" role="status">
          <h2>{words.ended.title}</h2>
          <p>{words.ended.text}</p>
          <button
            type="button"
            class="button button-main button-large"
            onClick={() => {
              setEnded(false);
              setShownSince(Date.now());
            }}
          >
            {words.again}
          </button>
        </div>
      ) : (
        <Changing kept={kept} />
      )}
    </main>
  );
}

function Changing({ kept }: { kept: Kept }) {
  const made = useCode(kept);
  const words = t.value.holder;
  useEffect(keepAwake, []);
  return (
    <>
      <div class="large-code">{made && <Code key={made.at} content={made.text} label={kept.title[lang.value]} />}</div>
      <div class="large-foot holder-foot">
        {made && <Countdown key={made.at} at={made.at} />}
        <div class="holder-words">
          <p>{words.bright}</p>
          <p class="muted">{words.seen}</p>
        </div>
      </div>
    </>
  );
}

/** A code that is always young, also after the page was out of sight, where timers stand still. */
function useCode(kept: Kept): Made | null {
  const [made, setMade] = useState<Made | null>(null);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let over = false;
    const make = async () => {
      clearTimeout(timer);
      const at = Date.now();
      const text = await present(kept, at);
      if (over) return;
      setMade({ text, at });
      timer = setTimeout(() => void make(), changeMs);
    };
    const seen = () => document.visibilityState === "visible" && void make();
    document.addEventListener("visibilitychange", seen);
    void make();
    return () => {
      over = true;
      clearTimeout(timer);
      document.removeEventListener("visibilitychange", seen);
    };
  }, [kept]);
  return made;
}

/** A ring that runs out, with the seconds left inside. */
function Countdown({ at }: { at: number }) {
  const [left, setLeft] = useState(changeMs / 1000);
  const words = t.value.holder;
  useEffect(() => {
    const id = setInterval(() => setLeft(Math.max(0, Math.ceil((at + changeMs - Date.now()) / 1000))), 200);
    return () => clearInterval(id);
  }, [at]);
  return (
    <div class="holder-count">
      <svg class="ring" viewBox="0 0 48 48" aria-hidden="true">
        <circle class="ring-track" cx="24" cy="24" r="20" />
        <circle class="ring-left" cx="24" cy="24" r="20" pathLength="100" />
        <text class="ring-text" x="24" y="24" text-anchor="middle" dominant-baseline="central">
          {left}
        </text>
      </svg>
      <p>
        <strong>{words.changing(left)}</strong>
        <span>{words.once}</span>
      </p>
    </div>
  );
}
