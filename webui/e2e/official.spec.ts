// A certificate some country really published, shown to the camera. The vectors are not part of this repository.
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { expect, test } from "@playwright/test";
import { launch } from "./browser";
import { render } from "./clips";
import { Gateway } from "./gateway";
import { signIn } from "./station";

interface Vector {
  id: string;
  payload: string;
  key: { type: string; der_b64?: string };
  expect: { accept: boolean | null; claims?: { exp?: number } };
}

const folder = process.env["VRATAR_VECTORS"] ?? resolve(import.meta.dirname, "../../../shared/vectors");
const file = join(folder, "eu-dcc", "vectors.json");

test("an EU certificate from the official vectors", async () => {
  test.skip(!existsSync(file) && !process.env["CI"], `not run: no official vectors at ${folder} (set VRATAR_VECTORS)`);
  const now = Date.now() / 1000;
  const vectors = (JSON.parse(readFileSync(file, "utf8")) as Vector[])
    .filter((v) => v.expect.accept && v.key.der_b64 && v.payload.length < 600)
    .sort((a, b) => (b.expect.claims?.exp ?? 0) - (a.expect.claims?.exp ?? 0));
  const vector = vectors[0]!;
  const certificate = join(mkdtempSync(join(tmpdir(), "vratar-trust-")), "issuer.pem");
  const lines = vector.key.der_b64!.match(/.{1,64}/g)!.join("\n");
  writeFileSync(certificate, `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`);

  const gateway = await Gateway.start([certificate]);
  const browser = await launch({
    clip: await render({
      width: 1280,
      height: 720,
      fps: 15,
      shots: [
        { text: "", seconds: 0.3 },
        { text: vector.payload, seconds: 1.5 },
      ],
    }),
  });
  const station = await signIn(browser, gateway);
  await station.scan();
  const [shown] = await station.verdicts(1);
  // the published ones run out in time; the honest answer then is expired, and by nothing else than its term
  const inForce = (vector.expect.claims?.exp ?? 0) > now;
  console.log(`${vector.id}: ${shown!.reason}`);
  expect(shown!.reason).toBe(inForce ? "ok" : "expired");
  const judged = await station.page.evaluate(async (payload) => {
    const response = await fetch("/v1/verify", {
      method: "POST",
      body: payload,
      headers: { "Content-Type": "text/plain" },
    });
    return (await response.json()) as { format: string; checks: { check: string; result: string }[] };
  }, vector.payload);
  expect(judged.format).toBe("hcert");
  expect(judged.checks).toContainEqual(expect.objectContaining({ check: "signature", result: "pass" }));
  await browser.close();
  await gateway.close();
});
