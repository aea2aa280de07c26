// Draws Aztec and DataMatrix with the writer that belongs to our reader. Large, and needed for a few samples alone:
// loaded when one of them is first shown, and not among the files that are kept for a start without the gateway.

import { prepareZXingModule, writeBarcode } from "zxing-wasm/writer";
import wasmAddress from "zxing-wasm/writer/zxing_writer.wasm?url";
import type { Content, Symbology } from "../samples";
import type { Modules } from "./code";

prepareZXingModule({ overrides: { locateFile: () => wasmAddress } }); // upstream's default is a public CDN

const formats = { aztec: "AztecCode", datamatrix: "DataMatrix" } as const;

/** The modules of a symbol of that content; rejects what does not fit into one. */
export async function modulesOf(content: Content, symbology: Exclude<Symbology, "qr">): Promise<Modules> {
  const options = symbology === "datamatrix" ? "forceSquare" : "";
  const made = await writeBarcode(content, { format: formats[symbology], options, addQuietZones: false, scale: 1 });
  if (made.error) throw new Error(made.error);
  const { data, width, height } = made.symbol;
  return Array.from({ length: height }, (_, y) => Array.from({ length: width }, (_, x) => data[y * width + x] === 0));
}
