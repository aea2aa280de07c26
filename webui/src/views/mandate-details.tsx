import { useEffect, useState } from "preact/hooks";
import { date, moment } from "../format";
import { lang, t } from "../i18n";
import { getMandate } from "../mandates/api";
import type { Mandate, MandateCheck, Party, Report } from "../mandates/mandate";
import type { Fact } from "../model/facts";
import { place } from "../session";
import { Icon } from "../ui/icons";
import { Sheet } from "../ui/sheet";
import { checkIcons, FactList } from "./facts";

/** A mandate in full: on what the right rests, for how long, who signed, what the register says, each check. */
export function MandateSheet({ number, onClose }: { number: string; onClose: () => void }) {
  const [found, setFound] = useState<{ mandate: Mandate; report: Report } | "failed" | null>(null);
  useEffect(() => {
    getMandate(number, place.value.checkpoint).then(setFound, () => setFound("failed"));
  }, [number]);
  const words = t.value.mandates;
  return (
    <Sheet title={words.facts.title} onClose={onClose} wide>
      <div class="mandate" data-testid="mandate-details">
        {found === "failed" && <p role="alert">{words.list.failed}</p>}
        {found && found !== "failed" && <Whole mandate={found.mandate} report={found.report} />}
      </div>
    </Sheet>
  );
}

function Whole({ mandate, report }: { mandate: Mandate; report: Report }) {
  const words = t.value.mandates.facts;
  return (
    <>
      <h3 class="mandate-name">{mandate.organisation?.name || t.value.mandates.capacity.unknownOrganisation}</h3>
      {report.reason !== "ok" && report.reason !== "none" && (
        <p class="mandate-refusal" role="note">
          <Icon name="warning" />
          {t.value.reasons[report.reason].text}
        </p>
      )}
      {!mandate.proven && <p class="muted">{words.unproven}</p>}
      <FactList facts={documentFacts(mandate)} />
      <h3>{words.checks}</h3>
      <Checks report={report} />
      <Parties title={words.representatives} list={mandate.representatives} />
      <Powers mandate={mandate} />
      <Chain mandate={mandate} />
      <Parties title={words.passedBy} list={mandate.passedBy} />
      <Signers mandate={mandate} />
    </>
  );
}

function documentFacts(m: Mandate): Fact[] {
  const words = t.value.mandates;
  const registry = [words.registry[m.registry.state], m.registry.at && moment(t.value, m.registry.at)];
  return [
    { label: words.facts.until, value: date(t.value, m.validUntil) },
    { label: words.facts.issued, value: date(t.value, m.issuedOn) },
    { label: words.facts.ogrn, value: m.organisation?.ogrn ?? "" },
    { label: words.facts.inn, value: m.organisation?.inn ?? "" },
    { label: words.facts.number, value: m.number },
    { label: words.facts.internalNumber, value: m.internalNumber },
    { label: words.facts.registry, value: registry.filter(Boolean).join(", ") },
    { label: words.facts.joint, value: m.joint ? words.facts.jointYes : "" },
  ];
}

/** Each check of a mandate with its result, and what about it failed. */
export function Checks({ report }: { report: Report }) {
  return (
    <ul class="checks" data-testid="mandate-checks">
      {report.checks.map((c) => (
        <li key={c.check} class={`check check-${c.result}`} data-check={c.check} data-result={c.result}>
          <Icon name={checkIcons[c.result]} />
          <span class="check-name">
            {t.value.mandates.checks[c.check]}
            {c.result !== "pass" && whatFailed(c) && <small>{whatFailed(c)}</small>}
          </span>
          <span class="check-result">{t.value.results[c.result]}</span>
        </li>
      ))}
    </ul>
  );
}

/** What about a check failed, in words; the gateway's own, which are English, only where there are no others. */
export function whatFailed(c: MandateCheck): string {
  return t.value.mandates.codes[c.code] ?? (lang.value === "en" ? c.detail : "");
}

function Parties({ title, list }: { title: string; list: readonly Party[] }) {
  const words = t.value.mandates.facts;
  if (list.length === 0) return null;
  return (
    <>
      <h3>{title}</h3>
      <ul class="mandate-list">
        {list.map((p, i) => (
          <li key={i}>
            <strong>{p.name}</strong>
            {p.position && <span>{p.position}</span>}
            {p.inn && (
              <span>
                {words.inn}: {p.inn}
              </span>
            )}
          </li>
        ))}
      </ul>
    </>
  );
}

function Powers({ mandate: { powers, powersText } }: { mandate: Mandate }) {
  if (powers.length === 0 && !powersText) return null;
  return (
    <>
      <h3>{t.value.mandates.facts.powers}</h3>
      <ul class="mandate-list">
        {powers.map((p) => (
          <li key={p.code}>
            <strong>{p.name || p.code}</strong>
            {p.name && <span>{p.code}</span>}
            {p.limits.map((l) => (
              <span key={l}>{l}</span>
            ))}
          </li>
        ))}
        {powersText && <li>{powersText}</li>}
      </ul>
    </>
  );
}

function Chain({ mandate: { chain } }: { mandate: Mandate }) {
  const words = t.value.mandates.facts;
  if (chain.length === 0) return null;
  return (
    <>
      <h3>{words.chain}</h3>
      <ul class="mandate-list">
        {chain.map((l, i) => (
          <li key={l.number}>
            <strong>{i === chain.length - 1 ? words.original : words.above}</strong>
            <span>{l.number}</span>
            <span>{l.known ? `${words.until}: ${date(t.value, l.validUntil)}` : words.missing}</span>
          </li>
        ))}
      </ul>
    </>
  );
}

function Signers({ mandate: { signers } }: { mandate: Mandate }) {
  const words = t.value.mandates.facts;
  if (signers.length === 0) return null;
  return (
    <>
      <h3>{words.signers}</h3>
      <ul class="mandate-list">
        {signers.map((s, i) => (
          <li key={i}>
            <strong>{s.name}</strong>
            <span>{[s.title, s.organisation].filter(Boolean).join(", ")}</span>
            <span>
              {words.signed}: {moment(t.value, s.signedAt)}
            </span>
            <span>
              {words.certificate}: {date(t.value, s.certificateEndsAt)}
            </span>
          </li>
        ))}
      </ul>
    </>
  );
}
