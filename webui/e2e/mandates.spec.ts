// A mandate is brought in, an organisation chosen and scanned for; then it is revoked, and the person goes on alone.
import { type Browser, expect, type Page, test } from "@playwright/test";
import { launch } from "./browser";
import { inspect, phone, type Size } from "./look";
import { clerk, goodNumber, mandateFiles, missing, Office, supervisor } from "./office";
import type { Station } from "./station";

let office: Office;
let browser: Browser;
test.beforeAll(async () => {
  test.skip(missing !== "", missing);
  browser = await launch("none");
  office = await Office.open(browser);
});
test.afterAll(async () => {
  await browser?.close();
  await office?.close();
});

const mandateChecks = 9;
const endedNumber = "00000000-0000-4000-8000-000000000002";
const edge = { position: { x: 5, y: 300 } }; // where a tap on a verdict hits no button

test("every detail of a mandate can be looked at before it is chosen", async () => {
  const station = await office.employ(clerk);
  const { page } = station;
  await bring(station, "01_ok");
  await bring(station, "02_expired");
  await station.open("#/scanner");
  await station.connected();
  await page.locator(".bar-place").click();
  const ended = page.locator("[data-testid=capacity-line][data-usable=false]");
  await expect(ended).toHaveAttribute("data-reason", "mandate_expired");
  await expect(ended.getByTestId("capacity-pick")).toBeDisabled();
  await ended.getByTestId("capacity-details").click();
  await expect(page.locator("[data-check=dates]")).toHaveAttribute("data-result", "fail");
  await page.keyboard.press("Escape");

  await page.locator("[data-testid=capacity-line][data-usable=true]").getByTestId("capacity-details").click();
  const details = page.getByTestId("mandate-details");
  for (const text of ["1199900000013", "9900000017", goodNumber, "31 December 2039", "TEST_SCAN_AGE", "not revoked"])
    await expect(details).toContainText(text);
  await expect(details.getByTestId("mandate-checks").locator("[data-result=pass]")).toHaveCount(mandateChecks);
  await station.expectQuiet();
});

test("what is no good mandate is refused, and says which check failed", async () => {
  const station = await office.employ(clerk);
  const { page } = station;
  for (const [xml, sig, check] of [
    ["01_ok", "01_ok.BAD_untrusted_ca", "certificate"],
    ["b10_tampered_expiry", "b10_tampered_expiry", "signature"],
    ["20_format002_cp1251", "20_format002_cp1251", "format"],
  ] as const) {
    await bring(station, xml, sig);
    await expect(page.getByTestId("mandate-answer"), sig).toHaveAttribute("data-stored", "false");
    await expect(page.locator(`[data-check=${check}]`), sig).toHaveAttribute("data-result", "fail");
  }
  await station.expectQuiet();
});

test("a supervisor sees who holds the organisation's mandates, exports and deletes them", async () => {
  const boss = await office.employ(supervisor);
  const { page } = boss;
  await bring(boss, "01_ok");
  await expect(page.getByTestId("mandates-mine").getByTestId("mandate")).toHaveCount(0);
  const line = page.getByTestId("mandates-ours").locator(`[data-number="${goodNumber}"]`);
  await expect(line).toContainText("Granted to:");
  await page.getByTestId("mandates-soon").click();
  await expect(line).toHaveCount(0);
  await page.getByRole("button", { name: "All" }).click();

  const download = page.waitForEvent("download");
  await page.getByTestId("mandates-export").click();
  expect((await download).suggestedFilename()).toBe("mandates.csv");

  await line.getByTestId("mandate-remove").click();
  await page.getByRole("button", { name: "Keep" }).click();
  await expect(line).toHaveCount(1);
  await line.getByTestId("mandate-remove").click();
  await page.getByTestId("mandate-remove-yes").click();
  await expect(line).toHaveCount(0);
  await boss.expectQuiet();
});

test("a mandate is brought in, and its organisation scanned for, until it is revoked", async () => {
  const station = await office.employ(clerk);
  const { page } = station;
  await station.open("#/scanner");
  await station.connected();
  await page.getByRole("button", { name: "Menu" }).click();
  await page.getByRole("link", { name: "Mandates" }).click();
  await drop(page, mandateFiles("01_ok"));
  await page.getByTestId("mandate-send").click();
  await expect(page.getByTestId("mandate-answer")).toHaveAttribute("data-stored", "true");
  await expect(page.getByTestId("mandates-mine").locator(`[data-number="${goodNumber}"]`)).toBeVisible();

  const [first, second] = samplesThatPass(2);
  await station.open("#/scanner");
  await station.connected();
  await expect(page.getByTestId("capacity")).toHaveText("Private person");
  await chooseOrganisation(page);
  await expect(page.getByTestId("capacity")).toContainText("РОМАШКА-ТЕСТ");
  expect(await station.paste(first!)).toMatchObject({ decision: "admit", reason: "ok" });
  await page.getByTestId("verdict").click(edge);
  await page.getByTestId("details").click();
  const sheet = page.getByRole("dialog");
  await expect(sheet).toContainText("РОМАШКА-ТЕСТ");
  await expect(sheet).toContainText(goodNumber);
  await expect(sheet.getByTestId("mandate-checks").locator("[data-result=pass]")).toHaveCount(mandateChecks);
  await page.keyboard.press("Escape");
  await page.getByTestId("dismiss").click();

  await page.reload(); // the choice stays on the device
  await station.connected();
  await expect(page.getByTestId("capacity")).toContainText("РОМАШКА-ТЕСТ");
  office.revoke(goodNumber);
  await untilRevoked(page);
  expect(await station.paste(second!)).toMatchObject({ decision: "deny", reason: "mandate_revoked" });
  await expect(page.getByTestId("authority")).toHaveAttribute("data-check", "registry");
  await page.getByTestId("next-step").click(); // to the other organisations
  await expect(page.locator("[data-testid=capacity-line][data-reason=mandate_revoked]")).toBeVisible();
  await page.keyboard.press("Escape");
  expect(await station.paste(second!)).toMatchObject({ reason: "mandate_revoked" });
  await page.getByTestId("as-self").click();
  await expect(page.getByTestId("verdict")).toHaveCount(0);
  await expect(page.getByTestId("capacity")).toHaveText("Private person");
  const alone = await station.paste(second!);
  expect(alone).toMatchObject({ decision: "admit", reason: "ok" });
  expect(alone.text).toContain("Only whether it is in force is shown");
  await station.expectQuiet();
});

