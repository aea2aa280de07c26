import { useEffect, useState } from "preact/hooks";
import { getLogins, leaveFor, removeLogin, type Logins as Known } from "../account/openid";
import { date } from "../format";
import { t } from "../i18n";
import { signOut } from "../session";
import { closeStation } from "../station";

/** By which providers one can sign in to one's own account; nothing where there is no provider. */
export function Logins() {
  const words = t.value.openid;
  const [known, setKnown] = useState<Known | null>(null);
  const [failed, setFailed] = useState(false);
  const load = () => getLogins().then(setKnown, () => setFailed(true));
  useEffect(() => void load(), []);
  if (!known || known.providers.length === 0) return null;
  const attempt = (what: Promise<unknown>) => {
    setFailed(false);
    what.then(load, () => setFailed(true));
  };
  const linked = (id: string) => known.logins.some((l) => l.provider === id);
  return (
    <section class="card account-part" data-testid="logins">
      <h3>{words.part.title}</h3>
      <p>{words.part.text}</p>
      {known.logins.length === 0 && <p class="muted">{words.none}</p>}
      <ul class="account-list">
        {known.logins.map((l) => (
          <li key={l.provider} data-testid="login">
            <div>
              <strong>{l.name}</strong>
              <small>{words.linked(date(t.value, l.createdAt))}</small>
            </div>
            <button type="button" class="button" onClick={() => attempt(removeLogin(l.provider))}>
              {words.unlink}
            </button>
          </li>
        ))}
      </ul>
      {failed && <p role="alert">{words.failedHere}</p>}
      {known.providers
        .filter((p) => !linked(p.id))
        .map((p) => (
          <button
            key={p.id}
            type="button"
            class="button"
            data-testid={`link-${p.id}`}
            onClick={() => attempt(leaveFor(p.id, "link"))}
          >
            {words.link(p.name)}
          </button>
        ))}
      {known.signedIn?.signOut && <SignOutThere name={known.signedIn.name} address={known.signedIn.signOut} />}
    </section>
  );
}

/** Ends the session here first: whatever the provider does, nobody works here in that name any more. */
function SignOutThere({ name, address }: { name: string; address: string }) {
  const leave = async () => {
    closeStation();
    await signOut();
    location.assign(address);
  };
  return (
    <button type="button" class="button" data-testid="sign-out-there" onClick={() => void leave()}>
      {t.value.openid.signOut(name)}
    </button>
  );
}
