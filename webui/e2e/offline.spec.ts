// The gateway goes away and comes back: said at once, codes kept, nothing green, everything sent in order.
import { type Browser, expect, test } from "@playwright/test";
import { launch } from "./browser";
import { canvasCamera, hold } from "./canvas-camera";
import { qr } from "./clips";
import { Gateway } from "./gateway";
import { signIn, type Station } from "./station";

let gateway: Gateway;
let browser: Browser;
let station: Station;
test.beforeEach(async () => {
  gateway = await Gateway.start();
  browser = await launch();
  station = await signIn(browser, gateway);
  await station.page.addInitScript(canvasCamera, { labels: ["Camera"] });
  await station.scan();
});
test.afterEach(async () => {
  await browser.close();
  await gateway.close();
});

const story = ["ok", "revoked", "expired"];

test("a restart: codes are kept over a reload and judged in order once somebody has signed in again", async () => {
  const { page } = station;
  const asked = Date.now();
  await gateway.stop();
  await expect(page.getByTestId("bar")).toHaveAttribute("data-link", "offline", { timeout: 3000 });
  console.log(`gateway stopped, said after ${Date.now() - asked} ms`);
  await readUnchecked();

  await page.evaluate(() => navigator.serviceWorker.ready);
  await page.reload(); // the page comes from the device, the codes too
  await expect(page.getByTestId("waiting")).toContainText("3");
  expect((await station.record()).shown.filter((s) => s.tone === "admit")).toEqual([]);

  await gateway.resume(); // which signs people out
  await expect(page.getByTestId("signin-code")).toBeVisible();
  await page.goto(gateway.demo.checker_link);
  await expectJudgedInOrder();
});

test("a silent line: noticed by the heartbeat; a code sent into it is judged once", async () => {
  const { page } = station;
  gateway.freeze();
  const asked = Date.now();
  await readUnchecked(); // the first goes out into the silence and comes back to the queue
  console.log(`line silent, three codes queued after ${Date.now() - asked} ms`);
  await expect(page.getByTestId("bar")).toHaveAttribute("data-link", "offline");
  gateway.thaw();
  await expectJudgedInOrder();
});

/** Shows the codes one after the other: each is said to be not yet checked. */
async function readUnchecked() {
  for (const [i, reason] of story.entries()) {
    await hold(station.page, qr(gateway.sample(reason)));
    const shown = (await station.verdicts(i + 1)).at(-1)!;
    expect(shown).toMatchObject({ state: "queued", tone: "hold" });
    expect(shown.text.toLowerCase()).toContain("not yet checked");
  }
  await hold(station.page, null);
  await expect(station.page.getByTestId("waiting")).toContainText("3");
}

async function expectJudgedInOrder() {
  const { page } = station;
  await expect(page.getByTestId("bar")).toHaveAttribute("data-link", "online");
  await expect(page.getByTestId("waiting")).toHaveCount(0);
  const sent = await page.evaluate(async () => {
    const { passages } = (await (await fetch("/v1/passages?after=0&limit=100")).json()) as {
      passages: { reason: string; scanned_at?: string; at: string }[];
    };
    return passages;
  });
  expect(sent.map((p) => p.reason)).toEqual(story);
  const readAt = sent.flatMap((p) => (p.scanned_at ? [Date.parse(p.scanned_at)] : []));
  expect(readAt).toEqual([...readAt].sort((a, b) => a - b));
  expect(readAt.length).toBeGreaterThanOrEqual(story.length - 1); // the one sent before the silence carries none
  await page.getByTestId("history").click();
  await expect(page.locator(".history-line")).toHaveCount(story.length); // each result is told, in one line
}
