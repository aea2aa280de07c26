import { signal } from "@preact/signals";
import { useEffect, useState } from "preact/hooks";
import { date } from "../format";
import { t } from "../i18n";
import { capacities, choose, chosen, loadCapacities } from "../mandates/capacity";
import type { Capacity } from "../mandates/mandate";
import { hashOf } from "../router";
import { Icon } from "../ui/icons";
import { Sheet } from "../ui/sheet";
import { MandateSheet } from "./mandate-details";

/** Whether the sheet that asks as whom to scan is open. */
export const capacityOpen = signal(false);

/** As whom to scan from the next code on. */
export function CapacitySheet() {
  if (!capacityOpen.value) return null;
  const close = () => {
    capacityOpen.value = false;
  };
  return (
    <Sheet title={t.value.mandates.capacity.title} onClose={close}>
      <CapacityList close={close} />
    </Sheet>
  );
}

/** Oneself and the organisations whose mandate one holds, each with what stands in its way. */
export function CapacityList({ close }: { close: () => void }) {
  const words = t.value.mandates;
  const [details, setDetails] = useState("");
  useEffect(() => void loadCapacities(), []);
  const list = capacities.value;
  const pick = (c: Capacity) => {
    choose({ mandate: c.mandate, name: c.organisation?.name ?? "" });
    close();
  };
  return (
    <section aria-label={words.capacity.title}>
      <ul class="capacities" data-testid="capacities">
        {list.map((c) => (
          <CapacityLine
            key={c.mandate}
            capacity={c}
            number={alike(list, c) ? c.mandate : ""}
            pick={() => pick(c)}
            details={() => setDetails(c.mandate)}
          />
        ))}
      </ul>
      {list.every((c) => !c.mandate) && <p class="muted capacity-none">{words.capacity.alone}</p>}
      <a class="button capacity-bring" href={hashOf({ view: "mandates" })} onClick={close}>
        <Icon name="mandate" />
        {words.capacity.bring}
      </a>
      {details && <MandateSheet number={details} onClose={() => setDetails("")} />}
    </section>
  );
}

/** Whether there is another mandate of the same organisation: then only the number tells them apart. */
const alike = (list: readonly Capacity[], c: Capacity): boolean =>
  c.mandate !== "" && list.filter((o) => o.mandate && o.organisation?.id === c.organisation?.id).length > 1;

interface LineProps {
  capacity: Capacity;
  number: string;
  pick: () => void;
  details: () => void;
}

function CapacityLine({ capacity, number, pick, details }: LineProps) {
  const words = t.value.mandates.capacity;
  const alone = capacity.capacity === "self";
  const name = alone ? words.self : capacity.organisation?.name || words.unknownOrganisation;
  const current = capacity.mandate === chosen.value.mandate;
  return (
    <li
      class={current ? "capacity capacity-current" : "capacity"}
      data-testid="capacity-line"
      data-usable={capacity.usable}
      data-reason={capacity.reason}
    >
      <button
        type="button"
        class="capacity-pick"
        aria-pressed={current}
        disabled={!capacity.usable}
        data-testid="capacity-pick"
        onClick={pick}
      >
        <span class="capacity-mark" aria-hidden="true">
          {current && <Icon name="check" />}
        </span>
        <span class="capacity-text">
          <strong>{name}</strong>
          <small>{note(capacity)}</small>
          {number && <small>{number}</small>}
        </span>
      </button>
      {!alone && (
        <button
          type="button"
          class="icon-button"
          aria-label={words.detailsOf(name)}
          data-testid="capacity-details"
          onClick={details}
        >
          <Icon name="chevron" />
        </button>
      )}
    </li>
  );
}

/** Until when it holds, or why it does not. */
function note({ capacity, usable, reason, validUntil }: Capacity): string {
  const words = t.value.mandates.capacity;
  if (!usable) return t.value.reasons[reason].text;
  return capacity === "self" ? words.selfNote : words.until(date(t.value, validUntil));
}
