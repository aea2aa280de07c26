import { useState } from "preact/hooks";
import { RequestFailed } from "../api";
import { t } from "../i18n";
import { bringMandate } from "../mandates/api";
import { failedCheck, type Mandate, type Report } from "../mandates/mandate";
import { Icon } from "../ui/icons";
import { Checks } from "./mandate-details";

type State =
  | { kind: "ready" }
  | { kind: "sending" }
  | { kind: "answered"; mandate: Mandate | null; report: Report }
  | { kind: "failed"; text: string };

/** Brings a mandate in: two files, chosen or dropped, and what each check says about them. */
export function Upload({ kept }: { kept: () => void }) {
  const [files, setFiles] = useState<File[]>([]);
  const [state, setState] = useState<State>({ kind: "ready" });
  const words = t.value.mandates.upload;
  const { file, signatures } = sorted(files);
  const add = (list: FileList | null | undefined) => {
    const more = [...(list ?? [])];
    const names = new Set(more.map((f) => f.name));
    setFiles([...files.filter((f) => !names.has(f.name) && !(more.some(isMandate) && isMandate(f))), ...more]);
    setState({ kind: "ready" });
  };
  const send = async (e: Event) => {
    e.preventDefault();
    if (!file || signatures.length === 0) return;
    setState({ kind: "sending" });
    try {
      const answer = await bringMandate(file, signatures);
      setState({ kind: "answered", ...answer });
      setFiles([]);
      if (answer.mandate) kept();
    } catch (err) {
      setState({ kind: "failed", text: problemText(err) });
    }
  };
  return (
    <section class="card mandates-part" data-testid="mandate-upload" data-state={state.kind}>
      <h3>{words.title}</h3>
      {state.kind === "answered" ? (
        <Answer answer={state} again={() => setState({ kind: "ready" })} />
      ) : (
        <form class="form" onSubmit={(e) => void send(e)}>
          <p>{words.text}</p>
          <Drop add={add} />
          {files.length > 0 && <Chosen file={file} signatures={signatures} />}
          {state.kind === "failed" && <p role="alert">{state.text}</p>}
          <button
            type="submit"
            class="button button-main"
            disabled={!file || signatures.length === 0 || state.kind === "sending"}
            data-testid="mandate-send"
          >
            {state.kind === "sending" ? words.sending : words.send}
          </button>
        </form>
      )}
    </section>
  );
}

const isMandate = (f: File): boolean => /\.xml$/i.test(f.name);

/** The mandate is the XML file; everything else that was chosen is a signature. */
function sorted(files: readonly File[]): { file: File | undefined; signatures: File[] } {
  return { file: files.find(isMandate), signatures: files.filter((f) => !isMandate(f)) };
}

function Drop({ add }: { add: (list: FileList | null | undefined) => void }) {
  const [over, setOver] = useState(false);
  const words = t.value.mandates.upload;
  return (
    <label
      class={over ? "drop drop-over" : "drop"}
      data-testid="mandate-drop"
      onDragOver={(e) => {
        e.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(e) => {
        e.preventDefault();
        setOver(false);
        add(e.dataTransfer?.files);
      }}
    >
      <Icon name="mandate" />
      <strong>{words.choose}</strong>
      <small>{words.drop}</small>
      <input
        type="file"
        multiple
        accept=".xml,.sig,.sgn,.p7s"
        class="visually-hidden"
        data-testid="mandate-files"
        onChange={(e) => {
          add(e.currentTarget.files);
          e.currentTarget.value = ""; // or the same file could not be chosen again
        }}
      />
    </label>
  );
}

function Chosen({ file, signatures }: { file: File | undefined; signatures: readonly File[] }) {
  const words = t.value.mandates.upload;
  return (
    <dl class="facts drop-files">
      <div>
        <dt>{words.file}</dt>
        <dd class={file ? "" : "muted"}>{file?.name ?? words.missingFile}</dd>
      </div>
      <div>
        <dt>{words.signature}</dt>
        <dd class={signatures.length ? "" : "muted"}>
          {signatures.map((s) => s.name).join(", ") || words.missingSignature}
        </dd>
      </div>
    </dl>
  );
}

/** What came of it: accepted, or the check that stood in the way, and all of them. */
function Answer({ answer, again }: { answer: { mandate: Mandate | null; report: Report }; again: () => void }) {
  const words = t.value.mandates;
  const { mandate, report } = answer;
  const failed = failedCheck(report);
  return (
    <div class="mandates-answer" data-testid="mandate-answer" data-stored={mandate !== null} data-reason={report.reason}>
      <p class={mandate ? "mandates-result mandates-kept" : "mandates-result mandates-refused"} role="status">
        <Icon name={mandate ? "check" : "cross"} />
        <strong>{mandate ? words.upload.kept.title : words.upload.refused}</strong>
      </p>
      {mandate ? (
        <p>
          {mandate.mine && <>{mandate.organisation?.name}. {words.upload.kept.text}</>}
        </p>
      ) : (
        <>
          <p>{failed ? `${words.refusal.failed}: ${words.checks[failed.check]}.` : t.value.reasons[report.reason].text}</p>
          <p>{words.upload.refusedNext}</p>
        </>
      )}
      <button type="button" class="button" data-testid="mandate-another" onClick={again}>
        {words.upload.another}
      </button>
      <Checks report={report} />
    </div>
  );
}

function problemText(err: unknown): string {
  const words = t.value.mandates.upload;
  switch (err instanceof RequestFailed ? err.status : 0) {
    case 413:
      return words.tooLarge;
    case 422:
      return words.conflict;
    case 429:
    case 503:
      return words.busy;
    default:
      return words.failed;
  }
}
