import type { CheckResult } from "../api";
import type { Fact } from "../model/facts";
import type { IconName } from "../ui/icons";

/** The mark of a check's result. */
export const checkIcons: Record<CheckResult, IconName> = {
  pass: "check",
  fail: "cross",
  unknown: "question",
  not_checked: "dash",
};

/** Labels with their values; those without a value are left out. */
export function FactList({ facts }: { facts: readonly Fact[] }) {
  const given = facts.filter((f) => f.value !== "");
  if (given.length === 0) return null;
  return (
    <dl class="facts">
      {given.map((f, i) => (
        <div key={i}>
          <dt>{f.label}</dt>
          <dd>{f.value}</dd>
        </div>
      ))}
    </dl>
  );
}
