import { useState } from "preact/hooks";
import { t } from "../i18n";
import { getDevices, inviteDevice, revokeDevice, type Once } from "../team/api";
import { useList } from "../ui/use-list";
import { Places } from "./new-account";
import { OnceSheet } from "./once";
import { faultOf, places } from "./team";

/** Paired devices: which there are, pairing another one, revoking one at once. */
export function Devices() {
  const words = t.value.team;
  const { list, failure, change } = useList(getDevices);
  const [code, setCode] = useState<Once | null>(null);
  const [chosen, setChosen] = useState<string[]>(["*"]);
  return (
    <section class="card account-part">
      <h3>{words.devices.title}</h3>
      <p>{words.devices.text}</p>
      {list?.length === 0 && <p class="muted">{words.noDevices}</p>}
      <ul class="account-list">
        {list?.map((d) => (
          <li key={d.id} data-testid="device" data-name={d.name}>
            <div>
              <strong>{d.name}</strong>
              <small>{[places(d.checkpoints), !d.paired && words.fixed].filter(Boolean).join(" · ")}</small>
            </div>
            {d.paired && (
              <button type="button" class="button" onClick={() => change(revokeDevice(d.id))}>
                {words.revoke}
              </button>
            )}
          </li>
        ))}
      </ul>
      {failure !== undefined && <p role="alert">{faultOf(failure)}</p>}
      <Places chosen={chosen} choose={setChosen} />
      <button
        type="button"
        class="button button-main"
        data-testid="pair"
        disabled={chosen.length === 0}
        onClick={() => change(inviteDevice(chosen).then(setCode))}
      >
        {words.pair}
      </button>
      {code && (
        <OnceSheet
          said={words.pairShown}
          once={code}
          onClose={() => {
            setCode(null);
            change(); // it may have been used meanwhile
          }}
        />
      )}
    </section>
  );
}
