// Every state in which it is the checker who is refused has a screen that says what happened and why, with both remedies:
// from real answers of a gateway with the demo's mandates.
import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { type Browser, expect, test } from "@playwright/test";
import { launch } from "./browser";
import { hold, type Lang, langs, look, rewrite, speak } from "./gallery";
import { Gateway, type SampleMandate } from "./gateway";
import { Office } from "./office";
import type { Station } from "./station";

let office: Office;
let browser: Browser;
let papers: SampleMandate[];
let checker: object;
test.beforeAll(async () => {
  browser = await launch("none");
  const gateway = await Gateway.start([], ["--mandates"]);
  const { checker_inn: inn, checker_snils: snils, samples } = gateway.demo.mandates!;
  [papers, checker] = [samples, { role: "checker", name: "Checker", inn, snils }];
  office = await Office.of(gateway, browser, await gateway.serve((demo) => demo));
});
test.afterAll(async () => {
  await browser?.close();
  await office?.close();
});

const paper = (name: string): SampleMandate => papers.find((p) => p.name === name)!;

test("each refusal of a mandate at a scan", async () => {
  test.setTimeout(300_000);
  const station = await office.employ(checker);
  const foreign = "mandate_representative_mismatch"; // the page never asks in the name of somebody else's
  const refused = papers.filter((p) => p.kept && p.expect !== "ok" && p.expect !== foreign);
  expect(new Set(refused.map((p) => p.expect)).size).toBeGreaterThanOrEqual(9);
  for (const lang of langs) {
    await speak(station, lang);
    for (const p of refused) await refuse(station, lang, p.name, { mandate: p.number, reason: p.expect });
  }
  await station.expectQuiet();
});

test("what a page does not ask for by itself, and an account that is not confirmed", async () => {
  test.setTimeout(180_000);
  const station = await office.employ(checker);
  const newcomer = await office.employ({ ...checker, name: "Newcomer", confirmed: false });
  let mandate = ""; // in whose name the code was scanned, as far as the page is told
  const answers = new Map<string, Record<string, unknown>>();
  await rewrite(station, (m) => {
    const answer = m.type === "decision" && answers.get(mandate);
    return answer ? { ...m, answer } : m;
  });
  const nobodys = "00000000-0000-4000-8000-00000000dead";
  for (const number of [paper("original").number, nobodys]) answers.set(number, await scanOf(station, number));
  for (const lang of langs) {
    await speak(station, lang);
    for (const [name, number, reason] of [
      ["somebody_elses", paper("original").number, "mandate_representative_mismatch"],
      ["not_brought_in", nobodys, "mandate_missing"],
    ] as const) {
      mandate = number;
      await refuse(station, lang, name, { mandate: "", reason });
    }
    await speak(newcomer, lang);
    await newcomer.open("#/scanner");
    await newcomer.page.getByTestId("not-confirmed").waitFor();
    await look(newcomer, lang, "session-not_confirmed");
  }
});

test("each mandate that is refused when it is brought in", async () => {
  test.setTimeout(180_000);
  const station = await office.employ(checker);
  const { page } = station;
  for (const lang of langs) {
    await speak(station, lang);
    for (const p of papers.filter((one) => !one.kept)) {
      await bring(station, p.name);
      await expect(page.getByTestId("mandate-answer"), p.name).toHaveAttribute("data-stored", "false");
      await expect(page.locator("[data-result=fail] small"), p.name).not.toBeEmpty();
      await look(station, lang, `upload-${p.name}`);
    }
    await bring(station, "valid", Buffer.alloc(3 << 20)); // more than the gateway reads
    await expect(page.getByTestId("mandate-upload")).toHaveAttribute("data-state", "failed");
    await look(station, lang, "upload-too_large");
  }
});

