import { signal } from "@preact/signals";
import { t } from "../i18n";
import { asked, capacityName } from "../mandates/capacity";
import { checkpoints, place, setPlace } from "../session";
import { movePlace } from "../station";
import { Choice } from "../ui/choice";
import { Sheet } from "../ui/sheet";
import { CapacityList } from "./capacity";

/** Whether the sheet with checkpoint, direction and capacity is open. */
export const placeOpen = signal(false);

/** Where this device stands and in whose name it asks. */
export function Place() {
  if (!placeOpen.value) return null;
  const words = t.value.place;
  const close = () => {
    placeOpen.value = false;
  };
  const move = (checkpoint: string, direction: "entry" | "exit") => {
    setPlace(checkpoint, direction);
    movePlace();
  };
  const { checkpoint, direction } = place.value;
  return (
    <Sheet title={words.title} onClose={close}>
      {checkpoints.value.length === 0 ? (
        <p class="muted">{words.none}</p>
      ) : (
        <Choice
          label={words.checkpoint}
          value={checkpoint}
          options={checkpoints.value.map((c) => ({ value: c.id, label: c.name }))}
          onChange={(id) => move(id, direction)}
        />
      )}
      <Choice
        label={words.direction}
        value={direction}
        options={(["entry", "exit"] as const).map((d) => ({ value: d, label: t.value.bar.direction[d] }))}
        onChange={(d) => move(checkpoint, d)}
      />
      {asked.value ? (
        <div>
          <p class="field-label">{t.value.mandates.capacity.title}</p>
          <CapacityList close={close} />
        </div>
      ) : (
        <div>
          <p class="field-label">{words.capacity}</p>
          <p class="field-value">{capacityName.value}</p>
        </div>
      )}
      <button type="button" class="button button-main" onClick={close}>
        {words.done}
      </button>
    </Sheet>
  );
}
