import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { RequestFailed, type Passage } from "../api";
import { clock } from "../format";
import { t } from "../i18n";
import { parseReason, type Reason } from "../model/reason";
import { newNonce, override, type Deciding, type Target } from "../overview/api";
import { classesFor, instead } from "../overview/model";
import { checkpointName, me } from "../session";
import { Choice } from "../ui/choice";
import { Shape } from "../ui/shapes";
import { Sheet } from "../ui/sheet";
import "../styles/overview.css";

const longestNote = 200; // characters, the gateway's own bound

/** Whether whoever is signed in may set decisions aside. */
export const mayOverride = (): boolean =>
  me.value?.confirmed === true && (me.value.role === "supervisor" || me.value.role === "admin");

interface OverrideProps {
  of: Target;
  onClose: (recorded: Passage | null) => void;
}

/** A person decides against the gateway: what, why, and then it is recorded. */
export function OverrideSheet({ of, onClose }: OverrideProps) {
  const words = t.value.overview.override;
  const [recorded, setRecorded] = useState<Passage | null>(null);
  return (
    <Sheet title={words.title} onClose={() => onClose(recorded)} wide>
      {recorded ? <Done recorded={recorded} onClose={() => onClose(recorded)} /> : <Form of={of} done={setRecorded} />}
    </Sheet>
  );
}

function Done({ recorded, onClose }: { recorded: Passage; onClose: () => void }) {
  const words = t.value.overview.override;
  const decision = recorded.decision === "admit" ? "admit" : "deny";
  return (
    <div class="override-done" role="status" data-testid="override-done" data-decision={decision}>
      <Shape tone={decision} />
      <p>
        <strong>{words.done[decision]}</strong>
        <span>{words.passage(String(recorded.seq))}</span>
      </p>
      <button type="button" class="button button-main" data-testid="override-close" onClick={onClose}>
        {words.close}
      </button>
    </div>
  );
}

function Form({ of, done }: { of: Target; done: (recorded: Passage) => void }) {
  const words = t.value.overview.override;
  const { d, change, fault, objection, busy, send } = useDeciding(of, done);
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (objection || fault) button.current?.scrollIntoView({ block: "end" }); // with what is said above it
  }, [objection, fault]);
  return (
    <form class="form override-form" onSubmit={(e) => void send(e)} data-testid="override-form">
      <Subject of={of} />
      {instead(of.decision).length > 1 && (
        <Choice
          label={words.decision}
          value={d.decision}
          options={instead(of.decision).map((v) => ({ value: v, label: words.decide[v] }))}
          onChange={(decision) => change({ decision, reason: classesFor[decision][0]! })}
        />
      )}
      <Choice
        label={words.reason}
        value={d.reason}
        options={classesFor[d.decision].map((c) => ({ value: c, label: t.value.overview.classes[c] }))}
        onChange={(reason) => change({ reason })}
      />
      <Note value={d.note} required={d.reason === "other"} onInput={(note) => change({ note })} />
      {objection && (
        <p class="override-objection" role="alert" data-testid="objection">
          {words.despite} <b>{t.value.reasons[objection].text}</b>
        </p>
      )}
      {fault && <p role="alert">{fault}</p>}
      <button ref={button} class="button button-main button-large" disabled={busy} data-testid="override-send">
        {objection ? words.sendDespite : words.send[d.decision]}
      </button>
      <p class="muted">{words.recorded}</p>
    </form>
  );
}

/** A decision in the making: what it is so far, what stands against it, and how it is sent. */
function useDeciding(of: Target, done: (recorded: Passage) => void) {
  const first = instead(of.decision)[0] ?? "admit";
  const nonce = useMemo(newNonce, []);
  const empty: Deciding = { decision: first, reason: classesFor[first][0]!, note: "", despite: [], nonce };
  const [d, setD] = useState(empty);
  const [fault, setFault] = useState("");
  const [objection, setObjection] = useState<Reason | null>(null);
  const [busy, setBusy] = useState(false);
  const change = (more: Partial<Deciding>) => {
    setD({ ...d, ...more });
    setFault("");
  };
  const send = async (e: Event) => {
    e.preventDefault();
    if (d.reason === "other" && d.note.trim() === "") return setFault(t.value.overview.override.noteNeeded);
    setBusy(true);
    const asked = objection ? { ...d, despite: [...d.despite, objection] } : d;
    setD(asked);
    try {
      done(await override(of, asked));
    } catch (err) {
      const against = err instanceof RequestFailed && err.code === "override_objected" ? parseReason(err.reason) : null;
      setObjection(against);
      setFault(against ? "" : faultOf(err));
    }
    setBusy(false);
  };
  return { d, change, fault, objection, busy, send };
}

/** Whom it is about, as far as anybody knows. */
function Subject({ of }: { of: Target }) {
  return (
    <div class="override-of">
      <Shape tone={of.decision} />
      <p>
        <b>{of.reason === "none" ? "" : t.value.reasons[of.reason].text}</b>
        <span>
          {[clock(of.at), checkpointName(of.checkpoint), t.value.verdict.passage(of.seq)].filter(Boolean).join(" · ")}
        </span>
      </p>
    </div>
  );
}

function Note({ value, required, onInput }: { value: string; required: boolean; onInput: (text: string) => void }) {
  const words = t.value.overview.override;
  return (
    <label class="field">
      <span>{words.note}</span>
      <input
        type="text"
        autocomplete="off"
        maxLength={longestNote}
        required={required}
        value={value}
        data-testid="override-note"
        onInput={(e) => onInput(e.currentTarget.value)}
      />
      <small>{words.noteText}</small>
    </label>
  );
}

/** What to say of a decision that was not recorded. */
function faultOf(err: unknown): string {
  const words = t.value.overview.override;
  const code = err instanceof RequestFailed ? err.code : "";
  switch (code) {
    case "already_overridden":
    case "nonce_reused":
      return words.already;
    case "override_too_late":
      return words.late;
    case "override_refused":
      return words.refused;
    case "forbidden":
    case "checker_not_confirmed":
      return words.forbidden;
    case "not_found":
      return words.gone;
    default:
      return words.failed;
  }
}
