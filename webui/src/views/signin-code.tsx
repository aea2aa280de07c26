import { useEffect, useState } from "preact/hooks";
import {
  askForCode,
  faultOfQuestion,
  getWays,
  keepPending,
  readClaim,
  type Claim,
  type CodeWays,
  type Fault,
  type Pending,
} from "../account/code";
import { lang, t } from "../i18n";
import { EnterCode } from "./signin-code-enter";
import { CodeFault } from "./signin-code-fault";

/** Offers codes, where they are sent. */
export function SignInCodeButton({ choose }: { choose: () => void }) {
  const [ways, setWays] = useState<CodeWays | null>(null);
  useEffect(() => {
    getWays().then(setWays, () => undefined); // out of reach: the other ways say so
  }, []);
  return (
    ways && (
      <button type="button" class="button" data-testid="signin-by-code" onClick={choose}>
        {t.value.signInCode.button}
      </button>
    )
  );
}

interface Props {
  /** A code that was under way before the page was loaded anew. */
  begun: Pending | null;
  done: () => void;
  back: () => void;
}

/** Somebody says who he is, gets six digits at the address of his account, and types them in. */
export function SignInCode({ begun, done, back }: Props) {
  const [pending, setPending] = useState(begun);
  const [claim, setClaim] = useState<Claim | null>(null);
  const change = (next: Pending | null) => {
    keepPending(next);
    setPending(next);
  };
  const ask = async (who: Claim) => {
    change(await askForCode(who, lang.value));
    setClaim(who);
  };
  const words = t.value.signInCode;
  return (
    <section class="card" data-testid="signin-code-card" data-step={pending ? "enter" : "ask"}>
      {pending ? (
        <EnterCode
          pending={pending}
          change={change}
          done={() => {
            keepPending(null);
            done();
          }}
          again={claim ? () => ask(claim) : null}
        />
      ) : (
        <Ask ask={ask} />
      )}
      <button
        type="button"
        class="button"
        data-testid="code-back"
        onClick={() => {
          keepPending(null);
          back();
        }}
      >
        {words.back}
      </button>
    </section>
  );
}

/** First step: who wants a code. */
function Ask({ ask }: { ask: (claim: Claim) => Promise<void> }) {
  const words = t.value.signInCode;
  const [ways, setWays] = useState<CodeWays | null>(null);
  const [inn, setINN] = useState("");
  const [address, setAddress] = useState("");
  const [fault, setFault] = useState<Fault | null>(null);
  const [busy, setBusy] = useState(false);
  useEffect(() => {
    getWays().then(setWays, () => setFault("unreachable"));
  }, []);
  const submit = async (e: Event) => {
    e.preventDefault();
    const claim = ways && readClaim(inn, address, ways);
    if (!claim) return setFault("details");
    setBusy(true);
    setFault(null);
    try {
      await ask(claim);
    } catch (err) {
      setFault(faultOfQuestion(err));
      setBusy(false);
    }
  };
  return (
    <>
      <h2>{words.ask.title}</h2>
      <p>{words.ask.text}</p>
      <form class="form" onSubmit={(e) => void submit(e)}>
        {ways?.inn && (
          <label class="field">
            <span>{words.inn}</span>
            <input
              type="text"
              inputmode="numeric"
              autocomplete="off"
              value={inn}
              onInput={(e) => setINN(e.currentTarget.value)}
              data-testid="code-inn"
            />
          </label>
        )}
        {ways && <Address ways={ways} value={address} set={setAddress} />}
        <CodeFault fault={fault} />
        <button type="submit" class="button button-main" disabled={busy || !ways} data-testid="code-send">
          {busy ? words.working : words.send}
        </button>
      </form>
    </>
  );
}

function Address({ ways, value, set }: { ways: CodeWays; value: string; set: (text: string) => void }) {
  const kind = ways.email && ways.phone ? "both" : ways.email ? "email" : "phone";
  return (
    <label class="field">
      <span>{t.value.signInCode.address[kind]}</span>
      <input
        type="text"
        inputmode={kind === "phone" ? "tel" : "email"}
        autocomplete={kind === "phone" ? "tel" : kind === "email" ? "email" : "username"}
        autocapitalize="none"
        spellcheck={false}
        value={value}
        onInput={(e) => set(e.currentTarget.value)}
        data-testid="code-address"
      />
    </label>
  );
}