test("everybody can read it, in three languages and both themes", async () => {
  test.setTimeout(300_000);
  const station = await office.employ(clerk);
  const boss = await office.employ(supervisor);
  const newcomer = await office.employ({ ...clerk, name: "Newcomer", confirmed: false });
  const at = [phone, { width: 1440, height: 900 }];
  for (const [lang, theme] of [["ru", "light"], ["kk", "dark"], ["en", "light"]] as const) {
    for (const { page } of [station, boss, newcomer]) {
      await page.evaluate(([l, t]) => {
        localStorage.setItem("vratar.lang", l);
        localStorage.setItem("vratar.theme", t);
      }, [lang, theme] as const);
      await page.emulateMedia({ reducedMotion: "reduce" }); // a sheet on its way in has no contrast yet
    }
    const of = (what: string) => `${what}, ${lang}`;
    await newcomer.open("#/scanner");
    await newcomer.page.getByTestId("not-confirmed").waitFor();
    await inspect(newcomer.page, of("not confirmed"), at);
    await bring(station, "02_expired", "01_ok.BAD_cert_revoked");
    await inspect(station.page, of("refused"), at);
    await bring(station, "02_expired");
    await inspect(station.page, of("kept"), at);
    await boss.open("#/mandates");
    await boss.page.getByTestId("mandate").first().waitFor();
    await inspect(boss.page, of("supervisor"), at);
    await boss.page.getByTestId("mandate-remove").first().click();
    await inspect(boss.page, of("removal"), at);
    await lookAtCapacities(station, at, lang);
  }
  for (const s of [station, boss, newcomer]) await s.expectQuiet();
});

async function lookAtCapacities(station: Station, at: Size[], lang: string): Promise<void> {
  const { page } = station;
  await station.open("#/scanner");
  await station.connected();
  await page.locator(".bar-place").click();
  await page.getByTestId("capacity-details").first().waitFor();
  await inspect(page, `capacities, ${lang}`, at);
  await page.getByTestId("capacity-details").first().click();
  await page.getByTestId("mandate-checks").waitFor();
  await inspect(page, `details, ${lang}`, at);
  await page.keyboard.press("Escape");
  await page.keyboard.press("Escape");
  const choice = JSON.stringify({ mandate: endedNumber, name: "" });
  await page.evaluate((c) => localStorage.setItem("vratar.capacity", c), choice);
  await station.open("#/scanner");
  await station.connected();
  await expect(page.getByTestId("capacity")).toContainText("РОМАШКА");
  expect(await station.paste(samplesThatPass(1)[0]!)).toMatchObject({ reason: "mandate_expired" });
  await page.getByTestId("verdict").click(edge);
  await inspect(page, `refusal, ${lang}`, at);
  await page.getByTestId("details").click();
  await page.getByTestId("mandate-checks").waitFor();
  await inspect(page, `details of a refusal, ${lang}`, at);
}

async function bring(station: Station, xml: string, sig = xml): Promise<void> {
  const { page } = station;
  await station.open("#/mandates");
  await page.getByTestId("mandate-files").setInputFiles(mandateFiles(xml, sig));
  await page.getByTestId("mandate-send").click();
  await page.getByTestId("mandate-answer").waitFor();
}

/** Drops files onto the page, as from a folder beside it. */
async function drop(page: Page, files: ReturnType<typeof mandateFiles>): Promise<void> {
  const content = files.map((f) => ({ name: f.name, bytes: [...f.buffer] }));
  const dataTransfer = await page.evaluateHandle((list) => {
    const transfer = new DataTransfer();
    for (const f of list) transfer.items.add(new File([new Uint8Array(f.bytes)], f.name));
    return transfer;
  }, content);
  await page.getByTestId("mandate-drop").dispatchEvent("drop", { dataTransfer });
}

async function chooseOrganisation(page: Page): Promise<void> {
  await page.locator(".bar-place").click();
  const usable = page.locator("[data-testid=capacity-line][data-usable=true]").filter({ hasText: "РОМАШКА" });
  await usable.getByTestId("capacity-pick").click();
  await expect(page.getByRole("dialog")).toHaveCount(0);
}

/** The gateway reads its list again by itself, and judges anew at each scan. */
async function untilRevoked(page: Page): Promise<void> {
  const reasons = () =>
    page.evaluate(async () => {
      const { capacities } = (await (await fetch("/v1/me/capacities")).json()) as { capacities: { reason: string }[] };
      return capacities.map((c) => c.reason);
    });
  await expect.poll(reasons, { timeout: 20_000 }).toContain("mandate_revoked");
}

/** Payloads of the demo's samples that are let in, one for each passage. */
function samplesThatPass(count: number): string[] {
  const found = office.gateway.demo.samples.filter((s) => s.expect === "ok").map((s) => s.payload);
  expect(found.length).toBeGreaterThanOrEqual(count);
  return found.slice(0, count);
}
