// Decisions of people in words, for every view that shows passages.

import type { Passage } from "../api";
import { t } from "../i18n";
import { classes } from "./model";

/** The word of a class; a newer gateway's is shown as it is spelt. */
export function classWord(word: string): string {
  const known = classes.find((c) => c === word);
  return known ? t.value.overview.classes[known] : word;
}

/** What a person decided against the gateway, and why. */
export function saidByPerson(p: Passage): string {
  const did = t.value.overview.by[p.decision === "admit" ? "admit" : "deny"];
  return `${did} · ${classWord(p.overrides?.class ?? "")}`;
}
