// A mandate ends between two scans, as the gateway's clock passes midnight in Moscow. The mandates are the demo's own; the
// gateway is the same but for its clock, which a file sets (bench/cmd/clocked).
import { execFileSync } from "node:child_process";
import { renameSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { type Browser, expect, type Page, test } from "@playwright/test";
import { launch } from "./browser";
import { Gateway, type SampleMandate } from "./gateway";
import { Office } from "./office";
import type { Station } from "./station";

let office: Office;
let browser: Browser;
let papers: SampleMandate[];
let person: { inn: string; snils: string };
test.beforeAll(async () => {
  test.setTimeout(180_000); // the program may have to be built
  browser = await launch("none");
  const gateway = await Gateway.start([], ["--mandates"]);
  const { checker_inn: inn, checker_snils: snils, samples } = gateway.demo.mandates!;
  [papers, person] = [samples, { inn, snils }];
  const program = { path: build(gateway.file("clocked")), args: ["--clock", gateway.file("clock")] };
  office = await Office.of(gateway, browser, await gateway.serve((demo) => demo, program));
});
test.afterAll(async () => {
  await browser?.close();
  await office?.close();
});

test("a mandate ends between two scans: its screen, and the way on as a private person", async () => {
  const station = await office.employ({ role: "checker", name: "Checker", ...person });
  const { page } = station;
  const { number } = papers.find((p) => p.name === "valid")!;
  const [first, second, third] = office.gateway.demo.samples.filter((s) => s.expect === "ok").map((s) => s.payload);
  await station.open("#/scanner");
  await station.connected();
  const end = await endOf(page, number);

  moveTo(end - 1000); // the last second of its last day
  await page.locator(".bar-place").click();
  await capacity(page, number).getByTestId("capacity-pick").click();
  await expect(page.getByTestId("capacity")).toContainText("Demo Arena");
  expect(await station.paste(first!)).toMatchObject({ decision: "admit", reason: "ok" });
  await page.keyboard.press("Escape");

  moveTo(end);
  expect(await station.paste(second!)).toMatchObject({ decision: "deny", reason: "mandate_expired" });
  await expect(page.getByTestId("authority")).toHaveAttribute("data-check", "dates");
  await expect(page.getByTestId("verdict")).toContainText("Your mandate has expired.");
  await expect(page.getByTestId("as-self")).toHaveText("Scan as a private person");
  await expect(page.getByTestId("next-step")).toHaveText("Choose another organisation");
  await page.getByTestId("next-step").click();
  const ended = capacity(page, number);
  await expect(ended).toHaveAttribute("data-reason", "mandate_expired");
  await expect(ended.getByTestId("capacity-pick")).toBeDisabled();
  await page.keyboard.press("Escape");

  expect(await station.paste(second!)).toMatchObject({ reason: "mandate_expired" }); // nothing was used up, nothing let in
  await page.getByTestId("as-self").click();
  await expect(page.getByTestId("capacity")).toHaveText("Private person");
  expect(await station.paste(second!)).toMatchObject({ decision: "admit", reason: "ok" });
  expect(await station.paste(third!)).toMatchObject({ decision: "admit", reason: "ok" });
  await page.keyboard.press("Escape");
  await listTells(station, number, "ended");
  await station.expectQuiet();
});

test("one that has not begun begins at midnight", async () => {
  const station = await office.employ({ role: "checker", name: "Early", ...person });
  const { number } = papers.find((p) => p.name === "not_yet")!;
  moveTo(Date.now());
  await listTells(station, number, "not_yet");
  moveTo(await beginningOf(station.page, number));
  await listTells(station, number, "current");
  await station.open("#/scanner");
  await station.connected();
  await station.page.locator(".bar-place").click();
  await expect(capacity(station.page, number)).toHaveAttribute("data-usable", "true");
  await station.expectQuiet();
});

/** The list of mandates says so as well. */
async function listTells(station: Station, number: string, state: string): Promise<void> {
  await station.open("#/mandates");
  const line = station.page.getByTestId("mandates-mine").locator(`[data-number="${number}"]`);
  await expect(line).toHaveAttribute("data-state", state);
}

/** Builds the gateway whose clock moves; the page in it is the one that was built last. */
function build(path: string): string {
  const root = resolve(import.meta.dirname, "../..");
  const env = { ...process.env, CGO_ENABLED: "0" };
  execFileSync("go", ["build", "-o", path, "./bench/cmd/clocked"], { cwd: root, env, stdio: "inherit" });
  return path;
}

/** Stops the gateway's clock at a moment; the file changes in one step, so that no look at the clock sees half of it. */
function moveTo(ms: number): void {
  const file = office.gateway.file("clock");
  writeFileSync(`${file}.new`, new Date(ms).toISOString());
  renameSync(`${file}.new`, file);
}

const capacity = (page: Page, number: string) =>
  page.locator("[data-testid=capacity-line]").filter({ hasText: number });

const endOf = async (page: Page, number: string) => Date.parse((await told(page, number)).ends_at);
/** Moscow is three hours ahead of UTC. */
const beginningOf = async (page: Page, number: string) =>
  Date.parse(`${(await told(page, number)).issued_on}T00:00:00+03:00`);

function told(page: Page, number: string): Promise<{ ends_at: string; issued_on: string }> {
  return page.evaluate(
    async (path) => (await fetch(path)).json() as Promise<{ ends_at: string; issued_on: string }>,
    `/v1/mandates/${number}`,
  );
}
