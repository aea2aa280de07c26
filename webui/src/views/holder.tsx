import { useEffect, useState } from "preact/hooks";
import { documents, forgetDocument, keepDocument, type Kept } from "../holder/wallet";
import { lang, t } from "../i18n";
import { hashOf } from "../router";
import { getSamples, type Sample } from "../samples";
import { Icon } from "../ui/icons";
import { Page } from "../ui/page";
import { HolderCode } from "./holder-code";

type Bound = Sample & { holder: NonNullable<Sample["holder"]> };

/** The documents of whoever holds this device. The demo's own are offered where there are some. */
export function HolderView({ name }: { name: string }) {
  const [kept, setKept] = useState<Kept[] | null>(null);
  const [offered, setOffered] = useState<Bound[]>([]);
  const [broken, setBroken] = useState(false);
  const words = t.value.holder;
  const load = () => documents().then(setKept, () => setBroken(true));
  const take = (sample: Bound) => keepDocument(sample).then(load, () => setBroken(true));
  useEffect(() => {
    void load();
    void getSamples().then(
      (samples) => setOffered(samples.filter((s): s is Bound => s.holder !== null)),
      () => undefined, // out of reach: what is kept here is enough
    );
  }, []);
  const wanted = offered.find((s) => s.name === name);
  const there = kept?.find((d) => d.name === name);
  const stale = offered.filter((s) => kept?.some((d) => d.name === s.name && d.source !== s.holder.credential));
  useEffect(() => {
    if (kept && wanted && !there) void take(wanted); // whoever follows a sample's link wants it shown
  }, [kept, wanted, there]);
  useEffect(() => {
    for (const sample of stale) void take(sample); // the demo issues its documents anew at each start
  }, [stale.length]);
  if (broken) return <Message {...words.broken} />;
  if (!kept) return null;
  if (there) return <HolderCode key={there.source} document={there} />;
  const free = offered.filter((s) => !kept.some((d) => d.name === s.name));
  return (
    <Page title={words.title} className="holder">
      {name && !wanted ? <h2>{words.missing.title}</h2> : <h2>{words.title}</h2>}
      <p class="lead">{name && !wanted ? words.missing.text : words.intro}</p>
      {kept.length + free.length === 0 && (
        <div class="card holder-empty">
          <h3>{words.empty.title}</h3>
          <p class="muted">{words.empty.text}</p>
        </div>
      )}
      <ul class="holder-cards">
        {kept.map((d) => (
          <li key={d.name} class="holder-card" data-testid="document" data-name={d.name}>
            <h3>{d.title[lang.value]}</h3>
            <p>{d.note[lang.value]}</p>
            <div class="holder-actions">
              <a class="button button-main" href={hashOf({ view: "holder", name: d.name })}>
                <Icon name="holder" />
                {words.show}
              </a>
              <button type="button" class="button" onClick={() => void forgetDocument(d.name).then(load)}>
                {words.remove}
              </button>
            </div>
          </li>
        ))}
        {free.map((s) => (
          <li key={s.name} class="holder-card holder-free">
            <h3>{s.title[lang.value]}</h3>
            <p>{s.note[lang.value]}</p>
            <div class="holder-actions">
              <button type="button" class="button button-main" data-testid="take" onClick={() => void take(s)}>
                {words.take}
              </button>
            </div>
          </li>
        ))}
      </ul>
    </Page>
  );
}

function Message({ title, text }: { title: string; text: string }) {
  return (
    <Page title={t.value.holder.title} className="holder">
      <div class="card holder-empty" role="alert">
        <h2>{title}</h2>
        <p>{text}</p>
      </div>
    </Page>
  );
}
