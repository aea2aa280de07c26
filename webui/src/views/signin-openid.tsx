import { useEffect, useState } from "preact/hooks";
import { finish, getProviders, leaveFor, parseAnswer, type Provider } from "../account/openid";
import { t } from "../i18n";
import { go, hashOf } from "../router";
import { loadSession } from "../session";
import { closeStation } from "../station";
import { Page } from "../ui/page";

/** A button for each provider; nothing where there is none. */
export function SignInProviders() {
  const [providers, setProviders] = useState<Provider[]>([]);
  const [failed, setFailed] = useState("");
  const [leaving, setLeaving] = useState(false);
  useEffect(() => {
    getProviders().then(setProviders, () => undefined); // there are other ways to sign in
  }, []);
  const leave = (p: Provider) => {
    setLeaving(true);
    setFailed("");
    leaveFor(p.id, "signin").catch(() => {
      setLeaving(false);
      setFailed(p.name);
    });
  };
  return (
    <>
      {providers.map((p) => (
        <button
          key={p.id}
          type="button"
          class="button"
          disabled={leaving}
          data-testid={`signin-openid-${p.id}`}
          onClick={() => leave(p)}
        >
          {t.value.openid.by(p.name)}
        </button>
      ))}
      {failed && <p role="alert">{t.value.openid.unreachable(failed)}</p>}
    </>
  );
}

/** Where the browser comes back to from a provider. */
export function OpenIDView({ name }: { name: string }) {
  const [answer] = useState(() => parseAnswer(name));
  const [failed, setFailed] = useState(false);
  const words = t.value.openid;
  useEffect(() => {
    history.replaceState(null, "", hashOf({ view: "openid", answer: "" })); // the code stays in no history
    const trade = async () => {
      await finish(answer);
      if (!answer.links) closeStation(); // whoever was signed in before leaves nothing behind
      await loadSession();
      go(answer.links ? { view: "account" } : { view: "home" }, true);
    };
    trade().catch(() => setFailed(true));
  }, []);
  const said = answer.links ? words.notLinked : answer.cancelled ? words.cancelled : words.failed;
  return (
    <Page title={words.title} className="signin">
      <section class="card" data-testid="openid" data-state={failed ? "failed" : "working"}>
        <h2>{failed ? said.title : words.title}</h2>
        <p role="status">{failed ? said.text : words.working}</p>
        {failed && (
          <a class="button button-main" href={answer.links ? "#/account" : "#/signin"}>
            {answer.links ? words.toAccount : words.again}
          </a>
        )}
      </section>
    </Page>
  );
}