test("a register that is silent or does not know the mandate, and one that is no longer proven", async () => {
  test.setTimeout(240_000);
  const station = await office.employ(checker);
  let status = 503;
  const registry = await serve(() => status);
  const { port } = registry.address() as AddressInfo;
  const mandate = paper("valid").number;
  try {
    await office.gateway.serve((demo) => `${demo.replace("[[profiles]]", asking(port))}`);
    for (const [code, name, reason] of [
      [503, "registry_silent", "mandate_registry_unavailable"],
      [404, "registry_unknown", "mandate_missing"],
    ] as const) {
      status = code;
      await until(station, mandate, reason);
      await inEachLanguage(station, name, { mandate, reason });
    }
    await office.gateway.serve((demo) => demo.replace('"ecdsa-sha256"', '"gost-2012-256"'));
    await inEachLanguage(station, "unproven", { mandate, reason: "mandate_signature_invalid" });
  } finally {
    registry.close();
  }
});

interface Refusal {
  mandate: string;
  reason: string;
}

async function inEachLanguage(station: Station, name: string, refusal: Refusal): Promise<void> {
  for (const lang of langs) {
    await speak(station, lang);
    await refuse(station, lang, name, refusal);
  }
}

/** A code is scanned in the name of an organisation; the refusal and its details are looked at. */
async function refuse(station: Station, lang: Lang, name: string, { mandate, reason }: Refusal): Promise<void> {
  const { page } = station;
  const choice = mandate && JSON.stringify({ mandate, name: "Demo Arena" });
  await page.evaluate((c) => localStorage.setItem("vratar.capacity", c), choice);
  await station.open("#/scanner");
  await station.connected();
  const shown = await station.paste(office.gateway.sample("ok"));
  const tone = reason === "mandate_registry_unavailable" ? "hold" : "deny";
  expect.soft(shown, name).toMatchObject({ reason, tone });
  await hold(station);
  for (const remedy of ["next-step", "as-self", "details"])
    await expect.soft(page.getByTestId(remedy), `${name}: ${remedy}`).toBeVisible();
  await expect.soft(page.locator(".refusal-check + p"), name).not.toBeEmpty();
  await look(station, lang, `authority-${name}`);
}

/** What the gateway answers to a scan in the name of a mandate, whosever it is. */
function scanOf(station: Station, mandate: string): Promise<Record<string, unknown>> {
  const scan = { payload: office.gateway.sample("ok"), checkpoint: "north", direction: "entry", nonce: mandate, mandate };
  return station.page.evaluate(async (body) => {
    const headers = { "Content-Type": "application/json" };
    const response = await fetch("/v1/scan", { method: "POST", headers, body });
    return response.json() as Promise<Record<string, unknown>>;
  }, JSON.stringify(scan));
}

async function bring(station: Station, name: string, signature?: Buffer): Promise<void> {
  const { page } = station;
  const read = (ending: string) => readFileSync(office.gateway.file(`mandates/${name}.${ending}`));
  await station.open("#/mandates");
  await page.getByTestId("mandate-files").setInputFiles([
    { name: `${name}.xml`, mimeType: "text/xml", buffer: read("xml") },
    { name: `${name}.sig`, mimeType: "application/octet-stream", buffer: signature ?? read("sig") },
  ]);
  await page.getByTestId("mandate-send").click();
  await expect(page.getByTestId("mandate-upload")).toHaveAttribute("data-state", /answered|failed/);
}

async function serve(status: () => number): Promise<Server> {
  const registry = createServer((_, response) => {
    response.statusCode = status();
    response.end("{}");
  });
  await new Promise<void>((listening) => registry.listen(0, "127.0.0.1", listening));
  return registry;
}

const asking = (port: number) => `[mandates.registry]
url = "http://127.0.0.1:${port}/{guid}"
plain_http_unsafe = true
refresh = "1s"

[[profiles]]`;

/** Until the gateway has the register's answer. */
async function until({ page }: Station, mandate: string, reason: string): Promise<void> {
  const reasons = () =>
    page.evaluate(async (number) => {
      const answer = await fetch("/v1/me/capacities").then((r) => r.json() as Promise<{ capacities: Told[] }>);
      return answer.capacities.find((c) => c.mandate === number)?.reason;
    }, mandate);
  await expect.poll(reasons, { timeout: 20_000 }).toBe(reason);
}

interface Told {
  mandate?: string;
  reason: string;
}
