import type { Check, ScanAnswer } from "../api";
import { clock, date, moment } from "../format";
import { lang, t } from "../i18n";
import { allClaims, documentName, type Fact } from "../model/facts";
import { mayNotAsk } from "../model/reason";
import { checkpointName } from "../session";
import { Icon } from "../ui/icons";
import { Sheet } from "../ui/sheet";
import { AuthorityDetails } from "./authority";
import { checkIcons, FactList } from "./facts";

interface DetailsProps {
  answer: ScanAnswer | null;
  about: "details" | "manual" | "supervisor";
  onClose: () => void;
}

/** The checks one by one, what the document says, and what to do next when the reason asks for it. */
export function VerdictDetails({ answer, about, onClose }: DetailsProps) {
  const words = t.value.details;
  const steps = about === "details" ? null : t.value.steps[about];
  return (
    <Sheet title={steps?.title ?? words.title} onClose={onClose} wide>
      {steps && (
        <ol class="steps">
          {steps.lines.map((line) => (
            <li key={line}>{line}</li>
          ))}
        </ol>
      )}
      {answer && <AnswerDetails answer={answer} />}
    </Sheet>
  );
}

function AnswerDetails({ answer }: { answer: ScanAnswer }) {
  const words = t.value.details;
  const checks = mayNotAsk(answer.reason) ? [] : answer.checks.filter((c) => worthTelling(answer, c));
  const claims = allClaims(t.value, answer);
  return (
    <>
      {answer.previous && (
        <div class="earlier">
          <strong>{t.value.verdict.earlier}</strong>
          <span>{moment(t.value, answer.previous.at)}</span>
          <span>
            {checkpointName(answer.previous.checkpoint)} · {t.value.verdict.passage(answer.previous.seq)}
          </span>
        </div>
      )}
      {checks.length > 0 && <h3>{words.checks}</h3>}
      <ul class="checks">
        {checks.map((c) => (
          <CheckLine key={c.check} check={c} />
        ))}
      </ul>
      {answer.authority && <AuthorityDetails authority={answer.authority} />}
      {unproven(answer) && <p class="muted">{t.value.verdict.unproven}</p>}
      {claims.length + holderFacts(answer).length > 0 && <h3>{words.facts}</h3>}
      <FactList facts={[...holderFacts(answer), ...claims]} />
      <FactList facts={circumstances(answer)} />
    </>
  );
}

/** Of a code that is no document only what was looked at. */
const worthTelling = (answer: ScanAnswer, c: Check): boolean => answer.kind !== "notice" || c.result !== "not_checked";

/** Nothing vouches for what the code says; where the checker was refused nobody has looked. */
const unproven = ({ document, kind, reason }: ScanAnswer): boolean =>
  !document && kind !== "notice" && !mayNotAsk(reason);

function CheckLine({ check }: { check: Check }) {
  return (
    <li class={`check check-${check.result}`}>
      <Icon name={checkIcons[check.result]} />
      <span class="check-name">
        {t.value.checks[check.check]}
        {check.detail && lang.value === "en" && <small>{check.detail}</small>}
      </span>
      <span class="check-result">{t.value.results[check.result]}</span>
    </li>
  );
}

function holderFacts({ holder }: ScanAnswer): Fact[] {
  const words = t.value.details;
  if (!holder) return [];
  const facts = [
    { label: words.holder, value: holder.name },
    { label: words.birthDate, value: holder.birthDate && date(t.value, holder.birthDate) },
    { label: words.documentNumber, value: holder.documentNumber },
  ];
  return facts.filter((f) => f.value !== "");
}

function circumstances(answer: ScanAnswer): Fact[] {
  const words = t.value.details;
  const when = (at: string) => (at ? moment(t.value, at) : "");
  return [
    { label: words.document, value: answer.document ? documentName(t.value, answer.document.type) : "" },
    { label: words.issuer, value: answer.issuer?.name || answer.issuer?.id || "" },
    { label: words.country, value: answer.issuer?.country ?? "" },
    { label: words.issuedAt, value: answer.document ? when(answer.issuedAt) : "" },
    { label: words.expiresAt, value: answer.document ? when(answer.expiresAt) : "" },
    { label: words.format, value: answer.format },
    { label: words.key, value: answer.issuer?.kid ?? "" },
    { label: words.checkpoint, value: checkpointName(answer.checkpoint) },
    { label: words.time, value: when(answer.at) },
    { label: words.scannedAt, value: answer.scannedAt ? clock(answer.scannedAt) : "" },
    { label: words.number, value: answer.seq ? t.value.verdict.passage(answer.seq) : "" },
    { label: "", value: answer.elapsedNs ? words.judgedIn((answer.elapsedNs / 1e6).toFixed(2)) : "" },
  ];
}
