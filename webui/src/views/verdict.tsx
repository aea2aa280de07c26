import { useEffect, useState } from "preact/hooks";
import type { ScanAnswer } from "../api";
import { clock, date } from "../format";
import { t } from "../i18n";
import { factsOf, isFaulty, noticeText } from "../model/facts";
import { mayNotAsk, nextStep, type NextStep, type Reason } from "../model/reason";
import { faceOf, type Shown, type Tone } from "../model/screen";
import { go } from "../router";
import { checkpointName, currentCheckpoint } from "../session";
import { dismiss, keep, markPainted, showing, type Showing } from "../station";
import { Icon } from "../ui/icons";
import { Shape } from "../ui/shapes";
import { VerdictDetails } from "./details";
import { AuthorityRefusal, SelfRemedy } from "./authority";
import { capacityOpen } from "./capacity";
import { mayOverride, OverrideSheet } from "./override";

/** The verdict over the whole screen, and its words for those who hear instead of see. */
export function Verdict() {
  const now = showing.value;
  return (
    <>
      <div class="visually-hidden" role="status" aria-live="assertive" data-testid="announcement">
        {now && announcement(now.shown)}
      </div>
      {now && <VerdictScreen key={now.shown.scan.ref + now.shown.kind} showing={now} />}
    </>
  );
}

/** The one sentence a screen reader says. */
function announcement(shown: Shown): string {
  const { tone, reason } = faceOf(shown);
  const notice = shown.kind === "answer" && shown.answer.kind === "notice";
  const said = notice
    ? noticeText(t.value, shown.answer.document?.type ?? "")
    : reason && reason !== "ok"
      ? t.value.reasons[reason].text
      : "";
  const name = shown.kind === "answer" ? (shown.answer.holder?.name ?? "") : "";
  return [wordOf(shown, tone), said, name].filter(Boolean).join(". ");
}

function wordOf(shown: Shown, tone: Tone): string {
  const words = t.value.verdict;
  return shown.kind === "queued" || shown.kind === "lost" ? words.notChecked : words.words[tone];
}

export function VerdictScreen({ showing: { shown, ms, keptByHand } }: { showing: Showing }) {
  const [open, setOpen] = useState<Open>("");
  const { tone, decision, reason } = faceOf(shown);
  const answer = shown.kind === "answer" ? shown.answer : null;
  useEffect(() => markPainted(shown), [shown]);
  const act = (step: Step) => {
    switch (step) {
      case "rescan":
        return dismiss();
      case "details":
      case "manual":
      case "supervisor":
      case "override":
        keep();
        return setOpen(step);
      case "capacity":
        dismiss();
        capacityOpen.value = true;
        return;
      case "signin":
        dismiss();
        return go({ view: "signin", code: "" });
    }
  };
  return (
    <section
      class={`verdict tone-${tone}`}
      aria-label={wordOf(shown, tone)}
      data-testid="verdict"
      data-decision={decision}
      data-reason={reason}
      data-outcome={answer?.outcome ?? ""}
      data-seq={answer?.seq ?? ""}
      data-state={shown.kind}
      data-tone={tone}
      onClick={keep}
    >
      {!keptByHand && <Countdown ms={ms} />}
      <div class="verdict-face">
        <Shape tone={tone} />
        <div>
          <p class="verdict-word">{wordOf(shown, tone)}</p>
          <Sentence shown={shown} reason={reason} />
        </div>
      </div>
      <div class="verdict-facts" tabIndex={0}>
        {shown.kind === "answer" && <Lines shown={shown} />}
      </div>
      <Foot shown={shown} reason={reason} keptByHand={keptByHand} act={act} />
      {open === "override" && answer && (
        <OverrideSheet
          of={answer}
          onClose={(recorded) => {
            setOpen("");
            if (recorded) dismiss();
          }}
        />
      )}
      {open && open !== "override" && <VerdictDetails answer={answer} about={open} onClose={() => setOpen("")} />}
    </section>
  );
}

const sameDayMs = 12 * 3600 * 1000; // further back the time of day alone would mislead

/** What a button of the verdict does. */
type Step = NextStep | "override";

type Open = "" | "details" | "manual" | "supervisor" | "override";

/** A code that is a credential and was refused or held, on record: somebody may decide otherwise. */
const mayBeOtherwise = ({ decision, kind, stage, seq }: ScanAnswer): boolean =>
  decision !== "admit" && kind !== "notice" && stage !== "decode" && seq > 0;

/** A thin line that runs out; animated in the style sheet by the length given here. */
function Countdown({ ms }: { ms: number }) {
  return <div class="countdown" aria-hidden="true" ref={(el) => el?.style.setProperty("--ms", `${ms}ms`)} />;
}

function Sentence({ shown, reason }: { shown: Shown; reason: Reason | "" }) {
  const words = t.value.verdict;
  switch (shown.kind) {
    case "queued":
      return <p class="verdict-sentence">{words.notCheckedText}</p>;
    case "lost":
      return <p class="verdict-sentence">{words.lostText}</p>;
    case "problem":
      return <p class="verdict-sentence">{reason && t.value.reasons[reason].text}</p>;
    case "answer":
      if (shown.answer.kind === "notice") return <Notice answer={shown.answer} />;
      if (!reason || reason === "ok") return null;
      return <p class="verdict-sentence">{t.value.reasons[reason].text}</p>;
  }
}

/** What a code is that is no document, and whether it is put together as it should be. */
function Notice({ answer }: { answer: ScanAnswer }) {
  return (
    <p class="verdict-sentence" data-testid="notice">
      {noticeText(t.value, answer.document?.type ?? "")}
      {isFaulty(answer) && <> {t.value.verdict.faulty}</>}
    </p>
  );
}

