import type { OverrideClass } from "../overview/model";

/** What a supervisor reads. */
export interface OverviewTexts {
  title: string;
  today: string;
  export: string;
  counting: string;
  noCheckpoints: string;
  figures: { in: string; refused: string; held: string; inside: string };
  capacity: (n: string) => string;
  byHour: string;
  hour: (hour: string, passed: string, refused: string) => string;
  why: string;
  people: string;
  nothing: string;
  recent: string;
  recentText: string;
  recentNone: string;
  refusedOnly: string;
  everybody: string;
  failed: string;
  /** Of a passage that a person decided. */
  by: Record<"admit" | "deny", string>;
  classes: Record<OverrideClass, string>;
  override: {
    button: string;
    title: string;
    decision: string;
    decide: Record<"admit" | "deny", string>;
    reason: string;
    note: string;
    noteNeeded: string;
    noteText: string;
    recorded: string;
    send: Record<"admit" | "deny", string>;
    despite: string;
    sendDespite: string;
    done: Record<"admit" | "deny", string>;
    passage: (seq: string) => string;
    close: string;
    cancel: string;
    already: string;
    late: string;
    refused: string;
    forbidden: string;
    gone: string;
    failed: string;
  };
  /** What a checker does who may not decide himself. */
  call: string;
}
