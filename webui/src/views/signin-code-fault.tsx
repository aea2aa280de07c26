import { maxWrong, type Fault } from "../account/code";
import { t } from "../i18n";

/** What went wrong, in words; read out when it changes. */
export function CodeFault({ fault, wrong = 0 }: { fault: Fault | null; wrong?: number }) {
  const kind = fault === null ? "none" : typeof fault === "object" ? "wait" : fault;
  return (
    <p role="status" class="signin-fault" data-testid="code-fault" data-fault={kind}>
      {fault && sayFault(fault, wrong)}
    </p>
  );
}

function sayFault(fault: Fault, wrong: number): string {
  const words = t.value.signInCode.faults;
  if (typeof fault === "object")
    return fault.waitS <= 90 ? words.waitS(fault.waitS) : words.wait(Math.ceil(fault.waitS / 60));
  if (fault === "wrong") return words.wrong(maxWrong - wrong);
  return fault === "unreachable" ? t.value.signin.unreachable : words[fault];
}
