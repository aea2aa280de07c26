interface ChoiceProps<T extends string> {
  label: string;
  value: T;
  options: readonly { value: T; label: string; lang?: string }[];
  onChange: (value: T) => void;
}

/** A few exclusive options side by side: a group of radio buttons with big targets. */
export function Choice<T extends string>({ label, value, options, onChange }: ChoiceProps<T>) {
  return (
    <fieldset class="choice">
      <legend>{label}</legend>
      <div class="choice-options">
        {options.map((o) => (
          <label key={o.value} class="choice-option" lang={o.lang}>
            <input
              type="radio"
              name={`choice-${label}`}
              checked={o.value === value}
              onChange={() => onChange(o.value)}
            />
            <span>{o.label}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}

interface SwitchProps {
  label: string;
  note?: string;
  on: boolean;
  onChange: (on: boolean) => void;
}

/** On or off, the whole line is the target. */
export function Switch({ label, note, on, onChange }: SwitchProps) {
  return (
    <label class="switch">
      <span class="switch-text">
        <span>{label}</span>
        {note && <small>{note}</small>}
      </span>
      <input type="checkbox" role="switch" checked={on} onChange={(e) => onChange(e.currentTarget.checked)} />
      <span class="switch-track" aria-hidden="true" />
    </label>
  );
}
