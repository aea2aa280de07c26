// Codes that change while they are shown: `VR2:` + Base45 of the CBOR array [credential, proof]. The credential
// stays, the proof is new every few seconds.

const prefix = [..."VR2:"].map((c) => c.charCodeAt(0));
const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";

/** What all codes of one document have in common; null where the code is of another kind. */
export function documentOf(content: Uint8Array): string | null {
  if (!prefix.every((c, i) => content[i] === c)) return null;
  const text = new TextDecoder().decode(content.subarray(prefix.length));
  const [first, second] = [pair(text, 0), pair(text, 3)];
  // 82: an array of two. 58 and 59: bytes, their number in one byte or two (RFC 8949 §3). Shorter is no credential.
  if (first >> 8 !== 0x82) return null;
  const kind = first & 255;
  const end = kind === 0x58 ? 3 + (second >> 8) : kind === 0x59 ? 4 + second : 0;
  return end ? text.slice(0, Math.floor(end / 2) * 3) : null;
}

/** Two bytes of Base45 text. */
function pair(text: string, at: number): number {
  const [a, b, c] = [0, 1, 2].map((i) => alphabet.indexOf(text[at + i] ?? ""));
  return a! + 45 * b! + 2025 * c!;
}
