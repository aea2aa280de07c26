import { useState } from "preact/hooks";
import { type Role } from "../api";
import { t } from "../i18n";
import { checkpoints, me } from "../session";
import { asKept, createAccount, type AccountChange } from "../team/api";
import { Choice, Switch } from "../ui/choice";
import { faultOf } from "./team";

const offered = ["checker", "supervisor", "auditor", "admin", "holder"] as const satisfies readonly Role[];

/** Makes an account: closed at first, so that the list comes before the form. */
export function NewAccount({ made }: { made: () => void }) {
  const [open, setOpen] = useState(false);
  if (open)
    return (
      <Form
        done={() => {
          setOpen(false);
          made();
        }}
        cancel={() => setOpen(false)}
      />
    );
  return (
    <button type="button" class="button button-main" data-testid="add-person" onClick={() => setOpen(true)}>
      {t.value.team.add}
    </button>
  );
}

function Form({ done, cancel }: { done: () => void; cancel: () => void }) {
  const words = t.value.team;
  const [change, setChange] = useState<AccountChange>({ name: "", role: "checker", checkpoints: ["*"] });
  const [fault, setFault] = useState("");
  const set = (more: AccountChange) => setChange({ ...change, ...more });
  const send = async (e: Event) => {
    e.preventDefault();
    const organisation = me.value?.organisation?.id;
    try {
      await createAccount({ ...asKept(change), confirmed: true, ...(organisation && { organisation }) });
      done();
    } catch (err) {
      setFault(faultOf(err));
    }
  };
  return (
    <form class="form" onSubmit={(e) => void send(e)}>
      <Field label={words.name} value={change.name} testid="person-name" required onInput={(name) => set({ name })} />
      <Choice
        label={words.role}
        value={change.role ?? "checker"}
        options={offered.map((r) => ({ value: r, label: t.value.signin.role[r] }))}
        onChange={(role) => set({ role })}
      />
      <Field label={words.inn} value={change.inn} onInput={(inn) => set({ inn })} />
      <Field label={words.snils} value={change.snils} onInput={(snils) => set({ snils })} />
      <Field label={words.phone} value={change.phone} onInput={(phone) => set({ phone })} />
      <Field label={words.email} value={change.email} testid="person-email" onInput={(email) => set({ email })} />
      <Places chosen={change.checkpoints ?? []} choose={(chosen) => set({ checkpoints: chosen })} />
      {fault && <p role="alert">{fault}</p>}
      <button type="submit" class="button button-main" data-testid="create-person">
        {words.add}
      </button>
      <button type="button" class="button" onClick={cancel}>
        {words.cancel}
      </button>
    </form>
  );
}

interface FieldProps {
  label: string;
  value: string | undefined;
  onInput: (text: string) => void;
  required?: boolean;
  testid?: string;
}

/** A text that an account holds. */
export function Field({ label, value, onInput, required = false, testid }: FieldProps) {
  return (
    <label class="field">
      <span>{label}</span>
      <input
        type="text"
        autocomplete="off"
        maxLength={200}
        required={required}
        value={value ?? ""}
        data-testid={testid}
        onInput={(e) => onInput(e.currentTarget.value.trim() === "" ? "" : e.currentTarget.value)}
      />
    </label>
  );
}

/** Everywhere, or at some of the checkpoints. */
export function Places({ chosen, choose }: { chosen: string[]; choose: (chosen: string[]) => void }) {
  const words = t.value.team;
  const everywhere = chosen.includes("*");
  return (
    <fieldset class="places">
      <legend class="field-label">{words.places}</legend>
      <Switch label={words.everywhere} on={everywhere} onChange={(on) => choose(on ? ["*"] : [])} />
      {!everywhere &&
        checkpoints.value.map((c) => (
          <Switch
            key={c.id}
            label={c.name}
            on={chosen.includes(c.id)}
            onChange={(on) => choose(on ? [...chosen, c.id] : chosen.filter((id) => id !== c.id))}
          />
        ))}
    </fieldset>
  );
}
