import { useEffect, useRef, useState } from "preact/hooks";
import { RequestFailed, signIn } from "../api";
import { t } from "../i18n";
import { go } from "../router";
import { loadSession } from "../session";
import { closeStation, link } from "../station";
import { Page } from "../ui/page";

/** Signs in with the code of a one-time link, or asks for it. */
export function SignInView({ code }: { code: string }) {
  const [state, setState] = useState<"ask" | "working" | "failed" | "unreachable">(code ? "working" : "ask");
  const field = useRef<HTMLInputElement>(null);
  const words = t.value.signin;
  const attempt = async (text: string) => {
    setState("working");
    go({ view: "signin", code: "" }, true); // a used code stays in no history
    try {
      await signIn(text);
      closeStation(); // whoever was signed in before leaves nothing behind
      await loadSession();
      go({ view: "home" }, true);
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
  return (
    <Page title={words.title} className="signin">
      <section class="card">
        <h2>{state === "failed" ? words.failed : words.title}</h2>
        <p role="status">
          {state === "working"
            ? words.working
            : state === "failed"
              ? words.failedText
              : state === "unreachable"
                ? words.unreachable
                : words.text}
        </p>
        {link.value.waiting > 0 && <p class="signin-waiting">{t.value.bar.waiting(link.value.waiting)}</p>}
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
          <button type="submit" class="button button-main" disabled={state === "working"}>
            {words.button}
          </button>
        </form>
        <p class="muted">{words.demo}</p>
        <a class="button" href="#/samples">
          {words.samples}
        </a>
      </section>
    </Page>
  );
}

/** The code itself, also when the whole link was pasted. */
export function codeOf(text: string): string {
  const after = text.trim().split("#/signin/").at(-1) ?? "";
  return after.replace(/\s+/g, "");
}
