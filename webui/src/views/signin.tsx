import { useEffect, useRef, useState } from "preact/hooks";
import { keptPending } from "../account/code";
import { Declined, passkeysWork, signInByPasskey } from "../account/passkey";
import { RequestFailed, signIn } from "../api";
import { t } from "../i18n";
import { go, route } from "../router";
import { loadSession } from "../session";
import { closeStation, link } from "../station";
import { Icon } from "../ui/icons";
import { Page } from "../ui/page";
import { SignInCode, SignInCodeButton } from "./signin-code";
import { SignInProviders } from "./signin-openid";
import { SignInScreen } from "./signin-screen";

/** Signs in with the code of a one-time link, with a passkey, or from a phone. */
export function SignInView({ code }: { code: string }) {
  const [begun] = useState(() => (code ? null : keptPending(Date.now())));
  const [way, setWay] = useState<"card" | "phone" | "code">(begun ? "code" : "card");
  const back = () => setWay("card");
  return (
    <Page title={t.value.signin.title} className="signin">
      {way === "phone" && <SignInScreen done={() => void entered()} back={back} />}
      {way === "code" && <SignInCode begun={begun} done={() => void entered()} back={back} />}
      {way === "card" && <SignInCard code={code} choose={setWay} />}
    </Page>
  );
}

/** Somebody has signed in: where he wanted to go, or home. */
async function entered(): Promise<void> {
  closeStation(); // whoever was signed in before leaves nothing behind
  await loadSession();
  if (route.value.view === "signin") go({ view: "home" }, true);
}

function SignInCard({ code, choose }: { code: string; choose: (way: "phone" | "code") => void }) {
  const [state, setState] = useState<"ask" | "working" | "failed" | "refused" | "unreachable">(code ? "working" : "ask");
  const field = useRef<HTMLInputElement>(null);
  const words = t.value.signin;
  const said = {
    ask: { title: words.title, text: words.text },
    working: { title: words.title, text: words.working },
    failed: { title: words.failed, text: words.failedText },
    refused: t.value.account.refusedKey,
    unreachable: { title: words.title, text: words.unreachable },
  }[state];
  const attempt = async (text: string) => {
    setState("working");
    go({ view: "signin", code: "" }, true); // a used code stays in no history
    try {
      await signIn(text);
      await entered();
    } catch (err) {
      setState(err instanceof RequestFailed && err.status !== 0 ? "failed" : "unreachable");
    }
  };
  useEffect(() => {
    if (code) void attempt(code);
  }, [code]);
  const submit = (e: Event) => {
    e.preventDefault();
    const text = codeOf(field.current?.value ?? "");
    if (text) void attempt(text);
    else field.current?.focus();
  };
  const passkey = async () => {
    setState("working");
    try {
      await signInByPasskey();
      await entered();
    } catch (err) {
      const unreachable = err instanceof RequestFailed && err.status === 0;
      setState(err instanceof Declined ? "ask" : unreachable ? "unreachable" : "refused");
    }
  };
  return (
    <section class="card">
      {state === "ask" && link.value.state === "signed_out" && (
        <p class="signin-ended" role="alert" data-testid="session-ended">
          <Icon name="warning" />
          {t.value.reasons.checker_session_ended.text}
        </p>
      )}
      <h2>{said.title}</h2>
      <p role="status">{said.text}</p>
      {link.value.waiting > 0 && <p class="signin-waiting">{t.value.bar.waiting(link.value.waiting)}</p>}
      {passkeysWork() && (
        <button
          type="button"
          class="button button-main"
          disabled={state === "working"}
          data-testid="signin-passkey"
          onClick={() => void passkey()}
        >
          {t.value.account.byPasskey}
        </button>
      )}
      <SignInCodeButton choose={() => choose("code")} />
      <SignInProviders />
      <button type="button" class="button" data-testid="signin-phone" onClick={() => choose("phone")}>
        {t.value.account.ask.button}
      </button>
      <form class="form" onSubmit={submit}>
        <label class="field">
          <span>{words.code}</span>
          <input
            ref={field}
            type="text"
            autocomplete="off"
            autocapitalize="none"
            spellcheck={false}
            data-testid="signin-code"
          />
        </label>
        <button type="submit" class="button" disabled={state === "working"}>
          {words.button}
        </button>
      </form>
      <p class="muted">{words.demo}</p>
      <a class="button" href="#/samples">
        {words.samples}
      </a>
    </section>
  );
}

/** The code itself, also when the whole link was pasted. */
export function codeOf(text: string): string {
  const after = text.trim().split("#/signin/").at(-1) ?? "";
  return after.replace(/\s+/g, "");
}
