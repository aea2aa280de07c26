import { useEffect, useState } from "preact/hooks";
import { approveScreen, lookAtScreen, refuseScreen, type Screen } from "../account/api";
import { RequestFailed } from "../api";
import { t } from "../i18n";
import type { Message } from "../i18n/dictionary";
import { hashOf } from "../router";
import { Choice } from "../ui/choice";
import { Page } from "../ui/page";

type State = "looking" | "asked" | "done" | "refused" | "gone" | "wait" | "failed";

/** Somebody who is signed in lets a screen work in his name, or turns it away. */
export function ApproveView({ name: code }: { name: string }) {
  const words = t.value.account.approve;
  const [screen, setScreen] = useState<Screen | null>(null);
  const [state, setState] = useState<State>("looking");
  const fail = (err: unknown) => setState(stateOf(err));
  useEffect(() => {
    history.replaceState(null, "", hashOf({ view: "approve", code: "" })); // the code stays in no history
    lookAtScreen(code).then((s) => {
      setScreen(s);
      setState("asked");
    }, fail);
  }, []);
  const told: Partial<Record<State, Message>> = {
    done: words.done,
    refused: words.refused,
    gone: words.gone,
    wait: words.wait,
    failed: { title: words.title, text: t.value.problem.network },
  };
  const message = told[state];
  return (
    <Page title={words.title} className="signin">
      <section class="card" data-testid="approve" data-state={state}>
        <h2>{message?.title ?? words.title}</h2>
        <p role="status">{message?.text ?? words.text}</p>
        {state === "asked" && screen && (
          <Question
            screen={screen}
            approve={(hours) => approveScreen(code, hours).then(() => setState("done"), fail)}
            refuse={() => refuseScreen(code).then(() => setState("refused"), fail)}
          />
        )}
        {message && (
          <a class="button" href="#/scanner">
            {words.again}
          </a>
        )}
      </section>
    </Page>
  );
}

interface QuestionProps {
  screen: Screen;
  approve: (hours: number) => Promise<void>;
  refuse: () => Promise<void>;
}

function Question({ screen, approve, refuse }: QuestionProps) {
  const words = t.value.account.approve;
  const offered = [1, 4, 8, 12].filter((h) => h <= screen.maxHours);
  const [hours, setHours] = useState(offered.at(-1) ?? screen.maxHours);
  const [busy, setBusy] = useState(false);
  const answer = (give: () => Promise<void>) => {
    setBusy(true);
    void give();
  };
  return (
    <>
      <dl class="approve-facts">
        <dt>{words.asksAs}</dt>
        <dd data-testid="screen-name">{screen.name}</dd>
        <dt>{words.from}</dt>
        <dd>{[screen.client.browser, screen.client.address].filter(Boolean).join(" · ")}</dd>
      </dl>
      {offered.length > 1 && (
        <Choice
          label={words.hours}
          value={String(hours)}
          options={offered.map((h) => ({ value: String(h), label: words.hour(h) }))}
          onChange={(h) => setHours(Number(h))}
        />
      )}
      <button
        type="button"
        class="button button-main button-large"
        disabled={busy}
        data-testid="approve-yes"
        onClick={() => answer(() => approve(hours))}
      >
        {words.yes}
      </button>
      <button type="button" class="button" disabled={busy} data-testid="approve-no" onClick={() => answer(refuse)}>
        {words.no}
      </button>
    </>
  );
}

function stateOf(err: unknown): State {
  if (!(err instanceof RequestFailed) || err.status === 0) return "failed";
  return err.status === 429 ? "wait" : "gone";
}
