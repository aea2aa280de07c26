import { useEffect, useMemo, useState } from "preact/hooks";
import { clock, count } from "../format";
import { t } from "../i18n";
import { parseReason } from "../model/reason";
import { getTotals, totalsFile, type Target } from "../overview/api";
import { midnight, recent, total, type Recent, type Sum, type Totals, type TotalsAnswer } from "../overview/model";
import { classWord, saidByPerson } from "../overview/words";
import { checkpointName } from "../session";
import { Page } from "../ui/page";
import { Shape } from "../ui/shapes";
import { useNow } from "./bar";
import { LiveData } from "./live-data";
import { mayOverride, OverrideSheet } from "./override";
import "../styles/overview.css";

const everyMs = 15_000; // between two looks at the totals; what may be set aside comes live
const keptPassages = 3000; // as far back as is read

/** What a supervisor's checkpoints did today, and what may still be set aside. */
export function OverviewView() {
  const words = t.value.overview;
  const data = useMemo(() => new LiveData(keptPassages), []);
  useEffect(() => {
    data.start();
    return () => data.stop();
  }, [data]);
  const { totals, failed, ask } = useTotals();
  const since = midnight(new Date());
  return (
    <Page title={words.title} className="overview">
      <header class="overview-head">
        <h2>{words.today}</h2>
        <a class="button" href={totalsFile(since)} download="totals.csv" data-testid="export">
          {words.export}
        </a>
      </header>
      {failed && <p role="alert">{words.failed}</p>}
      {totals && !totals.complete && <p class="muted">{words.counting}</p>}
      {totals?.checkpoints.length === 0 && <p class="muted">{words.noCheckpoints}</p>}
      <div class="overview-parts">
        <RecentList data={data} decided={ask} />
        <ul class="totals" data-testid="totals">
          {totals?.checkpoints.map((c) => (
            <Place key={c.checkpoint} totals={c} />
          ))}
        </ul>
      </div>
    </Page>
  );
}

/** The totals, asked for again and again. */
function useTotals(): { totals: TotalsAnswer | null; failed: boolean; ask: () => void } {
  const [totals, setTotals] = useState<TotalsAnswer | null>(null);
  const [failed, setFailed] = useState(false);
  const ask = () => {
    getTotals(midnight(new Date())).then(
      (answer) => {
        setTotals(answer);
        setFailed(false);
      },
      () => setFailed(true),
    );
  };
  useEffect(() => {
    ask();
    const id = setInterval(ask, everyMs);
    return () => clearInterval(id);
  }, []);
  return { totals, failed, ask };
}

function RecentList({ data, decided }: { data: LiveData; decided: () => void }) {
  const words = t.value.overview;
  const now = useNow(5000);
  const [all, setAll] = useState(false);
  const [chosen, setChosen] = useState<Target | null>(null);
  const list = recent(data.passages.value, now, all);
  return (
    <section class="card recent-card">
      <header class="overview-head">
        <h2>{words.recent}</h2>
        <button type="button" class="chip" aria-pressed={!all} onClick={() => setAll(!all)}>
          {words.refusedOnly}
        </button>
      </header>
      <p class="muted">{words.recentText}</p>
      {list.length === 0 && <p>{words.recentNone}</p>}
      <ol class="recent" data-testid="recent">
        {list.map((r) => (
          <RecentLine key={r.passage.seq} {...r} choose={setChosen} />
        ))}
      </ol>
      {chosen && (
        <OverrideSheet
          of={chosen}
          onClose={(recorded) => {
            setChosen(null);
            if (recorded) decided();
          }}
        />
      )}
    </section>
  );
}

