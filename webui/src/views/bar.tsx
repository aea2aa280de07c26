import { useEffect, useState } from "preact/hooks";
import { age } from "../format";
import { t } from "../i18n";
import { capacityName } from "../mandates/capacity";
import { checkpointName, place, reachable } from "../session";
import { link, lists } from "../station";
import { Icon } from "../ui/icons";
import { MenuButton } from "../ui/menu";
import { placeOpen } from "./place";

const agingListsS = 3600; // from here on worth a line also on a narrow screen
const oldListsS = 24 * 3600; // and from here on worth a warning
const tellAgeEveryMs = 10_000;

/** One thin bar: where and in whose name, the connection and the age of the lists. Offline it turns to hold. */
export function Bar() {
  const waiting = link.value.waiting;
  const offline = link.value.state === "offline" || !reachable.value;
  const words = t.value.bar;
  return (
    <header class={offline || waiting > 0 ? "bar bar-hold" : "bar"} data-testid="bar" data-link={link.value.state}>
      <MenuButton />
      <button
        type="button"
        class="bar-place"
        aria-haspopup="dialog"
        aria-label={`${words.change}: ${whereAndWho()}`}
        onClick={() => {
          placeOpen.value = true;
        }}
      >
        <span class="bar-where">{checkpointName(place.value.checkpoint) || words.checkpoint}</span>
        <span class="bar-capacity">
          <b class="bar-direction">
            <Icon name={place.value.direction === "entry" ? "entry" : "exit"} />
            {words.direction[place.value.direction]}
          </b>
          <span class="bar-who" data-testid="capacity">
            {capacityName.value}
          </span>
        </span>
      </button>
      <Connection offline={offline} waiting={waiting} />
      {waiting > 0 && (
        <p class="bar-waiting" role="status" data-testid="waiting" data-waiting={waiting}>
          {words.waiting(waiting)}
          {!link.value.durable && <small>{words.notDurable}</small>}
        </p>
      )}
    </header>
  );
}

/** Checkpoint, direction, and in whose name. */
function whereAndWho(): string {
  const { checkpoint, direction } = place.value;
  return [checkpointName(checkpoint), t.value.bar.direction[direction], capacityName.value].join(", ");
}

/** A dot, a word and, when the lists are known, their age. */
function Connection({ offline, waiting }: { offline: boolean; waiting: number }) {
  const now = useNow(tellAgeEveryMs);
  const words = t.value.bar;
  const state = offline ? "offline" : link.value.state;
  const listAge = ageOfLists(now);
  const stale = listAge !== null && listAge > oldListsS;
  return (
    <p
      class={`bar-link bar-link-${state === "online" && stale ? "stale" : state}`}
      role="status"
      data-testid="connection"
    >
      <span class="bar-state">
        <span class="dot" aria-hidden="true" />
        {stateWord(state)}
      </span>
      {waiting === 0 && listAge !== null && (
        <span class={listAge < agingListsS ? "bar-more bar-spare" : "bar-more"}>
          {words.lists(age(t.value, listAge))}
        </span>
      )}
      {stale && <Icon name="warning" />}
    </p>
  );
}

function stateWord(state: "connecting" | "online" | "offline" | "signed_out"): string {
  const words = t.value.bar;
  switch (state) {
    case "connecting":
      return words.connecting;
    case "online":
      return words.online;
    case "offline":
      return words.offline;
    case "signed_out":
      return words.signedOut;
  }
}

/** Age in seconds of the older of the two lists; null before the gateway has told it. */
function ageOfLists(now: number): number | null {
  const told = lists.value;
  if (!told) return null;
  return Math.max(told.lists.trustAgeS, told.lists.statusAgeS) + Math.max(0, now - told.at) / 1000;
}

/** The time of day, renewed every so many milliseconds. */
export function useNow(everyMs: number): number {
  const [now, set] = useState(Date.now());
  useEffect(() => {
    const id = setInterval(() => set(Date.now()), everyMs);
    return () => clearInterval(id);
  }, [everyMs]);
  return now;
}
