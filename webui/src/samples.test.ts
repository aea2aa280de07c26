import { expect, test } from "vitest";
import { parseSamples } from "./samples";

const one = (o: object) => parseSamples({ samples: [o] })[0]!;

test("a sample of today and one with everything", () => {
  expect(one({ name: "a", title: { en: "A" }, payload: "VR1:X", expect: "ok" })).toMatchObject({
    title: { kk: "A" },
    symbology: "qr",
    content: "VR1:X",
    symbols: ["VR1:X"],
    freshS: 0,
    holder: null,
    group: "documents",
  });
  expect(
    one({ symbology: "datamatrix", payload: "", payload_b64: "3AMA/w==", format: "vds", expect: "ok" }),
  ).toMatchObject({
    symbology: "datamatrix",
    content: Uint8Array.of(0xdc, 3, 0, 0xff),
    group: "identity",
  });
  const parts = ["shc:/1/2/11", "shc:/2/2/22"];
  expect(one({ payload: parts.join("\n"), parts, format: "shc", expect: "ok" })).toMatchObject({
    content: parts.join("\n"),
    symbols: parts,
    group: "health",
  });
  const jwk = { kty: "EC", crv: "P-256" };
  expect(one({ fresh_s: 30, holder: { credential: "VR1:X", jwk } })).toMatchObject({
    freshS: 30,
    holder: { credential: "VR1:X", jwk },
  });
  expect(one({ symbology: "clay" }).symbology).toBe("qr");
  expect(one({ expect: "ok", gate: "holder_proof_missing", format: "mdoc" })).toMatchObject({
    expect: "holder_proof_missing",
    group: "identity",
  });
});

test("groups", () => {
  const group = (name: string, format: string, expected: string) => one({ name, format, expect: expected }).group;
  expect(group("student", "document", "ok")).toBe("documents");
  expect(group("ticket", "document", "ok")).toBe("tickets");
  expect(group("pretix", "pretix", "ok")).toBe("tickets");
  expect(group("forged", "document", "signature_invalid")).toBe("refused");
  expect(group("payment", "notice", "not_a_credential")).toBe("other");
  expect(group("new", "of a format to come", "ok")).toBe("documents");
});