function RecentLine({ passage: p, by, choose }: Recent & { choose: (of: Target) => void }) {
  const words = t.value.overview;
  const shown = by ?? p;
  return (
    <li data-testid="recent-passage" data-seq={p.seq} data-decision={shown.decision} data-reason={p.reason}>
      <Shape tone={shown.decision} />
      <div>
        <span>
          <time dateTime={p.at}>{clock(p.at)}</time> · {checkpointName(p.checkpoint)}
        </span>
        <b>{t.value.reasons[p.reason].text}</b>
        {by && <span data-testid="decided">{saidByPerson(by)}</span>}
      </div>
      {!by && mayOverride() && (
        <button type="button" class="button" data-testid="override" onClick={() => choose(p)}>
          {words.override.button}
        </button>
      )}
    </li>
  );
}

function Place({ totals: c }: { totals: Totals }) {
  const words = t.value.overview;
  const people: Sum = [...c.letIn, ...c.turnedAway];
  return (
    <li class="card totals-card" data-testid="totals-checkpoint" data-checkpoint={c.checkpoint}>
      <h2>{c.name}</h2>
      <dl class="totals-figures">
        <Figure label={words.figures.in} value={count(c.admitted + total(c.letIn))} tone="admit" />
        <Figure label={words.figures.refused} value={count(total(c.refused))} tone="deny" />
        <Figure label={words.figures.held} value={count(total(c.held))} tone="hold" />
        <Figure
          label={words.figures.inside}
          value={count(c.inside)}
          more={c.capacity > 0 ? words.capacity(count(c.capacity)) : ""}
        />
      </dl>
      {c.hours.length > 0 && <Hours hours={c.hours} />}
      <Sums title={words.why} sum={[...c.refused, ...c.held]} word={(r) => t.value.reasons[parseReason(r)].text} />
      {people.length > 0 && <Sums title={words.people} sum={people} word={classWord} />}
    </li>
  );
}

interface FigureProps {
  label: string;
  value: string;
  more?: string;
  tone?: "admit" | "deny" | "hold";
}

function Figure({ label, value, more, tone }: FigureProps) {
  return (
    <div>
      <dt>
        {tone && <Shape tone={tone} />}
        {label}
      </dt>
      <dd data-testid={`total-${tone ?? "inside"}`}>
        {value} {more && <small>{more}</small>}
      </dd>
    </div>
  );
}

const column = 10; // of 24, in units of the picture
const height = 40;

/** The day in 24 columns: green below who got in, red above who did not. */
function Hours({ hours }: { hours: Totals["hours"] }) {
  const words = t.value.overview;
  const most = Math.max(1, ...hours.map((h) => h.in + h.out));
  const said = hours.map((h) => words.hour(`${h.hour}:00`, count(h.in), count(h.out))).join("; ");
  return (
    <figure class="totals-hours">
      <figcaption>{words.byHour}</figcaption>
      <svg viewBox={`0 0 ${24 * column} ${height}`} preserveAspectRatio="none" role="img" aria-label={said}>
        {hours.map((h) => {
          const got = (h.in / most) * height;
          const not = (h.out / most) * height;
          const x = h.hour * column + 1;
          return (
            <g key={h.hour}>
              <rect class="bar-in" x={x} y={height - got} width={column - 2} height={got} />
              <rect class="bar-out" x={x} y={height - got - not} width={column - 2} height={not} />
            </g>
          );
        })}
      </svg>
      <p class="totals-scale" aria-hidden="true">
        <span>0</span>
        <span>6</span>
        <span>12</span>
        <span>18</span>
        <span>24</span>
      </p>
    </figure>
  );
}

function Sums({ title, sum, word }: { title: string; sum: Sum; word: (w: string) => string }) {
  const most = Math.max(1, ...sum.map(([, n]) => n));
  return (
    <section class="sums">
      <h3>{title}</h3>
      {sum.length === 0 && <p class="muted">{t.value.overview.nothing}</p>}
      <ul>
        {sum.map(([w, n]) => (
          <li key={w}>
            <span>{word(w)}</span>
            <b>{count(n)}</b>
            <svg viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">
              <rect width={(n / most) * 100} height="4" />
            </svg>
          </li>
        ))}
      </ul>
    </section>
  );
}
