// `vratar demo --mandates` as a newcomer meets it: the checker's link leads to a choice of mandates, the supervisor's to all of
// them; without the flag nobody is asked.
import { type Browser, expect, test } from "@playwright/test";
import { launch } from "./browser";
import { langs, look, speak } from "./gallery";
import { Gateway } from "./gateway";
import { signIn } from "./station";

let browser: Browser;
test.beforeAll(async () => {
  browser = await launch("none");
});
test.afterAll(() => browser.close());

test("mandates to choose from, and all of them for a supervisor", async () => {
  const gateway = await Gateway.start([], ["--mandates"]);
  const checker = await signIn(browser, gateway);
  const boss = await signIn(browser, gateway, "supervisor");
  const { samples } = gateway.demo.mandates!;
  const number = (name: string) => samples.find((s) => s.name === name)!.number;
  for (const lang of langs) {
    await speak(checker, lang);
    await checker.open("#/scanner");
    await checker.connected();
    await checker.page.locator(".bar-place").click();
    const lines = checker.page.getByTestId("capacity-line");
    await expect(lines.filter({ hasText: number("restricted") })).toHaveAttribute("data-reason", "mandate_restricted");
    await expect(lines.filter({ hasText: number("passed_on") })).toHaveAttribute("data-usable", "true");
    await look(checker, lang, "demo-capacities");
    await speak(boss, lang);
    await boss.open("#/mandates");
    const ours = boss.page.getByTestId("mandates-ours");
    await expect(ours.getByTestId("mandate")).toHaveCount(samples.filter((s) => s.kept && s.name !== "museum").length);
    await boss.page.getByTestId("mandates-soon").click();
    await expect(ours.getByTestId("mandate")).toHaveCount(2); // ends_soon and ends_today
    await look(boss, lang, "demo-supervisor");
  }
  await checker.expectQuiet();
  await boss.expectQuiet();
  await gateway.close();
});

test("the plain demo asks nobody, and says how it would", async () => {
  const gateway = await Gateway.start();
  const station = await signIn(browser, gateway);
  await station.open("#/mandates");
  await expect(station.page.getByTestId("mandates-off")).toContainText("vratar demo --mandates");
  await gateway.close();
});
