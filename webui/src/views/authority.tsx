import { t } from "../i18n";
import { chooseSelf, chosen } from "../mandates/capacity";
import { failedCheck, type Authority } from "../mandates/mandate";
import type { Fact } from "../model/facts";
import { mayNotAsk } from "../model/reason";
import { currentCheckpoint } from "../session";
import { FactList } from "./facts";
import { Checks, whatFailed } from "./mandate-details";

/** At a refusal: for whom was asked, and which check stood in the way. */
export function AuthorityRefusal({ authority }: { authority: Authority }) {
  const words = t.value.mandates;
  const failed = failedCheck(authority);
  return (
    <div class="refusal" data-testid="authority" data-check={failed?.check ?? ""} data-code={failed?.code ?? ""}>
      <p class="refusal-label">{words.refusal.asked}</p>
      <p class={asWhom(authority) === authority.mandate ? "refusal-number" : "refusal-who"}>{asWhom(authority)}</p>
      {failed && (
        <>
          <p class="refusal-label">{words.refusal.failed}</p>
          <p class="refusal-check">{words.checks[failed.check]}</p>
          {whatFailed(failed) && <p>{whatFailed(failed)}</p>}
        </>
      )}
    </div>
  );
}

/** As whom somebody scanned: as what was chosen, where the mandate no longer tells; of somebody else's only its number. */
function asWhom({ capacity, organisation, mandate }: Authority): string {
  if (capacity === "self") return t.value.mandates.capacity.self;
  return organisation?.name || (chosen.value.mandate === mandate && chosen.value.name) || mandate;
}

/** The second remedy: as a private person, ready for the next code. */
export function SelfRemedy({ authority, done }: { authority: Authority; done: () => void }) {
  // Where that is what was refused, or only organisations may ask, it would help nobody.
  if (authority.capacity === "self" || currentCheckpoint()?.asks === "organisation") return null;
  return (
    <button
      type="button"
      class="verdict-button verdict-self"
      data-testid="as-self"
      onClick={(e) => {
        e.stopPropagation();
        chooseSelf();
        done();
      }}
    >
      {t.value.mandates.refusal.self}
    </button>
  );
}

/** In the details of an answer: as whom was asked, under which mandate, and its checks. */
export function AuthorityDetails({ authority }: { authority: Authority }) {
  const words = t.value.mandates.facts;
  const facts: Fact[] = [
    { label: words.asWhom, value: asWhom(authority) },
    { label: words.ogrn, value: authority.organisation?.ogrn ?? "" },
    { label: words.number, value: authority.mandate },
  ];
  return (
    <>
      <h3>{words.authority}</h3>
      <FactList facts={facts} />
      {authority.checks.length > 0 && <Checks report={authority} />}
      {mayNotAsk(authority.reason) && <p>{t.value.reasons[authority.reason].text}</p>}
    </>
  );
}
