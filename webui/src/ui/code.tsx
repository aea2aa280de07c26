import { useEffect, useState } from "preact/hooks";
import { encode } from "uqr";
import type { Content, Symbology } from "../samples";

/** Modules of a symbol, row by row; true is dark. */
export type Modules = readonly (readonly boolean[])[];

/** Modules of white around the symbol: ISO/IEC 18004 asks for 4, the others for less. */
const quiet = 4;
/** Above so many characters a code has small modules already: less correction then reads better, on a clean screen. */
const long = 400;

interface CodeProps {
  content: Content;
  symbology?: Symbology;
  label: string;
}

/** A code as one path: dark on light in every theme, since many readers know no other. */
export function Code({ content, symbology = "qr", label }: CodeProps) {
  const modules = useModules(content, symbology);
  const side = (modules?.length ?? 0) + 2 * quiet;
  return (
    <svg
      class="code"
      viewBox={`0 0 ${side} ${side}`}
      role="img"
      aria-label={label}
      shape-rendering="crispEdges"
      data-testid="code"
      data-symbology={symbology}
      data-drawn={modules ? "yes" : "no"}
    >
      <path class="code-light" d={`M0 0h${side}v${side}H0z`} />
      {modules && <path class="code-dark" d={pathOf(modules)} />}
    </svg>
  );
}

/** QR codes are there at once; what draws the others is fetched when it is first needed. */
function useModules(content: Content, symbology: Symbology): Modules | null {
  const [modules, setModules] = useState<Modules | null>(() => (symbology === "qr" ? qrModules(content) : null));
  useEffect(() => {
    let stale = false;
    const show = (m: Modules | null) => {
      if (!stale) setModules(m);
    };
    if (symbology === "qr") show(qrModules(content));
    else
      void import("./symbols")
        .then((m) => m.modulesOf(content, symbology))
        .then(show, (err: unknown) => {
          console.error("code not drawn:", err);
          show(null);
        });
    return () => {
      stale = true;
    };
  }, [content, symbology]);
  return modules;
}

/** Bytes stay bytes; a text gets the densest mode it fits. */
export function qrModules(content: Content): Modules {
  const data = typeof content === "string" ? content : Array.from(content);
  return encode(data, { ecc: data.length > long ? "L" : "M", border: 0 }).data;
}

/** One rectangle per run of dark modules in a row. */
export function pathOf(modules: Modules): string {
  let d = "";
  modules.forEach((row, y) => {
    for (let x = 0; x < row.length; x++) {
      if (!row[x]) continue;
      const start = x;
      while (row[x + 1]) x++;
      d += `M${start + quiet} ${y + quiet}h${x + 1 - start}v1H${start + quiet}z`;
    }
  });
  return d;
}
