// The gateway goes away and comes back: said at once, codes kept, nothing green, everything sent in order.
import { expect, test } from "@playwright/test";
import { launch } from "./browser";
import { canvasCamera, hold } from "./canvas-camera";
import { qr } from "./clips";
import { Gateway } from "./gateway";
import { signIn } from "./station";

test("codes read without the gateway wait, and are judged in order when it is back", async () => {
  const gateway = await Gateway.start();
  const browser = await launch();
  const station = await signIn(browser, gateway);
  await station.page.addInitScript(canvasCamera, { labels: ["Camera"] });
  await station.scan();
  const { page } = station;
  const bar = page.getByTestId("bar");

  const asked = Date.now();
  await gateway.stop();
  await expect(bar).toHaveAttribute("data-link", "offline", { timeout: 5000 });
  console.log(`gateway stopped, said after ${Date.now() - asked} ms`);

  const story = ["ok", "revoked", "expired"].map((reason) => gateway.sample(reason));
  for (const [i, text] of story.entries()) {
    await hold(page, qr(text));
    const shown = (await station.verdicts(i + 1)).at(-1)!;
    expect(shown).toMatchObject({ state: "queued", tone: "hold" });
    expect(shown.text.toLowerCase()).toContain("not yet checked");
  }
  await hold(page, null);
  await expect(page.getByTestId("waiting")).toContainText("3");

  await page.evaluate(() => navigator.serviceWorker.ready);
  await page.reload(); // the page comes from the device, the codes too
  await expect(page.getByTestId("waiting")).toContainText("3");
  expect((await station.record()).shown.filter((s) => s.tone === "admit")).toEqual([]);

  await gateway.resume();
  await expect(bar).toHaveAttribute("data-link", "online", { timeout: 10_000 });
  await expect(page.getByTestId("waiting")).toHaveCount(0);
  const sent = await page.evaluate(async () => {
    const { passages } = (await (await fetch("/v1/passages?after=0&limit=100")).json()) as {
      passages: { reason: string; scanned_at?: string; at: string }[];
    };
    return passages;
  });
  expect(sent.map((p) => p.reason)).toEqual(["ok", "revoked", "expired"]);
  const readAt = sent.map((p) => Date.parse(p.scanned_at ?? ""));
  expect(readAt).toEqual([...readAt].sort((a, b) => a - b));
  for (const p of sent) expect(Date.parse(p.scanned_at!)).toBeLessThan(Date.parse(p.at));

  await page.getByTestId("history").click();
  await expect(page.locator(".history-line")).toHaveCount(3); // each result is told, in one line
  await browser.close();
  await gateway.close();
});
