import { useEffect, useRef, useState } from "preact/hooks";
import {
  faultOfPending,
  faultOfQuestion,
  faultOfTry,
  readCode,
  redeemCode,
  type Fault,
  type Pending,
} from "../account/code";
import { t } from "../i18n";
import { useNow } from "./bar";
import { CodeFault } from "./signin-code-fault";

interface EnterProps {
  pending: Pending;
  change: (pending: Pending | null) => void;
  done: () => void;
  /** Has another code sent; null when nobody knows to whom any more. */
  again: (() => Promise<void>) | null;
}

/** Second step: the code that arrived. Six digits are tried at once. */
export function EnterCode({ pending, change, done, again }: EnterProps) {
  const words = t.value.signInCode;
  const [text, setText] = useState("");
  const [said, setSaid] = useState<Fault | null>(null);
  const [busy, setBusy] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus(), []);
  const now = useNow(1000);
  const over = faultOfPending(pending, now);
  const attempt = async (code: string) => {
    if (busy || over) return;
    setBusy(true);
    setSaid(null);
    try {
      await redeemCode(code);
      done();
    } catch (err) {
      const after = faultOfTry(err, pending, Date.now());
      setSaid(after.fault);
      change(after.pending);
      setText("");
      setBusy(false);
      field.current?.focus();
    }
  };
  const typed = (value: string) => {
    setText(value);
    const code = readCode(value);
    if (code) void attempt(code);
  };
  const resend = async () => {
    setSaid(null);
    setText("");
    try {
      await again?.();
    } catch (err) {
      setSaid(faultOfQuestion(err));
    }
  };
  return (
    <>
      <h2>{words.enter.title}</h2>
      <p>{pending.to ? words.enter.text(pending.to) : words.enter.later}</p>
      <form
        class="form"
        onSubmit={(e) => {
          e.preventDefault();
          typed(text);
        }}
      >
        <label class="field">
          <span>{words.code}</span>
          <input
            ref={field}
            class="code-field"
            type="text"
            inputmode="numeric"
            autocomplete="one-time-code"
            disabled={over !== null}
            value={text}
            onInput={(e) => typed(e.currentTarget.value)}
            data-testid="code-field"
          />
        </label>
        <CodeFault fault={over ?? said} wrong={pending.wrong} />
        <button type="submit" class="button button-main" disabled={busy || over !== null} data-testid="code-submit">
          {busy ? words.working : words.submit}
        </button>
      </form>
      <Again pending={pending} now={now} resend={again && resend} other={() => change(null)} />
    </>
  );
}

interface AgainProps {
  pending: Pending;
  now: number;
  resend: (() => Promise<void>) | null;
  other: () => void;
}

function Again({ pending, now, resend, other }: AgainProps) {
  const words = t.value.signInCode;
  const left = Math.ceil((pending.resend - now) / 1000);
  return (
    <>
      {resend && (
        <button type="button" class="button" disabled={left > 0} data-testid="code-resend" onClick={() => void resend()}>
          {left > 0 ? words.resendIn(left) : words.resend}
        </button>
      )}
      <button type="button" class="button" data-testid="code-other" onClick={other}>
        {words.other}
      </button>
    </>
  );
}
