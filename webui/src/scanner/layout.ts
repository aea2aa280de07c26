// What a keyboard scanner meant. It types as a US keyboard would, but the system translates its keys by the
// layout in use: under a Russian one `VR1:` arrives as `МК1Ж`. The physical key (KeyboardEvent.code) is not
// translated, so the text is put together from that.

/** The part of a KeyboardEvent that matters here. */
export interface Key {
  code: string;
  key: string;
  shiftKey: boolean;
  ctrlKey: boolean;
  altKey: boolean;
  metaKey: boolean;
}

const GS = "\x1d"; // separator of GS1 fields; scanners type it as Ctrl+]

const SYMBOLS: Record<string, string> = {
  Backquote: "`~",
  Minus: "-_",
  Equal: "=+",
  BracketLeft: "[{",
  BracketRight: "]}",
  Backslash: "\\|",
  Semicolon: ";:",
  Quote: "'\"",
  Comma: ",<",
  Period: ".>",
  Slash: "/?",
  Space: "  ",
  NumpadDecimal: "..",
  NumpadAdd: "++",
  NumpadSubtract: "--",
  NumpadMultiply: "**",
  NumpadDivide: "//",
};
const SHIFTED_DIGITS = ")!@#$%^&*(";

/**
 * The character a US keyboard gives for this key, or undefined when it gives none. Caps Lock plays no part: the
 * scanner holds Shift itself. Keys without a code (on-screen keyboards) count as what they typed.
 */
export function character(e: Key): string | undefined {
  if (e.altKey || e.metaKey) return undefined;
  if (e.ctrlKey) return e.code === "BracketRight" ? GS : undefined;
  const letter = /^Key([A-Z])$/.exec(e.code)?.[1];
  if (letter) return e.shiftKey ? letter : letter.toLowerCase();
  const digit = /^Digit(\d)$/.exec(e.code)?.[1];
  if (digit) return e.shiftKey ? SHIFTED_DIGITS[Number(digit)] : digit;
  const numpad = /^Numpad(\d)$/.exec(e.code)?.[1];
  if (numpad) return numpad;
  const pair = SYMBOLS[e.code];
  if (pair) return pair[e.shiftKey ? 1 : 0];
  return (e.code === "" || e.code === "Unidentified") && [...e.key].length === 1 ? e.key : undefined;
}
