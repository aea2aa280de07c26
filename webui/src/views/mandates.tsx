import { useEffect, useState } from "preact/hooks";
import { RequestFailed } from "../api";
import { date } from "../format";
import { t } from "../i18n";
import { exportPath, getMandates, removeMandate } from "../mandates/api";
import { asked, loadCapacities } from "../mandates/capacity";
import { endsSoon, type Mandate } from "../mandates/mandate";
import { me } from "../session";
import { Icon } from "../ui/icons";
import { Page } from "../ui/page";
import { Sheet } from "../ui/sheet";
import { MandateSheet } from "./mandate-details";
import { Upload } from "./mandate-upload";

const soonDays = 30;

/** Powers of attorney: bringing one in, one's own, and for who looks after an organisation, the organisation's. */
export function MandatesView() {
  const words = t.value.mandates;
  const who = me.value;
  const [list, setList] = useState<Mandate[] | "failed" | "off" | null>(null);
  const reload = async () => {
    await loadCapacities();
    setList(asked.value ? await getMandates().catch(() => "failed" as const) : "off");
  };
  useEffect(() => void reload(), []);
  if (!who) return null;
  const brings = who.role === "checker" || stewards(who.role);
  return (
    <Page title={words.title} className="mandates">
      <h2>{words.title}</h2>
      {list === "off" && (
        <p class="card" data-testid="mandates-off">
          {words.list.off} {who.demo && words.list.demoOff}
        </p>
      )}
      {Array.isArray(list) && who.demo && <p class="muted">{words.list.demoOn}</p>}
      {list === "failed" && (
        <p class="card" role="alert">
          {words.list.failed}
        </p>
      )}
      {brings && list !== "off" && list && <Bringing confirmed={who.confirmed} kept={() => void reload()} />}
      {Array.isArray(list) && (
        <>
          {brings && <Mine list={list.filter((m) => m.mine)} changed={() => void reload()} />}
          {who.role !== "checker" && who.organisation && (
            <Ours list={list.filter((m) => !m.mine || of(m, who))} changed={() => void reload()} />
          )}
        </>
      )}
    </Page>
  );
}

/** Who is not confirmed brings nothing in. */
function Bringing({ confirmed, kept }: { confirmed: boolean; kept: () => void }) {
  return confirmed ? <Upload kept={kept} /> : <p class="card">{t.value.mandates.list.unconfirmed}</p>;
}

const stewards = (role: string): boolean => role === "supervisor" || role === "admin";
const of = (m: Mandate, who: { organisation: { id: string } | null }): boolean =>
  m.organisation !== null && m.organisation.id === who.organisation?.id;

function Mine({ list, changed }: { list: Mandate[]; changed: () => void }) {
  const words = t.value.mandates.list;
  return (
    <section class="card mandates-part" data-testid="mandates-mine">
      <h3>{words.mine}</h3>
      {list.length === 0 ? <p class="muted">{words.mineNone}</p> : <List list={list} changed={changed} />}
    </section>
  );
}

/** The organisation's: who holds them, and which end soon. */
function Ours({ list, changed }: { list: Mandate[]; changed: () => void }) {
  const [only, setOnly] = useState(false);
  const words = t.value.mandates.list;
  const soon = list.filter((m) => endsSoon(m, Date.now(), soonDays));
  const shown = only ? soon : list;
  return (
    <section class="card mandates-part" data-testid="mandates-ours">
      <h3>{words.organisation}</h3>
      <div class="mandates-tools">
        <button type="button" class="chip" aria-pressed={!only} onClick={() => setOnly(false)}>
          {words.all}
        </button>
        <button type="button" class="chip" aria-pressed={only} data-testid="mandates-soon" onClick={() => setOnly(true)}>
          {words.soon(soon.length)}
        </button>
        {stewards(me.value?.role ?? "") && (
          <a class="button" href={exportPath} download="mandates.csv" data-testid="mandates-export">
            {words.export}
          </a>
        )}
      </div>
      {shown.length === 0 ? (
        <p class="muted">{only ? words.soonNone : words.organisationNone}</p>
      ) : (
        <List list={shown} changed={changed} />
      )}
    </section>
  );
}

function List({ list, changed }: { list: Mandate[]; changed: () => void }) {
  const [details, setDetails] = useState("");
  const [removing, setRemoving] = useState("");
  const words = t.value.mandates.list;
  return (
    <>
      <ul class="mandates-list">
        {list.map((m) => (
          <li key={m.number} data-testid="mandate" data-number={m.number} data-state={m.state}>
            <Line mandate={m} />
            <div class="mandates-actions">
              <button type="button" class="button" data-testid="mandate-show" onClick={() => setDetails(m.number)}>
                {words.show}
              </button>
              {me.value?.role !== "auditor" && (
                <button type="button" class="button" data-testid="mandate-remove" onClick={() => setRemoving(m.number)}>
                  {words.remove}
                </button>
              )}
            </div>
          </li>
        ))}
      </ul>
      {details && <MandateSheet number={details} onClose={() => setDetails("")} />}
      {removing && <Removal number={removing} changed={changed} close={() => setRemoving("")} />}
    </>
  );
}

function Line({ mandate: m }: { mandate: Mandate }) {
  const words = t.value.mandates;
  const holders = m.representatives.map((r) => r.name).filter(Boolean);
  const soon = endsSoon(m, Date.now(), soonDays);
  return (
    <div class="mandates-line">
      <strong>{m.organisation?.name || words.capacity.unknownOrganisation}</strong>
      {holders.length > 0 && (
        <span>
          {words.list.held}: {holders.join(", ")}
        </span>
      )}
      <span class={m.state !== "current" || soon ? "mandates-term mandates-warn" : "mandates-term"}>
        {(m.state !== "current" || soon) && <Icon name="warning" />}
        {termOf(m)}
      </span>
      {!m.proven && <span class="mandates-warn">{words.facts.unproven}</span>}
      <small>{m.number}</small>
    </div>
  );
}

function termOf(m: Mandate): string {
  const words = t.value.mandates.list;
  switch (m.state) {
    case "current":
      return words.until(date(t.value, m.validUntil));
    case "not_yet":
      return words.from(date(t.value, m.issuedOn));
    case "ended":
      return words.ended(date(t.value, m.validUntil));
  }
}

/** Asks once more before a mandate is forgotten. */
function Removal({ number, changed, close }: { number: string; changed: () => void; close: () => void }) {
  const [fault, setFault] = useState("");
  const words = t.value.mandates.list;
  const remove = () =>
    removeMandate(number).then(
      () => {
        close();
        changed();
      },
      (err: unknown) =>
        setFault(
          err instanceof RequestFailed && err.status === 403 ? words.removeNotYours : t.value.mandates.upload.failed,
        ),
    );
  return (
    <Sheet title={words.removeAsk.title} onClose={close}>
      <p>{words.removeAsk.text}</p>
      <p class="muted mandates-number">{number}</p>
      {fault && <p role="alert">{fault}</p>}
      <div class="mandates-actions">
        <button type="button" class="button" onClick={close}>
          {words.removeNo}
        </button>
        <button type="button" class="button button-main" data-testid="mandate-remove-yes" onClick={() => void remove()}>
          {words.removeYes}
        </button>
      </div>
    </Sheet>
  );
}
