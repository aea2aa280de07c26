// The demo's samples: what each is called, how it is drawn, and what is sent when somebody tries it.

import { call, RequestFailed } from "./api";
import { arr, num, obj, oneOf, str } from "./json";
import { fromBase64 } from "./scanner/bytes";
import { parseReason, type Reason } from "./model/reason";

export interface Texts {
  ru: string;
  kk: string;
  en: string;
}

/** How a code is drawn. */
export type Symbology = "qr" | "aztec" | "datamatrix";

/** A text, or bytes that are none. */
export type Content = string | Uint8Array;

/** What the samples are sorted by on their page. */
export const groups = ["documents", "health", "identity", "tickets", "refused", "other"] as const;
export type Group = (typeof groups)[number];

export interface Sample {
  name: string;
  format: string;
  group: Group;
  symbology: Symbology;
  title: Texts;
  note: Texts;
  /** What a gate answers: this page tries samples at one. */
  expect: Reason;
  /** The whole of it, as it is sent. */
  content: Content;
  /** What is drawn: one symbol, or one for each part of a code that is spread over several. */
  symbols: Content[];
  /** Seconds from the moment it was fetched during which it is good; 0: as long as its document. */
  freshS: number;
  /** A document bound to a key, with that key: whoever shows it makes a new code every few seconds. */
  holder: { credential: string; jwk: JsonWebKey } | null;
}

/** The demo's samples; none where the gateway is no demo. */
export async function getSamples(): Promise<Sample[]> {
  try {
    return parseSamples(await call("/v1/samples"));
  } catch (err) {
    if (err instanceof RequestFailed && err.status === 404) return [];
    throw err;
  }
}

/** The sample as it is now, where it goes stale; as it was where the gateway does not answer. */
export async function renewed(sample: Sample): Promise<Sample> {
  if (!sample.freshS) return sample;
  const all = await getSamples().catch(() => []);
  return all.find((s) => s.name === sample.name) ?? sample;
}

export function parseSamples(v: unknown): Sample[] {
  return arr(obj(v)?.["samples"]).map((item) => {
    const o = obj(item) ?? {};
    const name = str(o["name"]);
    const format = str(o["format"]);
    const judged = parseReason(o["expect"]);
    const content = contentOf(str(o["payload"]), str(o["payload_b64"]));
    const parts = arr(o["parts"]).map(str).filter(Boolean);
    return {
      name,
      format,
      group: groupOf(name, format, judged),
      symbology: oneOf(o["symbology"], ["qr", "aztec", "datamatrix"] as const, "qr"),
      title: parseTexts(o["title"]),
      note: parseTexts(o["note"]),
      expect: o["gate"] ? parseReason(o["gate"]) : judged,
      content,
      symbols: parts.length > 0 ? parts : [content],
      freshS: num(o["fresh_s"]),
      holder: parseHolder(o["holder"]),
    };
  });
}

function parseTexts(v: unknown): Texts {
  const o = obj(v) ?? {};
  const en = str(o["en"]);
  return { en, ru: str(o["ru"]) || en, kk: str(o["kk"]) || en };
}

function contentOf(text: string, base64: string): Content {
  if (text || !base64) return text;
  return fromBase64(base64);
}

function parseHolder(v: unknown): Sample["holder"] {
  const o = obj(v);
  const jwk = obj(o?.["jwk"]);
  return jwk && { credential: str(o?.["credential"]), jwk: jwk as JsonWebKey };
}

const groupOfFormat: Record<string, Group> = {
  hcert: "health",
  shc: "health",
  nzcp: "health",
  vdsnc: "health",
  claim169: "identity",
  sdjwt: "identity",
  mdoc: "identity",
  vds: "identity",
  aadhaar: "identity",
  pretix: "tickets",
};

function groupOf(name: string, format: string, expect: Reason): Group {
  if (expect === "not_a_credential") return "other";
  if (expect !== "ok") return "refused";
  if (name.startsWith("ticket")) return "tickets";
  return groupOfFormat[format] ?? "documents";
}
