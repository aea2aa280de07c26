// The closed list of reasons, spelt as verifier/reason.go spells it; a test holds the two against each other.

export const reasons = [
  // decode
  "not_recognised",
  "malformed",
  "too_large",
  "unsupported_version",
  "unsupported_algorithm",
  "not_a_credential",
  // trust
  "issuer_unknown",
  "key_unknown",
  "key_expired",
  "key_not_allowed",
  "signature_invalid",
  // time and status
  "expired",
  "not_yet_valid",
  "revoked",
  "suspended",
  "status_unknown",
  // holder
  "holder_proof_missing",
  "holder_proof_invalid",
  "holder_proof_stale",
  "code_replayed",
  // share
  "share_unknown",
  "share_expired",
  "share_used",
  "share_withdrawn",
  // registry
  "record_not_found",
  "record_status_unset",
  "record_ended",
  "record_stale",
  "registry_unavailable",
  // policy
  "document_not_accepted",
  "issuer_not_accepted",
  "age_below",
  "age_not_provable",
  // authority
  "checker_session_ended",
  "checker_not_confirmed",
  "mandate_missing",
  "mandate_not_yet_valid",
  "mandate_expired",
  "mandate_revoked",
  "mandate_signature_invalid",
  "mandate_signer_mismatch",
  "mandate_representative_mismatch",
  "mandate_power_missing",
  "mandate_restricted",
  "mandate_joint",
  "mandate_unjudgeable",
  "mandate_chain_invalid",
  "mandate_registry_unavailable",
  // admission
  "already_admitted",
  "already_inside",
  "not_inside",
  "zone_full",
  "zone_closed",
  "wrong_checkpoint",
  "blocked",
  // system
  "overloaded",
  "degraded",
  "engine_unreachable",
  "ok",
] as const;

/** Why a scan ended as it did; "none" is an answer this page does not understand, which admits nobody. */
export type Reason = (typeof reasons)[number] | "none";

const known: ReadonlySet<string> = new Set(reasons);

/** The reason of that spelling; "none" for a word that is not on the list. */
export function parseReason(word: unknown): Reason {
  return typeof word === "string" && known.has(word) ? (word as Reason) : "none";
}

/** Whether it is the checker who is refused, not the code: nothing was told about the document. */
export const mayNotAsk = (reason: Reason | ""): boolean => reason.startsWith("mandate_") || reason.startsWith("checker_");

/** What the button under a refusal does; the words on it belong to the reason. */
export type NextStep =
  | "rescan" // back to the camera
  | "details" // the list of checks and the earlier passage
  | "manual" // how to check the document by eye
  | "supervisor" // what to show the supervisor
  | "capacity" // as whom to scan
  | "signin";

/** The next step of each reason. */
export const nextStep: Record<Reason, NextStep> = {
  not_recognised: "rescan",
  malformed: "rescan",
  too_large: "rescan",
  unsupported_version: "manual",
  unsupported_algorithm: "manual",
  not_a_credential: "rescan",
  issuer_unknown: "manual",
  key_unknown: "manual",
  key_expired: "manual",
  key_not_allowed: "manual",
  signature_invalid: "supervisor",
  expired: "rescan",
  not_yet_valid: "details",
  revoked: "supervisor",
  suspended: "supervisor",
  status_unknown: "manual",
  holder_proof_missing: "rescan",
  holder_proof_invalid: "supervisor",
  holder_proof_stale: "rescan",
  code_replayed: "rescan",
  share_unknown: "rescan",
  share_expired: "rescan",
  share_used: "rescan",
  share_withdrawn: "rescan",
  record_not_found: "manual",
  record_status_unset: "manual",
  record_ended: "manual",
  record_stale: "manual",
  registry_unavailable: "rescan",
  document_not_accepted: "rescan",
  issuer_not_accepted: "rescan",
  age_below: "rescan",
  age_not_provable: "manual",
  checker_session_ended: "signin",
  checker_not_confirmed: "signin",
  mandate_missing: "capacity",
  mandate_not_yet_valid: "capacity",
  mandate_expired: "capacity",
  mandate_revoked: "capacity",
  mandate_signature_invalid: "capacity",
  mandate_signer_mismatch: "capacity",
  mandate_representative_mismatch: "capacity",
  mandate_power_missing: "capacity",
  mandate_restricted: "capacity",
  mandate_joint: "capacity",
  mandate_unjudgeable: "capacity",
  mandate_chain_invalid: "capacity",
  mandate_registry_unavailable: "capacity",
  already_admitted: "details",
  already_inside: "details",
  not_inside: "supervisor",
  zone_full: "rescan",
  zone_closed: "supervisor",
  wrong_checkpoint: "rescan",
  blocked: "supervisor",
  overloaded: "rescan",
  degraded: "supervisor",
  engine_unreachable: "rescan",
  ok: "rescan",
  none: "supervisor",
};
