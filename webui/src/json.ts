// Reading JSON of unknown shape: every reader gives a value of its type, whatever stands there.

export type Json = Record<string, unknown>;

/** The object; null for anything else. */
export const obj = (v: unknown): Json | null =>
  typeof v === "object" && v !== null && !Array.isArray(v) ? (v as Json) : null;
/** The text, else an empty one. */
export const str = (v: unknown): string => (typeof v === "string" ? v : "");
/** The finite number, else 0. */
export const num = (v: unknown): number => (typeof v === "number" && Number.isFinite(v) ? v : 0);
/** The list, else an empty one. */
export const arr = (v: unknown): unknown[] => (Array.isArray(v) ? v : []);
/** The word when it is one of a closed list, else the one that does no harm. */
export const oneOf = <T extends string>(v: unknown, words: readonly T[], otherwise: T): T =>
  words.includes(v as T) ? (v as T) : otherwise;
