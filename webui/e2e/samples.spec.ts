// The samples of every format: tried without a camera, and as they are drawn; a card in several codes through a camera.
import { type Browser, expect, test } from "@playwright/test";
import { launch } from "./browser";
import { canvasCamera, hold } from "./canvas-camera";
import { qr } from "./clips";
import { Gateway } from "./gateway";
import { type Station, signIn } from "./station";

let gateway: Gateway;
let browser: Browser;
let station: Station;
test.beforeAll(async () => {
  gateway = await Gateway.start();
  browser = await launch();
  station = await signIn(browser, gateway);
});
test.afterAll(async () => {
  await browser.close();
  await gateway.close();
});

test("each sample, tried without a camera, ends as its card says", async () => {
  const { page } = station;
  await station.open("#/samples");
  const cards = page.getByTestId("sample");
  await cards.first().waitFor();
  const count = await cards.count();
  const formats = new Set<string>();
  for (let i = 0; i < count; i++) {
    const card = cards.nth(i);
    const { name, expect: expected } = await card.evaluate((el) => ({ ...el.dataset }) as Record<string, string>);
    await card.getByTestId("try").click();
    const shown = (await station.verdicts(i + 1)).at(-1)!;
    expect.soft(`${name}: ${shown.reason}`).toBe(`${name}: ${expected}`);
    formats.add(shown.tone);
    await page.keyboard.press("Escape");
  }
  expect([...formats].sort()).toEqual(["admit", "deny", "hold", "info"]);
  await station.expectQuiet();
});

/** What becomes of a genuine document at its first scan and at a later one. */
const known = ["ok", "already_admitted"];

test("Aztec and DataMatrix as they are drawn: bytes go through a picture unchanged", async () => {
  const { page } = station;
  for (const symbology of ["aztec", "datamatrix"]) {
    await station.open("#/samples");
    const card = page.locator(`[data-testid=sample][data-symbology=${symbology}][data-expect=ok]`).first();
    const name = (await card.getAttribute("data-name"))!;
    await station.open(`#/samples/${name}`);
    const buffer = await drawn(station);
    const shown = await station.upload(buffer);
    expect(known, `${name}: ${shown.reason}`).toContain(shown.reason);
  }
});

test("a card in several codes: gathered in any order, sent once, and dropped when somebody cancels", async () => {
  const { page } = station;
  const parts = await page.evaluate(async () => {
    const { samples } = (await (await fetch("/v1/samples")).json()) as { samples: { parts?: string[] }[] };
    return samples.find((s) => s.parts)!.parts!;
  });
  expect(parts.length).toBe(3);
  await page.addInitScript(canvasCamera, { labels: ["Camera"] });
  await station.scan();
  const read = page.getByTestId("parts");
  const show = (i: number) => hold(page, qr(parts[i]!));

  await show(1);
  await expect(read).toHaveAttribute("data-read", "1/3");
  await page.getByTestId("drop-parts").click();
  await expect(read).toHaveCount(0); // although it is still held before the camera
  await show(2);
  await expect(read).toHaveAttribute("data-read", "1/3");
  await page.waitForTimeout(1300); // longer than a code counts as still in sight
  await show(1);
  await expect(read).toHaveAttribute("data-read", "2/3");
  expect((await station.record()).shown).toEqual([]);
  await show(0);
  expect(known).toContain((await station.verdicts(1)).at(-1)!.reason);
  for (const i of [1, 2, 0]) {
    await show(i); // a screen that pages on does not begin anew
    await page.waitForTimeout(400);
  }
  expect((await station.record()).shown).toHaveLength(1);
  await expect(read).toHaveCount(0);

  await hold(page, null);
  await station.paste(parts.toReversed().join("\n")); // all at once, without waiting for anything
  expect((await station.record()).shown).toHaveLength(2);
});

/** The code on the screen as a picture of the screen. */
async function drawn({ page }: Station): Promise<Buffer> {
  const code = page.getByTestId("code");
  await expect(code).toHaveAttribute("data-drawn", "yes");
  return code.screenshot();
}
