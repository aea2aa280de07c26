import { expect, test } from "vitest";
import golden from "./code.golden.json"; // made by verifier/issuing: VR1, VR2 and every step between them
import { credentialOf, fromBase45, holderClaims, present, toBase45, toBeSigned, vr2 } from "./code";

const hex = (b: Uint8Array) => Array.from(b, (v) => v.toString(16).padStart(2, "0")).join("");
const unhex = (text: string) => Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16));
const at = Date.parse("2026-11-22T08:00:00Z");
const nonce = new TextEncoder().encode("0123456789abcdef");
const ecdsa = { name: "ECDSA", hash: "SHA-256" };

test("every step is the gateway's own, byte for byte", () => {
  expect(hex(credentialOf(golden.vr1))).toBe(golden.credential);
  const claims = holderClaims(at + 999, nonce); // whole seconds
  expect(hex(claims)).toBe(golden.claims);
  expect(hex(toBeSigned(claims))).toBe(golden.signed);
  expect(vr2(unhex(golden.credential), claims, unhex(golden.signature))).toBe(golden.vr2);
});

test("WebCrypto and the gateway mean the same signature", async () => {
  const { kty, crv, x, y } = golden.public;
  const key = await crypto.subtle.importKey("jwk", { kty, crv, x, y }, { ...ecdsa, namedCurve: "P-256" }, true, [
    "verify",
  ]);
  const signed = toBeSigned(holderClaims(at, nonce));
  expect(await crypto.subtle.verify(ecdsa, key, unhex(golden.signature), signed)).toBe(true);
});

test("a code is signed by its key, says when, and is never the same twice", async () => {
  const pair = await crypto.subtle.generateKey({ ...ecdsa, namedCurve: "P-256" }, false, ["sign", "verify"]);
  const document = { credential: unhex(golden.credential), key: pair.privateKey };
  const [one, two] = [await present(document, at), await present(document, at)];
  expect(one).not.toBe(two);
  const message = fromBase45(one.slice(4));
  const claims = message.slice(-64 - 2 - 25, -64 - 2); // a2 06 1a time 07 50 nonce, then 58 40 and the signature
  expect(hex(claims.slice(0, 9))).toBe(golden.claims.slice(0, 18));
  expect(await crypto.subtle.verify(ecdsa, pair.publicKey, message.slice(-64), toBeSigned(claims))).toBe(true);
  expect(hex(message)).toContain(golden.credential);
});

test("Base45", () => {
  // RFC 9285 §4.3 and §4.4
  const texts: [string, string][] = [
    ["AB", "BB8"],
    ["Hello!!", "%69 VD92EX0"],
    ["base-45", "UJCLQE7W581"],
    ["ietf!", "QED8WEX0"],
    ["", ""],
  ];
  for (const [plain, coded] of texts) {
    expect(toBase45(new TextEncoder().encode(plain))).toBe(coded);
    expect(new TextDecoder().decode(fromBase45(coded))).toBe(plain);
  }
  for (const broken of ["GGW", "A", "AAAA", "bb8", ":::", "::"]) expect(() => fromBase45(broken), broken).toThrow();
  for (let size = 0; size < 70; size++) {
    const b = Uint8Array.from({ length: size }, (_, i) => (i * 37 + size) & 255);
    expect(fromBase45(toBase45(b))).toEqual(b);
  }
  expect(() => credentialOf("VR2:BB8")).toThrow();
});
