import { useState } from "preact/hooks";
import { t } from "../i18n";
import { asKept, changeAccount, type Account } from "../team/api";
import { Field } from "./new-account";
import { faultOf } from "./team";

/** Where codes for signing in reach somebody. */
export function Addresses({ account, done, cancel }: { account: Account; done: () => void; cancel: () => void }) {
  const words = t.value.team;
  const [phone, setPhone] = useState(account.phone);
  const [email, setEmail] = useState(account.email);
  const [fault, setFault] = useState("");
  const save = async (e: Event) => {
    e.preventDefault();
    try {
      await changeAccount(account.id, asKept({ phone, email }));
      done();
    } catch (err) {
      setFault(faultOf(err));
    }
  };
  return (
    <form class="form" onSubmit={(e) => void save(e)}>
      <Field label={words.phone} value={phone} testid="own-phone" onInput={setPhone} />
      <Field label={words.email} value={email} testid="own-email" onInput={setEmail} />
      {fault && <p role="alert">{fault}</p>}
      <button type="submit" class="button button-main" data-testid="save-addresses">
        {words.save}
      </button>
      <button type="button" class="button" onClick={cancel}>
        {words.cancel}
      </button>
    </form>
  );
}
