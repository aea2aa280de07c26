// Calls about powers of attorney: bringing them in, looking at them, and as whom one may scan.

import { call, send } from "../api";
import { obj } from "../json";
import { parseCapacities, parseMandate, parseMandates, parseReport } from "./mandate";
import type { Capacity, Mandate, Report } from "./mandate";

/** The organisation's mandates for a spreadsheet. */
export const exportPath = "/v1/mandates.csv";

const path = (number: string): string => `/v1/mandates/${encodeURIComponent(number)}`;
const at = (checkpoint: string): string => (checkpoint ? `?${new URLSearchParams({ checkpoint }).toString()}` : "");

/** As whom one may scan at a checkpoint, oneself first; empty where nobody is asked. */
export const getCapacities = async (checkpoint: string): Promise<Capacity[]> =>
  parseCapacities(await call(`/v1/me/capacities${at(checkpoint)}`));

export const getMandates = async (): Promise<Mandate[]> => parseMandates(await call("/v1/mandates"));

/** A mandate with each of its checks, as of now and for a checkpoint. */
export async function getMandate(number: string, checkpoint: string): Promise<{ mandate: Mandate; report: Report }> {
  const answer = await call(path(number) + at(checkpoint));
  return { mandate: parseMandate(answer), report: parseReport(obj(answer)?.["report"]) };
}

/** Brings a mandate in with its detached signatures; mandate is null when it is not kept, and the report says why. */
export async function bringMandate(
  file: File,
  signatures: readonly File[],
): Promise<{ mandate: Mandate | null; report: Report }> {
  const body = new FormData();
  body.append("file", file, file.name);
  for (const s of signatures) body.append("signature", s, s.name);
  const o = obj(await call("/v1/mandates", { method: "POST", body }));
  const mandate = o?.["stored"] === true ? parseMandate(o["mandate"]) : null;
  return { mandate, report: parseReport(o?.["report"]) };
}

export const removeMandate = (number: string): Promise<unknown> => send("DELETE", path(number));
