// From what happened to a scanned code to what the screen says about it. Pure, so that every state can be tested
// without a browser.

import type { ScanAnswer, Decision } from "../api";
import type { PendingScan, Problem } from "../scanner";
import { parseReason, type Reason } from "./reason";

/** Ground, shape, word and sound of a verdict: learnt once, the same in every theme. */
export type Tone = "admit" | "deny" | "hold" | "info";

/** What became of a code. */
export type Shown =
  | { kind: "answer"; scan: PendingScan; answer: ScanAnswer }
  | { kind: "queued"; scan: PendingScan } // offline: read, kept, not judged
  | { kind: "lost"; scan: PendingScan } // the queue was full
  | { kind: "problem"; scan: PendingScan; problem: Problem }; // the gateway refused the request itself

/** Tone of an answer: a notice (payment, goods, link) is information, everything else goes by the decision. */
export function toneOf(answer: Pick<ScanAnswer, "decision" | "kind" | "reason">): Tone {
  if (answer.kind === "notice") return "info";
  return toneOfDecision(answer.decision);
}

/** Tone of a recorded passage, which keeps no kind: only a notice is refused as no credential. */
export function toneOfPassage(passage: { decision: Decision; reason: Reason }): Tone {
  if (passage.decision === "deny" && passage.reason === "not_a_credential") return "info";
  return toneOfDecision(passage.decision);
}

export function toneOfDecision(decision: Decision): Tone {
  switch (decision) {
    case "admit":
      return "admit";
    case "deny":
      return "deny";
    case "hold":
      return "hold";
  }
}

/** Tone, decision and reason of anything shown. What was not judged is on hold, never admitted. */
export function faceOf(shown: Shown): { tone: Tone; decision: Decision; reason: Reason | "" } {
  switch (shown.kind) {
    case "answer":
      return { tone: toneOf(shown.answer), decision: shown.answer.decision, reason: shown.answer.reason };
    case "queued":
    case "lost":
      return { tone: "hold", decision: "hold", reason: "" };
    case "problem":
      return { tone: "hold", decision: "hold", reason: reasonOfProblem(shown.problem) };
  }
}

/** The closest reason of the closed list to a failed request. */
export function reasonOfProblem(problem: Problem): Reason {
  const named = parseReason(problem.code);
  if (named !== "none") return named;
  switch (problem.status) {
    case 401:
      return "checker_session_ended";
    case 413:
      return "too_large";
    case 429:
    case 503:
      return "overloaded";
    default:
      return "engine_unreachable";
  }
}
