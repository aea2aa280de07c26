import { useEffect, useState } from "preact/hooks";
import { lang, t } from "../i18n";
import { hashOf } from "../router";
import { getSamples, groups, type Group, type Sample } from "../samples";
import { Code } from "../ui/code";
import { Icon } from "../ui/icons";
import { Page } from "../ui/page";
import { Large } from "./sample-large";
import { Expected, Try } from "./sample-try";

/** The demo's samples: each as a code to hold before a camera, and to try without one. */
export function SamplesView({ name }: { name: string }) {
  const [samples, setSamples] = useState<Sample[] | null>(null);
  const [failed, setFailed] = useState(false);
  const [only, setOnly] = useState<Group | "">("");
  useEffect(() => {
    getSamples().then(setSamples, () => setFailed(true));
  }, []);
  const words = t.value.samples;
  const index = samples?.findIndex((s) => s.name === name) ?? -1;
  const large = samples?.[index];
  if (samples && large) return <Large key={large.name} samples={samples} index={index} sample={large} />;
  const present = groups.filter((g) => samples?.some((s) => s.group === g));
  return (
    <Page title={words.title} className="samples">
      <p class="lead">{words.intro}</p>
      {failed && <p role="alert">{t.value.problem.network}</p>}
      {samples?.length === 0 && <p>{words.none}</p>}
      {present.length > 1 && <Filter present={present} only={only} choose={setOnly} />}
      {present
        .filter((g) => only === "" || g === only)
        .map((g) => (
          <section key={g} class="sample-group" aria-labelledby={`group-${g}`}>
            <h2 id={`group-${g}`}>{words.groups[g]}</h2>
            <ul class="sample-grid">
              {samples
                ?.filter((s) => s.group === g)
                .map((s) => (
                  <Card key={s.name} sample={s} />
                ))}
            </ul>
          </section>
        ))}
    </Page>
  );
}

interface FilterProps {
  present: readonly Group[];
  only: Group | "";
  choose: (group: Group | "") => void;
}

function Filter({ present, only, choose }: FilterProps) {
  const words = t.value.samples;
  return (
    <div class="sample-filter" role="group" aria-label={words.title}>
      {(["", ...present] as const).map((g) => (
        <button key={g} type="button" class="chip" aria-pressed={g === only} onClick={() => choose(g)}>
          {g === "" ? words.all : words.groups[g]}
        </button>
      ))}
    </div>
  );
}

function Card({ sample }: { sample: Sample }) {
  const words = t.value.samples;
  const title = sample.title[lang.value] || sample.name;
  const to = sample.holder
    ? hashOf({ view: "holder", name: sample.name })
    : hashOf({ view: "samples", name: sample.name });
  return (
    <li
      class="sample"
      data-testid="sample"
      data-name={sample.name}
      data-expect={sample.expect}
      data-symbology={sample.symbology}
    >
      <a class="sample-code" href={to} aria-label={`${words.show}: ${title}`}>
        <Code content={sample.symbols[0] ?? ""} symbology={sample.symbology} label={title} />
        {sample.symbols.length > 1 && <span class="sample-badge">{`1 / ${sample.symbols.length}`}</span>}
      </a>
      <div class="sample-text">
        <h3>{title}</h3>
        <p class="muted">{sample.note[lang.value]}</p>
        {sample.holder && <p class="sample-changing">{words.changing}</p>}
      </div>
      <Expected reason={sample.expect} />
      <div class="sample-actions">
        {sample.holder ? (
          <a class="button" href={to}>
            <Icon name="holder" />
            {words.asHolder}
          </a>
        ) : (
          <a class="button sample-expand" href={to} aria-label={`${words.show}: ${title}`} title={words.show}>
            <Icon name="expand" />
          </a>
        )}
        <Try sample={sample} />
      </div>
    </li>
  );
}
