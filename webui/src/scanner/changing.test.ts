import { expect, test } from "vitest";
import golden from "../holder/code.golden.json";
import { credentialOf, holderClaims, vr2 } from "../holder/code";
import { documentOf } from "./changing";

const bytes = (text: string) => new TextEncoder().encode(text);
const code = (credential: Uint8Array, second: number) =>
  vr2(credential, holderClaims(second * 1000, new Uint8Array(16).fill(second)), new Uint8Array(64).fill(second));

test("codes of one document have something in common that codes of another lack", () => {
  const credential = credentialOf(golden.vr1);
  for (const length of [24, 25, 100, 255, 256, 257, credential.length]) {
    const mine = Uint8Array.from({ length }, (_, i) => credential[i % credential.length]!);
    const other = mine.slice();
    other[length - 2]! ^= 1;
    const document = documentOf(bytes(code(mine, 1)));
    expect(document, `${length}`).toBeTruthy();
    expect(documentOf(bytes(code(mine, 2)))).toBe(document);
    expect(documentOf(bytes(code(other, 1)))).not.toBe(document);
  }
  expect(documentOf(bytes(golden.vr2))).toBe(documentOf(bytes(code(credential, 3))));
});

test("other codes are of no such document", () => {
  for (const text of ["", "VR2:", golden.vr1, "VR2:000000", "HC1:6BF", "VR2:::::::"])
    expect(documentOf(bytes(text)), text).toBeNull();
});
