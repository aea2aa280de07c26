import { computed, effect } from "@preact/signals";
import { kept } from "../settings";
import type { Dictionary } from "./dictionary";
import { en } from "./en";
import { kk } from "./kk";
import { ru } from "./ru";

export type Lang = "ru" | "kk" | "en";
export const langs = ["kk", "ru", "en"] as const satisfies readonly Lang[];
export const dictionaries: Record<Lang, Dictionary> = { ru, kk, en };

/** The first of our languages among the person's, English when there is none. */
export function chooseLang(preferred: readonly string[]): Lang {
  for (const tag of preferred) {
    const base = tag.toLowerCase().split("-")[0];
    const found = langs.find((l) => l === base);
    if (found) return found;
  }
  return "en";
}

const preferred = typeof navigator === "undefined" ? [] : navigator.languages;

/** The language of the page, remembered on this device once it was switched. */
export const lang = kept<Lang>("vratar.lang", langs, chooseLang(preferred));

/** The words of the current language. */
export const t = computed<Dictionary>(() => dictionaries[lang.value]);

/** Tells the document its language: screen readers pronounce by it. */
export function applyLang(): void {
  effect(() => {
    document.documentElement.lang = lang.value;
  });
}
