import { t } from "../i18n";
import { hashOf } from "../router";
import { Page } from "../ui/page";
import { Shape } from "../ui/shapes";

/** In place of the scanner: the account may not check anybody yet, and what to do about it. */
export function NotConfirmed() {
  const words = t.value.account.unconfirmed;
  return (
    <Page title={t.value.menu.scanner} className="not-confirmed">
      <section class="card tone-hold" role="alert" data-testid="not-confirmed">
        <Shape tone="hold" />
        <h2>{words.title}</h2>
        <p>{words.text}</p>
        <a class="button button-main" href={hashOf({ view: "account" })}>
          {t.value.account.title}
        </a>
        <a class="button" href={hashOf({ view: "signin", code: "" })}>
          {t.value.reasons.checker_not_confirmed.next}
        </a>
      </section>
    </Page>
  );
}
