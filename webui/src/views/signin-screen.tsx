import { useEffect, useState } from "preact/hooks";
import { askForScreen, collectScreen, type Ticket } from "../account/api";
import { RequestFailed } from "../api";
import { t } from "../i18n";
import { read, write } from "../settings";
import { Code } from "../ui/code";
import { useNow } from "./bar";

const nameKey = "vratar.screen";
const askEveryMs = 2000;

/** A shared screen is signed in from a phone: it shows a code and waits for the answer. */
export function SignInScreen({ done, back }: { done: () => void; back: () => void }) {
  const words = t.value.account.ask;
  const [name, setName] = useState(read(nameKey) ?? "");
  const [ticket, setTicket] = useState<Ticket | null>(null);
  const [state, setState] = useState<"naming" | "showing" | "ended" | "failed">("naming");
  const ask = async (e: Event) => {
    e.preventDefault();
    write(nameKey, name.trim());
    try {
      setTicket(await askForScreen(name.trim()));
      setState("showing");
    } catch {
      setState("failed");
    }
  };
  return (
    <section class="card" data-testid="signin-screen" data-state={state}>
      <h2>{state === "ended" ? words.ended.title : words.title}</h2>
      <p role="status">
        {state === "ended" ? words.ended.text : state === "failed" ? t.value.account.failed : words.text}
      </p>
      {state === "showing" && ticket ? (
        <Shown ticket={ticket} done={done} ended={() => setState("ended")} />
      ) : (
        <form class="form" onSubmit={(e) => void ask(e)}>
          <label class="field">
            <span>{words.name}</span>
            <input
              type="text"
              required
              maxLength={100}
              autocomplete="off"
              value={name}
              onInput={(e) => setName(e.currentTarget.value)}
              data-testid="screen-own-name"
            />
          </label>
          <button type="submit" class="button button-main" data-testid="show-code">
            {state === "ended" ? words.again : words.show}
          </button>
        </form>
      )}
      <button type="button" class="button" onClick={back}>
        {words.back}
      </button>
    </section>
  );
}

function Shown({ ticket, done, ended }: { ticket: Ticket; done: () => void; ended: () => void }) {
  const words = t.value.account.ask;
  const left = Math.ceil((Date.parse(ticket.expiresAt) - useNow(1000)) / 1000);
  useEffect(() => {
    const id = setInterval(() => {
      collectScreen().then(
        (found) => found && done(),
        (err: unknown) => {
          if (err instanceof RequestFailed && err.status !== 0) ended(); // out of reach: it is asked again
        },
      );
    }, askEveryMs);
    return () => clearInterval(id);
  }, [ticket]);
  useEffect(() => {
    if (left <= 0) ended();
  }, [left <= 0]);
  return (
    <div class="signin-code" data-testid="screen-link" data-link={ticket.link}>
      <Code content={ticket.link} label={words.code} />
      <p class="muted">{words.left(Math.max(0, left))}</p>
    </div>
  );
}
