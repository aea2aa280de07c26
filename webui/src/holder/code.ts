// VR2: a document as the device of its holder shows it, `VR2:` + Base45 (RFC 9285) of the CBOR array
// [credential, proof]. The credential is what stands in the VR1 code, byte for byte; the proof is a COSE_Sign1
// (RFC 9052, tag 18) by the key the credential names, over {6: now, 7: nonce}. The encoders here know no more of
// CBOR than these messages hold.

const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";

/** Protected header {1: -7}: ES256. */
const header = Uint8Array.of(0xa1, 0x01, 0x26);

const nonceSize = 16;

/** What the code is made of. */
export interface BoundDocument {
  /** Bytes of the VR1 code, compressed or not. */
  credential: Uint8Array;
  /** ECDSA on P-256, the one that the credential names. */
  key: CryptoKey;
}

/** The text of the code, made at this moment (milliseconds since 1970). No two are alike. */
export async function present(document: BoundDocument, now: number): Promise<string> {
  const claims = holderClaims(now, crypto.getRandomValues(new Uint8Array(nonceSize)));
  const algorithm = { name: "ECDSA", hash: "SHA-256" };
  const signature = await crypto.subtle.sign(algorithm, document.key, toBeSigned(claims));
  return vr2(document.credential, claims, new Uint8Array(signature));
}

/** The bytes behind a VR1 code; throws for any other text. */
export function credentialOf(vr1: string): Uint8Array {
  if (!vr1.startsWith("VR1:")) throw new TypeError("not a VR1 code");
  return fromBase45(vr1.slice(4));
}

/** {6: seconds, 7: nonce}: what the holder signs. */
export function holderClaims(now: number, nonce: Uint8Array): Uint8Array {
  return join(head(5, 2), head(0, 6), head(0, Math.floor(now / 1000)), head(0, 7), bytes(nonce));
}

/** Sig_structure of RFC 9052 §4.4. */
export function toBeSigned(claims: Uint8Array): Uint8Array<ArrayBuffer> {
  const context = new TextEncoder().encode("Signature1");
  return join(head(4, 4), head(3, context.length), context, bytes(header), bytes(new Uint8Array()), bytes(claims));
}

/** Puts the parts together. The signature is r‖s, as WebCrypto gives it. */
export function vr2(credential: Uint8Array, claims: Uint8Array, signature: Uint8Array): string {
  const proof = join(head(6, 18), head(4, 4), bytes(header), head(5, 0), bytes(claims), bytes(signature));
  return "VR2:" + toBase45(join(head(4, 2), bytes(credential), proof));
}

export function toBase45(b: Uint8Array): string {
  let text = "";
  for (let i = 0; i < b.length; i += 2) {
    const pair = i + 1 < b.length;
    let n = pair ? b[i]! * 256 + b[i + 1]! : b[i]!;
    for (let k = pair ? 3 : 2; k > 0; k--, n = Math.floor(n / 45)) text += alphabet[n % 45];
  }
  return text;
}

/** Throws for a text that is not Base45, or stands for more than its bytes can hold. */
export function fromBase45(text: string): Uint8Array {
  const out: number[] = [];
  for (let i = 0; i < text.length; i += 3) {
    const values = [...text.slice(i, i + 3)].map((c) => alphabet.indexOf(c));
    const n = values.reduceRight((sum, v) => sum * 45 + v, 0);
    if (values.length === 1 || values.includes(-1) || n > (values.length === 3 ? 0xffff : 0xff))
      throw new TypeError(`not Base45 at ${i}`);
    if (values.length === 3) out.push(n >> 8);
    out.push(n & 255);
  }
  return Uint8Array.from(out);
}

/** Head of a data item in its shortest form (RFC 8949 §3): a number below 2³² is all that is needed. */
function head(major: number, n: number): Uint8Array {
  const first = major << 5;
  if (n < 24) return Uint8Array.of(first | n);
  if (n < 0x100) return Uint8Array.of(first | 24, n);
  if (n < 0x10000) return Uint8Array.of(first | 25, n >> 8, n & 255);
  return Uint8Array.of(first | 26, n >>> 24, (n >>> 16) & 255, (n >>> 8) & 255, n & 255);
}

function bytes(b: Uint8Array): Uint8Array {
  return join(head(2, b.length), b);
}

function join(...parts: Uint8Array[]): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(parts.reduce((sum, p) => sum + p.length, 0));
  let at = 0;
  for (const p of parts) {
    out.set(p, at);
    at += p.length;
  }
  return out;
}
