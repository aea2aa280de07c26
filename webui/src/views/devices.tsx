import { useEffect, useState } from "preact/hooks";
import { t } from "../i18n";
import { getDevices, inviteDevice, revokeDevice, type Device, type Once } from "../team/api";
import { Places } from "./new-account";
import { OnceSheet } from "./once";
import { faultOf, places } from "./team";

/** Paired devices: which there are, pairing another one, revoking one at once. */
export function Devices() {
  const words = t.value.team;
  const [list, setList] = useState<Device[] | null>(null);
  const [fault, setFault] = useState("");
  const [code, setCode] = useState<Once | null>(null);
  const [chosen, setChosen] = useState<string[]>(["*"]);
  const reload = () => getDevices().then(setList, (err: unknown) => setFault(faultOf(err)));
  useEffect(() => void reload(), []);
  const act = (done: Promise<unknown>) => {
    setFault("");
    void done.then(reload, (err: unknown) => setFault(faultOf(err)));
  };
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
              <button type="button" class="button" onClick={() => act(revokeDevice(d.id))}>
                {words.revoke}
              </button>
            )}
          </li>
        ))}
      </ul>
      {fault && <p role="alert">{fault}</p>}
      <Places chosen={chosen} choose={setChosen} />
      <button
        type="button"
        class="button button-main"
        data-testid="pair"
        disabled={chosen.length === 0}
        onClick={() => act(inviteDevice(chosen).then(setCode))}
      >
        {words.pair}
      </button>
      {code && (
        <OnceSheet
          said={words.pairShown}
          once={code}
          onClose={() => {
            setCode(null);
            act(Promise.resolve()); // it may have been used meanwhile
          }}
        />
      )}
    </section>
  );
}
