import { useEffect, useState } from "preact/hooks";
import { RequestFailed } from "../api";
import { t } from "../i18n";
import { hashOf } from "../router";
import { pairDevice } from "../team/api";
import { Page } from "../ui/page";
import { Secret } from "./once";

/** Pairs a device by its browser: it is named, and gets its token this once. */
export function PairView({ name: code }: { name: string }) {
  const words = t.value.team.pairing;
  const [name, setName] = useState("");
  const [token, setToken] = useState("");
  const [state, setState] = useState<"naming" | "gone" | "failed">("naming");
  useEffect(() => history.replaceState(null, "", hashOf({ view: "pair", code: "" })), []); // the code stays in no history
  const send = async (e: Event) => {
    e.preventDefault();
    try {
      setToken(await pairDevice(code, name.trim()));
    } catch (err) {
      setState(err instanceof RequestFailed && err.status !== 0 ? "gone" : "failed");
    }
  };
  const said = token ? words.token : state === "gone" ? words.gone : { title: words.title, text: words.text };
  return (
    <Page title={words.title} className="signin">
      <section class="card" data-testid="pairing" data-state={token ? "paired" : state}>
        <h2>{said.title}</h2>
        <p role="status">{state === "failed" ? t.value.problem.network : said.text}</p>
        {token ? (
          <Secret text={token} />
        ) : (
          <form class="form" onSubmit={(e) => void send(e)}>
            <label class="field">
              <span>{words.name}</span>
              <input
                type="text"
                required
                maxLength={100}
                autocomplete="off"
                value={name}
                data-testid="device-name"
                onInput={(e) => setName(e.currentTarget.value)}
              />
            </label>
            <button type="submit" class="button button-main" data-testid="pair-now">
              {words.button}
            </button>
          </form>
        )}
      </section>
    </Page>
  );
}
