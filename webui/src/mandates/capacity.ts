// In which capacity this device scans: as a private person, or for an organisation whose mandate the person holds.
// What is remembered is only the wish; the gateway judges the mandate anew at each scan.

import { computed, effect, signal } from "@preact/signals";
import { obj, str } from "../json";
import { me, place } from "../session";
import { kept, read, write } from "../settings";
import { t } from "../i18n";
import { getCapacities } from "./api";
import type { Capacity } from "./mandate";

const key = "vratar.capacity";

/** The chosen mandate and its organisation's name; both empty: as a private person. */
export interface Chosen {
  mandate: string;
  name: string;
}

const self: Chosen = { mandate: "", name: "" };

/** As whom this device scans, from the next code on. */
export const chosen = signal<Chosen>(remembered());
/** As whom the person could scan here; empty where nobody is asked, or before the gateway has told it. */
export const capacities = signal<Capacity[]>([]);
/** Whether the gateway asks in which capacity somebody scans; remembered for a start with the gateway out of reach. */
const asking = kept<"yes" | "no">("vratar.asked", ["yes", "no"], "no");
export const asked = computed(() => asking.value === "yes");
/** In whose name this device scans, for the screen. */
export const capacityName = computed(() => {
  const { mandate, name } = chosen.value;
  if (mandate) return name || t.value.mandates.capacity.unknownOrganisation;
  return (!asked.value && me.value?.organisation?.name) || t.value.bar.asSelf;
});

function remembered(): Chosen {
  try {
    const o = obj(JSON.parse(read(key) ?? "null"));
    return { mandate: str(o?.["mandate"]), name: str(o?.["name"]) };
  } catch {
    return self;
  }
}

/** Scans in this capacity from the next code on, also after the page was closed. */
export function choose(to: Chosen): void {
  chosen.value = to;
  write(key, to.mandate && JSON.stringify(to));
}

/** Scans as a private person from the next code on. */
export const chooseSelf = (): void => choose(self);

/** Asks as whom the person may scan here; out of reach what was known stands. */
export async function loadCapacities(): Promise<void> {
  const who = me.value;
  if (!who || who.role === "holder") return; // holders scan nobody
  const list = await getCapacities(place.value.checkpoint).catch(() => null);
  if (!list || me.value !== who) return;
  capacities.value = list;
  asking.value = list.length > 0 ? "yes" : "no";
  const mine = list.find((c) => c.mandate === chosen.value.mandate);
  if (!mine) chooseSelf(); // somebody else's choice, or the mandate is no longer kept
  else if (mine.organisation) choose({ mandate: mine.mandate, name: mine.organisation.name });
}

/** Keeps the list in step with who is signed in and where this device stands; returns the function that stops it. */
export function followCapacities(): () => void {
  return effect(() => {
    const here = place.value.checkpoint;
    if (me.value && here) void loadCapacities();
    else if (me.value === null) capacities.value = [];
  });
}
