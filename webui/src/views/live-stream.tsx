import type { ReadonlySignal } from "@preact/signals";
import { signal } from "@preact/signals";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Passage } from "../api";
import { clock } from "../format";
import { t } from "../i18n";
import { emptyBoard, newest, put, type Board } from "../model/board";
import { documentName } from "../model/facts";
import { toneOfPassage } from "../model/screen";
import { saidByPerson } from "../overview/words";
import { checkpointName } from "../session";
import { Shape } from "../ui/shapes";

const fewest = 3; // also what the first frame draws, before the height is known
const onlyRefusals = signal(false);

/** The last passages in fixed places: a new one overwrites the oldest, and nothing else moves. */
export function Stream({ passages }: { passages: ReadonlySignal<Passage[]> }) {
  const list = useRef<HTMLOListElement>(null);
  const size = usePlaces(list);
  const board = useBoard(passages, size);
  const words = t.value.live;
  const latest = newest(board);
  return (
    <section class="card stream-card">
      <header class="stream-head">
        <h2>{words.stream}</h2>
        <button
          type="button"
          class="chip"
          aria-pressed={onlyRefusals.value}
          onClick={() => {
            onlyRefusals.value = !onlyRefusals.value;
          }}
        >
          {words.onlyRefusals}
        </button>
      </header>
      {latest < 0 && <p class="muted">{words.quiet}</p>}
      <ol class="stream" ref={list} data-testid="stream">
        {board.places.map((p, i) => (
          <Place key={i} passage={p} latest={i === latest} />
        ))}
      </ol>
    </section>
  );
}

function Place({ passage: p, latest }: { passage: Passage | null; latest: boolean }) {
  if (!p) return <li class="place" aria-hidden="true" />;
  const refused = p.decision !== "admit";
  return (
    <li
      class={latest ? "place place-latest" : "place"}
      aria-current={latest ? "true" : undefined}
      data-testid="passage"
      data-seq={p.seq}
      data-decision={p.decision}
      data-reason={p.reason}
      data-overrides={p.overrides?.seq}
    >
      <Shape tone={toneOfPassage(p)} />
      <time dateTime={p.at}>{clock(p.at)}</time>
      <span class="place-what">
        {p.overrides ? (
          <b>{saidByPerson(p)}</b>
        ) : refused ? (
          <>
            <span class="visually-hidden">{t.value.live.decisions[p.decision]}: </span>
            <b>{t.value.reasons[p.reason].text}</b>
          </>
        ) : (
          <>
            {t.value.live.decisions[p.decision]}
            {p.document && ` · ${documentName(t.value, p.document)}`}
          </>
        )}
      </span>
      <span class="place-where">
        <span>{checkpointName(p.checkpoint)}</span>
        <span>{t.value.bar.direction[p.direction]}</span>
      </span>
    </li>
  );
}

/** Keeps a board of that size in step with the passages; another size or filter lays it out anew. */
function useBoard(passages: ReadonlySignal<Passage[]>, size: number): Board {
  const state = useRef({ board: emptyBoard(size), size: -1, refusals: false, seq: 0 });
  const s = state.current;
  const refusals = onlyRefusals.value;
  if (s.size !== size || s.refusals !== refusals) {
    Object.assign(s, { board: emptyBoard(size), size, refusals, seq: 0 });
  }
  const wanted = passages.value.filter((p) => p.seq > s.seq && (!refusals || p.decision !== "admit"));
  s.board = put(s.board, wanted);
  s.seq = passages.value.at(-1)?.seq ?? s.seq;
  return s.board;
}

/** How many rows fit into the height the list is given; on a phone, where the page scrolls, a few. */
function usePlaces(list: { current: HTMLOListElement | null }): number {
  const [size, setSize] = useState(fewest);
  useEffect(() => {
    const el = list.current;
    if (!el) return;
    const fit = () => {
      const row = el.firstElementChild?.getBoundingClientRect().height ?? 0;
      if (row > 0) setSize(Math.max(fewest, Math.floor(el.clientHeight / row)));
    };
    const watch = new ResizeObserver(fit);
    watch.observe(el);
    fit();
    return () => watch.disconnect();
  }, []);
  return size;
}
