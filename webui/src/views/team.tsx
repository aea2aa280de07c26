import { useState } from "preact/hooks";
import { RequestFailed } from "../api";
import { t } from "../i18n";
import { checkpointName, me } from "../session";
import { changeAccount, getAccounts, makeLink, removeAccount } from "../team/api";
import type { Account, Once } from "../team/api";
import { Page } from "../ui/page";
import { useList } from "../ui/use-list";
import { Addresses } from "./addresses";
import { Devices } from "./devices";
import { NewAccount } from "./new-account";
import { OnceSheet } from "./once";

/** Who works here: people for administrators, devices for supervisors as well. */
export function TeamView() {
  const words = t.value.team;
  const role = me.value?.role;
  return (
    <Page title={words.title} className="account">
      <h2>{words.title}</h2>
      {role === "admin" && <People />}
      {(role === "admin" || role === "supervisor") && <Devices />}
    </Page>
  );
}

function People() {
  const words = t.value.team;
  const { list, failure, change } = useList(getAccounts);
  const [link, setLink] = useState<Once | null>(null);
  return (
    <section class="card account-part">
      <h3>{words.people.title}</h3>
      <p>{words.people.text}</p>
      <ul class="account-list">
        {list?.map((a) => (
          <Person key={a.id} account={a} act={change} show={(id) => change(makeLink(id).then(setLink))} />
        ))}
      </ul>
      {failure !== undefined && <p role="alert">{faultOf(failure)}</p>}
      <NewAccount made={change} />
      {link && <OnceSheet said={words.linkShown} once={link} onClose={() => setLink(null)} />}
    </section>
  );
}

interface PersonProps {
  account: Account;
  act: (done: Promise<unknown>) => void;
  show: (id: string) => void;
}

function Person({ account: a, act, show }: PersonProps) {
  const words = t.value.team;
  const [sure, setSure] = useState(false);
  const [writing, setWriting] = useState(false);
  const own = a.id === me.value?.id;
  return (
    <li class="person" data-testid="person" data-name={a.name}>
      <div>
        <strong>{a.name}</strong>
        <small>
          {[t.value.signin.role[a.role], own && words.you, !a.confirmed && words.unconfirmed].filter(Boolean).join(" · ")}
        </small>
        <small>{places(a.checkpoints)}</small>
        {(a.phone || a.email) && <small>{[a.phone, a.email].filter(Boolean).join(" · ")}</small>}
      </div>
      {sure ? (
        <div class="person-actions" role="alertdialog" aria-label={words.remove}>
          <p>{words.removeSure(a.name)}</p>
          <button type="button" class="button button-main" onClick={() => act(removeAccount(a.id))}>
            {words.remove}
          </button>
          <button type="button" class="button" onClick={() => setSure(false)}>
            {words.cancel}
          </button>
        </div>
      ) : (
        <div class="person-actions">
          {!a.confirmed && (
            <button type="button" class="button" onClick={() => act(changeAccount(a.id, { confirmed: true }))}>
              {words.confirm}
            </button>
          )}
          <button type="button" class="button" data-testid="addresses" onClick={() => setWriting(!writing)}>
            {words.addresses}
          </button>
          <button type="button" class="button" data-testid="make-link" onClick={() => show(a.id)}>
            {words.link}
          </button>
          {!own && (
            <button type="button" class="button" onClick={() => setSure(true)}>
              {words.remove}
            </button>
          )}
        </div>
      )}
      {writing && (
        <Addresses
          account={a}
          cancel={() => setWriting(false)}
          done={() => {
            setWriting(false);
            act(Promise.resolve());
          }}
        />
      )}
    </li>
  );
}

/** Where somebody may scan, by name. */
export function places(checkpoints: string[]): string {
  return checkpoints.map((c) => (c === "*" ? t.value.team.everywhere : checkpointName(c))).join(", ");
}

/** What to say of a request that failed. */
export function faultOf(err: unknown): string {
  const words = t.value.team;
  return err instanceof RequestFailed && err.status === 422 ? words.wrong(err.message) : words.failed;
}
