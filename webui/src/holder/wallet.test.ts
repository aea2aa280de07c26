import "fake-indexeddb/auto";
import { expect, test } from "vitest";
import golden from "./code.golden.json";
import { documentNamed, documents, forgetDocument, keepDocument } from "./wallet";

const texts = { ru: "Б", kk: "Б", en: "T" };

/** A private key as the gateway hands it to the page. */
async function given(name: string) {
  const pair = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, true, ["sign"]);
  const jwk = {
    ...(await crypto.subtle.exportKey("jwk", pair.privateKey)),
    kid: "k",
    alg: "ES256",
    use: "sig",
    key_ops: [],
  };
  return { name, title: texts, note: texts, content: "", holder: { credential: golden.vr1, jwk } };
}

test("a kept document signs and gives its key to nobody", async () => {
  const kept = await keepDocument(await given("live"));
  expect(kept.key).toMatchObject({ type: "private", extractable: false, usages: ["sign"] });
  await expect(crypto.subtle.exportKey("jwk", kept.key)).rejects.toThrow();
});

test("taking one again replaces it; forgetting leaves nothing", async () => {
  await keepDocument(await given("again"));
  await keepDocument({ ...(await given("again")), title: { ...texts, en: "Later" } });
  expect((await documents()).filter((d) => d.name === "again").map((d) => d.title.en)).toEqual(["Later"]);
  await forgetDocument("again");
  expect(await documentNamed("again")).toBeUndefined();
});

test("what is no credential is not kept", async () => {
  const broken = await given("broken");
  await expect(keepDocument({ ...broken, holder: { ...broken.holder, credential: "HC1:XX" } })).rejects.toThrow();
  expect(await documentNamed("broken")).toBeUndefined();
});
