// Keyboard scanners: they type a whole code faster than any person and end it with Enter or Tab. Told from typing
// by that speed alone, so no field has to hold the focus. Text fields are left in peace, except those marked
// data-scanner-field.

import { character, type Key } from "./layout";

const KEY_GAP_MS = 60;
const SHORTEST = 4; // characters: fewer may be a person's fingers rolling over the keys

/** What a key was: of no interest, part of a burst, or the end of one. */
export type Stroke = "typed" | "burst" | { text: string };

/** Gathers one burst of keys. */
export class Burst {
  #text = "";
  #last = -Infinity;

  /** Takes the next key, at its own time stamp in milliseconds. */
  press(e: Key & { repeat: boolean; timeStamp: number }): Stroke {
    if (/^(Shift|Control|CapsLock|AltGraph|Alt|Meta)/.test(e.key)) return "typed";
    const inTime = e.timeStamp - this.#last <= KEY_GAP_MS;
    const text = inTime ? this.#text : "";
    this.#text = "";
    if (isEnd(e)) return text.length >= SHORTEST ? { text } : "typed";
    const typed = e.repeat ? undefined : character(e); // a key held down is nobody's scanner
    if (typed === undefined) return "typed";
    this.#text = text + typed;
    this.#last = e.timeStamp;
    return text ? "burst" : "typed";
  }
}

/** Calls back with each burst until the returned function is called. */
export function listenForBursts(page: Window, heard: (text: string) => void): () => void {
  const burst = new Burst();
  const pressed = (e: KeyboardEvent) => {
    const field = editable(e.target);
    if (field === "theirs") return;
    const stroke = burst.press(e);
    if (stroke === "typed") return;
    const ends = typeof stroke === "object";
    // a space or Enter out of the scanner must not press the button that happens to hold the focus
    if (ends || field === "none") {
      e.preventDefault();
      e.stopPropagation();
    }
    if (!ends) return;
    if (e.target instanceof HTMLTextAreaElement || e.target instanceof HTMLInputElement) e.target.value = ""; // read, and perhaps garbled
    heard(stroke.text);
  };
  page.addEventListener("keydown", pressed, { capture: true });
  return () => page.removeEventListener("keydown", pressed, { capture: true });
}

/** Whether keys pressed here are meant as text: nobody's, the scanner's own field, or somebody else's field. */
export function editable(target: EventTarget | null): "none" | "ours" | "theirs" {
  if (!(target instanceof HTMLElement)) return "none";
  if (target.closest("[data-scanner-field]")) return "ours";
  const typing = target.isContentEditable || target.matches("textarea, select, input");
  return typing && !target.matches("[type=button], [type=checkbox], [type=radio], [type=submit]") ? "theirs" : "none";
}

function isEnd(e: Key): boolean {
  return e.key === "Enter" || e.key === "Tab" || e.code === "Enter" || e.code === "Tab" || e.code === "NumpadEnter";
}
