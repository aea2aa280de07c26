import { useState } from "preact/hooks";
import { endAllSessions, endSession, getPasskeys, getSessions, removePasskey } from "../account/api";
import { Declined, makePasskey, passkeysWork } from "../account/passkey";
import { ago, date, term } from "../format";
import { t } from "../i18n";
import { go } from "../router";
import { loadSession, me } from "../session";
import { closeStation } from "../station";
import { Icon } from "../ui/icons";
import { Page } from "../ui/page";
import { useList } from "../ui/use-list";
import { Logins } from "./logins";

/** One's own account: how one signs in, and where one is signed in. */
export function AccountView() {
  const words = t.value.account;
  const who = me.value;
  if (!who) return null;
  return (
    <Page title={words.title} className="account">
      <header class="account-head">
        <h2>{who.name || words.title}</h2>
        <p class="muted">
          {t.value.signin.role[who.role]}
          {who.organisation && ` · ${who.organisation.name}`}
        </p>
      </header>
      {!who.confirmed && (
        <div class="card account-notice" role="note" data-testid="unconfirmed">
          <h3>{words.unconfirmed.title}</h3>
          <p>{words.unconfirmed.text}</p>
        </div>
      )}
      {who.delegated ? (
        <p class="card" data-testid="delegated">
          {words.delegated}
        </p>
      ) : (
        <>
          <Passkeys />
          <Logins />
          <Sessions />
        </>
      )}
    </Page>
  );
}

function Passkeys() {
  const words = t.value.account;
  const { list, failure, change } = useList(getPasskeys);
  return (
    <section class="card account-part">
      <h3>{words.passkeys.title}</h3>
      <p>{words.passkeys.text}</p>
      {list?.length === 0 && <p class="muted">{words.noPasskeys}</p>}
      <ul class="account-list">
        {list?.map((k) => (
          <li key={k.id} data-testid="passkey">
            <div>
              <strong>{k.name}</strong>
              <small>
                {words.created(date(t.value, k.createdAt))}, {words.used(ago(t.value, k.usedAt, Date.now()))}
              </small>
            </div>
            <button type="button" class="button" onClick={() => change(removePasskey(k.id))}>
              {words.remove}
            </button>
          </li>
        ))}
      </ul>
      {failure !== undefined && <p role="alert">{words.failed}</p>}
      {passkeysWork() ? (
        <NewPasskey added={change} />
      ) : (
        <p class="muted">{words.noPasskeysHere}</p>
      )}
    </section>
  );
}

function NewPasskey({ added }: { added: () => void }) {
  const words = t.value.account;
  const [name, setName] = useState("");
  const [state, setState] = useState<"ready" | "asking" | "declined" | "failed">("ready");
  const add = async (e: Event) => {
    e.preventDefault();
    setState("asking");
    try {
      await makePasskey(name.trim() || words.here);
      setName("");
      setState("ready");
      added();
    } catch (err) {
      setState(err instanceof Declined ? "declined" : "failed");
    }
  };
  return (
    <form class="form" onSubmit={(e) => void add(e)}>
      <label class="field">
        <span>{words.passkeyName}</span>
        <input
          type="text"
          maxLength={100}
          autocomplete="off"
          value={name}
          onInput={(e) => setName(e.currentTarget.value)}
          data-testid="passkey-name"
        />
      </label>
      {state !== "ready" && (
        <p role="status">
          {state === "asking" ? words.adding : state === "declined" ? words.declined : words.failed}
        </p>
      )}
      <button type="submit" class="button button-main" disabled={state === "asking"} data-testid="add-passkey">
        {words.addPasskey}
      </button>
    </form>
  );
}

function Sessions() {
  const words = t.value.account;
  const { list, failure, change } = useList(getSessions);
  const everywhere = async () => {
    await endAllSessions().catch(() => undefined); // out of reach: the page asks who is here in any case
    closeStation();
    await loadSession();
    go({ view: "signin", code: "" });
  };
  const now = Date.now();
  return (
    <section class="card account-part">
      <h3>{words.sessions.title}</h3>
      <p>{words.sessions.text}</p>
      <ul class="account-list">
        {list?.map((s) => (
          <li key={s.id} data-testid="session" data-way={s.way}>
            <div>
              <strong>{s.current ? words.here : s.screen || s.client.browser || s.client.address}</strong>
              <small>
                {[words.ways[s.way], s.screen && s.client.browser, s.client.address].filter(Boolean).join(" · ")}
              </small>
              <small>
                {words.seen(ago(t.value, s.seenAt, now))}, {words.until(term(t.value, s.endsAt, now))}
              </small>
            </div>
            {!s.current && (
              <button type="button" class="button" onClick={() => change(endSession(s.id))}>
                {words.end}
              </button>
            )}
          </li>
        ))}
      </ul>
      {failure !== undefined && <p role="alert">{words.failed}</p>}
      <button type="button" class="button" onClick={() => void everywhere()}>
        <Icon name="out" />
        {words.endAll}
      </button>
    </section>
  );
}