/** Who and what in two lines, then the term, then what nobody has established. */
function Lines({ shown }: { shown: Extract<Shown, { kind: "answer" }> }) {
  const { answer } = shown;
  if (answer.authority && mayNotAsk(answer.reason)) return <AuthorityRefusal authority={answer.authority} />;
  const facts = factsOf(t.value, answer, Date.now());
  const said = answer.decision === "admit" || answer.kind === "notice"; // a refusal is not read for its seat number
  return (
    <>
      {answer.previous && <Before previous={answer.previous} />}
      {facts.name && <p class="verdict-name">{facts.name}</p>}
      {facts.document && <p class="verdict-what">{facts.document}</p>}
      {facts.issuer && <p class="verdict-issuer">{facts.issuer}</p>}
      {facts.term && <p class="verdict-term">{facts.term}</p>}
      {fromHolder(answer) && (
        <p class="verdict-holder">
          <Icon name="check" />
          {t.value.verdict.fromHolder}
        </p>
      )}
      {onlyStatus(answer) && <p class="verdict-status-only">{t.value.mandates.statusOnly}</p>}
      {said && facts.claims.length > 0 && (
        <dl class={answer.kind === "notice" ? "verdict-claims verdict-rows" : "verdict-claims"}>
          {facts.claims.map((c) => (
            <div key={c.label}>
              <dt>{c.label}</dt>
              <dd>{c.value}</dd>
            </div>
          ))}
        </dl>
      )}
    </>
  );
}

/** Nothing of the document is told but that it is in force: the checker asks as a private person. */
function onlyStatus({ authority, kind, document, holder }: ScanAnswer): boolean {
  if (authority?.capacity !== "self" || kind === "notice" || !document) return false;
  return !holder && Object.keys(document.claims).length === 0;
}

/** The code was made by the device the document belongs to, just now. */
function fromHolder({ decision, checks }: ScanAnswer): boolean {
  return decision === "admit" && checks.some((c) => c.check === "holder" && c.result === "pass");
}

/** Already admitted: when and where, large, since that is what the argument at the gate is about. */
function Before({ previous }: { previous: NonNullable<Extract<Shown, { kind: "answer" }>["answer"]["previous"]> }) {
  return (
    <div class="verdict-before" data-testid="previous">
      <span class="verdict-before-label">{t.value.verdict.earlier}</span>
      <span class="verdict-before-time">{clock(previous.at)}</span>
      {Date.now() - Date.parse(previous.at) > sameDayMs && <span>{date(t.value, previous.at)}</span>}
      <span class="verdict-before-place">{checkpointName(previous.checkpoint)}</span>
    </div>
  );
}

interface FootProps {
  shown: Shown;
  reason: Reason | "";
  keptByHand: boolean;
  act: (step: Step) => void;
}

/** Who answers for the place decides himself; everybody else calls him. */
function Otherwise({ next, press }: { next: NextStep; press: (step: Step) => (e: Event) => void }) {
  const words = t.value.overview;
  const step = mayOverride() ? "override" : "supervisor";
  if (step === next) return null; // said already
  if (step === "supervisor" && next === "capacity") return null; // who may not ask chooses as whom he does
  const testid = step === "override" ? "override" : "call-supervisor";
  return (
    <button type="button" class="verdict-button verdict-decide" data-testid={testid} onClick={press(step)}>
      {step === "override" ? words.override.button : words.call}
    </button>
  );
}

function Foot({ shown, reason, keptByHand, act }: FootProps) {
  const words = t.value.verdict;
  const answer = shown.kind === "answer" ? shown.answer : null;
  const refused = reason !== "" && reason !== "ok";
  const open = answer && answer.decision !== "deny" && answer.notEstablished.length > 0 ? answer : null;
  const where = checkpointName(answer?.checkpoint ?? "") || currentCheckpoint()?.name || "";
  const press = (step: Step) => (e: Event) => {
    e.stopPropagation();
    act(step);
  };
  return (
    <footer class="verdict-foot">
      {open && (
        <p class="verdict-open">
          <Icon name="warning" />
          <span>
            {words.notEstablished} {open.notEstablished.map((n) => words.established[n]).join("; ")}
          </span>
        </p>
      )}
      <div class="verdict-actions">
        {refused && (
          <button
            type="button"
            class="verdict-button verdict-next"
            data-testid="next-step"
            onClick={press(nextStep[reason])}
          >
            {t.value.reasons[reason].next}
          </button>
        )}
        {answer?.authority && nextStep[answer.reason] === "capacity" && (
          <SelfRemedy authority={answer.authority} done={() => act("rescan")} />
        )}
        {answer && mayBeOtherwise(answer) && <Otherwise next={refused ? nextStep[reason] : "details"} press={press} />}
        {answer && (!refused || nextStep[reason] !== "details") && (
          <button type="button" class="verdict-button" data-testid="details" onClick={press("details")}>
            {words.details}
          </button>
        )}
        {keptByHand && (
          <button type="button" class="verdict-button" data-testid="dismiss" onClick={press("rescan")}>
            {words.next}
          </button>
        )}
      </div>
      <p class="verdict-print">
        <span>{clock(answer?.at || shown.scan.scannedAt)}</span>
        {where && <span>{where}</span>}
        {answer && answer.seq > 0 && <span>{words.passage(answer.seq)}</span>}
        {answer?.replayed && <span>{words.replayed}</span>}
        <span class="verdict-keep">{keptByHand ? words.kept : words.tapKeeps}</span>
      </p>
    </footer>
  );
}
