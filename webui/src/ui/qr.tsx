import { useMemo } from "preact/hooks";
import { encode } from "uqr";

const quiet = 4; // modules of white around the code, as ISO/IEC 18004 asks

/** A QR code as one path: dark on light in every theme, since many readers know no other. */
export function QR({ payload, label }: { payload: string; label: string }) {
  const { d, size } = useMemo(() => pathOf(payload), [payload]);
  return (
    <svg class="qr" viewBox={`0 0 ${size} ${size}`} role="img" aria-label={label} shape-rendering="crispEdges">
      <path class="qr-light" d={`M0 0h${size}v${size}H0z`} />
      <path class="qr-dark" d={d} />
    </svg>
  );
}

/** One rectangle per run of dark modules in a row. */
export function pathOf(payload: string): { d: string; size: number } {
  const { data, size } = encode(payload, { ecc: "M", border: quiet });
  let d = "";
  data.forEach((row, y) => {
    for (let x = 0; x < size; x++) {
      if (!row[x]) continue;
      const start = x;
      while (row[x + 1]) x++;
      d += `M${start} ${y}h${x + 1 - start}v1H${start}z`;
    }
  });
  return { d, size };
}
