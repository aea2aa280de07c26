import { useEffect, useMemo } from "preact/hooks";
import type { Counter } from "../api";
import { ago, clock, count } from "../format";
import { t } from "../i18n";
import type { Line } from "../live";
import { checkpointName, checkpoints } from "../session";
import { Icon } from "../ui/icons";
import { Page } from "../ui/page";
import { Shape } from "../ui/shapes";
import { useNow } from "./bar";
import { Chart } from "./live-chart";
import { LiveData } from "./live-data";
import { Stream } from "./live-stream";
import "../styles/live.css";

/** The wall: a row for each checkpoint, passages per minute, the last passages. */
export function LiveView() {
  const data = useMemo(() => new LiveData(), []);
  useEffect(() => {
    data.start();
    return () => data.stop();
  }, [data]);
  return <LiveBoard data={data} />;
}

export function LiveBoard({ data }: { data: LiveData }) {
  const words = t.value.live;
  const now = useNow(1000);
  const rows = inOrder(data.counters.value);
  return (
    <Page title={words.title} className="live">
      <LineBanner line={data.line.value} now={now} />
      {data.gap.value && <p class="muted live-gap">{words.gap}</p>}
      {rows.length === 0 && data.line.value.state === "online" && <p class="muted">{words.noCheckpoints}</p>}
      <ul class="gates" data-testid="gates">
        {rows.map((c) => (
          <Gate key={c.checkpoint} counter={c} now={now} />
        ))}
      </ul>
      <div class="live-lower">
        <section class="card chart-card">
          <h2>{words.chart}</h2>
          <Chart minutes={data.minutes} passages={data.passages} />
        </section>
        <Stream passages={data.passages} />
      </div>
    </Page>
  );
}

/** In the order of the configuration, so that no row ever changes its place. */
function inOrder(counters: Counter[]): Counter[] {
  const rank = new Map(checkpoints.value.map((c, i) => [c.id, i]));
  return [...counters].sort(
    (a, b) =>
      (rank.get(a.checkpoint) ?? 999) - (rank.get(b.checkpoint) ?? 999) || (a.checkpoint < b.checkpoint ? -1 : 1),
  );
}

/** Says within two seconds that the figures are old, and when the next attempt is. */
function LineBanner({ line, now }: { line: Line; now: number }) {
  const words = t.value.live;
  const lost = line.state === "lost";
  const wait = lost ? Math.ceil((line.retryAt - now) / 1000) : 0;
  return (
    <div class={lost ? "line line-wide" : "line"} role="status" data-testid="line" data-line={line.state}>
      {lost && (
        <p class="line-lost">
          <Icon name="warning" />
          <strong>{words.lost}</strong>
          <span>{words.lostText(clock(line.since))}</span>
          <span class="line-retry">{wait > 0 ? words.retryIn(wait) : words.retrying}</span>
        </p>
      )}
      {line.state === "online" && <LineWord state="online" word={t.value.bar.online} />}
      {line.state === "connecting" && <LineWord state="connecting" word={words.connecting} />}
      {line.state === "signed_out" && <LineWord state="signed_out" word={t.value.bar.signedOut} />}
    </div>
  );
}

/** The same dot and word as in the scanner's bar. */
function LineWord({ state, word }: { state: string; word: string }) {
  return (
    <p class={`line-word bar-link-${state}`}>
      <span class="dot" aria-hidden="true" />
      {word}
    </p>
  );
}

function Gate({ counter: c, now }: { counter: Counter; now: number }) {
  const words = t.value.live;
  return (
    <li class="gate" data-testid="gate" data-checkpoint={c.checkpoint}>
      <div class="gate-head">
        <h2>{checkpointName(c.checkpoint)}</h2>
        <p class="gate-rate">
          <b>{count(c.ratePerMin)}</b> {words.perMinute}
        </p>
      </div>
      <Figure label={words.admitted} value={c.admitted} tone="admit" />
      <Figure label={words.denied} value={c.denied} tone="deny" />
      <Figure label={words.held} value={c.held} tone="hold" />
      <Inside counter={c} />
      <div class="gate-refusal">
        <span class="figure-label">{words.lastRefusal}</span>
        {c.lastRefusal ? (
          <p>
            <span class="gate-reason">{t.value.reasons[c.lastRefusal.reason].text}</span>
            <span class="gate-when">{ago(t.value, c.lastRefusal.at, now)}</span>
          </p>
        ) : (
          <p class="muted">{words.noRefusal}</p>
        )}
      </div>
    </li>
  );
}

function Figure({ label, value, tone }: { label: string; value: number; tone: "admit" | "deny" | "hold" }) {
  return (
    <div class={`figure figure-${tone}`}>
      <span class="figure-label">
        <Shape tone={tone} />
        {label}
      </span>
      <span class="figure-value" data-testid={`figure-${tone}`}>
        {count(value)}
      </span>
    </div>
  );
}

function Inside({ counter: c }: { counter: Counter }) {
  const words = t.value.live;
  const full = c.capacity > 0 && c.inside >= c.capacity;
  return (
    <div class={full ? "figure figure-inside figure-full" : "figure figure-inside"}>
      <span class="figure-label">{words.inside}</span>
      <span class="figure-value" data-testid="figure-inside">
        {count(c.inside)}
        {c.capacity > 0 && <small> {words.capacity(count(c.capacity))}</small>}
      </span>
      {c.capacity > 0 && <meter min={0} max={c.capacity} value={c.inside} aria-label={words.inside} />}
    </div>
  );
}
