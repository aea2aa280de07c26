// What this device remembers about how the page looks and sounds. No account, no network.

import { effect, signal, type Signal } from "@preact/signals";

export type Theme = "auto" | "light" | "dark";

/** A signal kept in localStorage; a value that is not among the allowed ones is forgotten. */
export function kept<T extends string>(key: string, allowed: readonly T[], first: T): Signal<T> {
  const stored = read(key);
  const s = signal<T>(allowed.includes(stored as T) ? (stored as T) : first);
  effect(() => write(key, s.value));
  return s;
}

export const theme = kept<Theme>("vratar.theme", ["auto", "light", "dark"], "auto");
export const kiosk = kept<"on" | "off">("vratar.kiosk", ["on", "off"], "off");
export const sound = kept<"on" | "off">("vratar.sound", ["on", "off"], "on");

/** Reads a remembered text; null where the browser keeps nothing. */
export function read(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

/** Remembers a text, where the browser lets us; an empty one is forgotten. */
export function write(key: string, value: string): void {
  try {
    if (value === "") localStorage.removeItem(key);
    else localStorage.setItem(key, value);
  } catch {
    // private mode or a full disk: the setting lasts until the page closes
  }
}

/** Puts theme and kiosk onto the document, where the style sheets look for them. */
export function applySettings(): void {
  effect(() => {
    document.documentElement.dataset["theme"] = theme.value;
  });
  effect(() => {
    document.documentElement.dataset["kiosk"] = kiosk.value;
  });
}
