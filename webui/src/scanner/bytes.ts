// Content as bytes, and bytes as text that survives JSON.

/** Base64 (RFC 4648, padded). */
export function toBase64(bytes: Uint8Array): string {
  let binary = "";
  // in slices: the argument list of one call is bounded
  for (let i = 0; i < bytes.length; i += 8192) binary += String.fromCharCode(...bytes.subarray(i, i + 8192));
  return btoa(binary);
}

/** The bytes behind such text. */
export function fromBase64(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
}

/** UTF-8 bytes of a text; bytes as they are. */
export function toBytes(content: string | Uint8Array): Uint8Array {
  return typeof content === "string" ? new TextEncoder().encode(content) : content;
}

/** 32 random hex digits. crypto.randomUUID would need a secure context, which a keyboard scanner does not. */
export function randomRef(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join("");
}
