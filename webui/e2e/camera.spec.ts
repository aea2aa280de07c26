// The camera itself: another kind of frames, torch, zoom, picker, and every way of having none.
import { expect, test } from "@playwright/test";
import { launch } from "./browser";
import { canvasCamera, hold, type Lenses } from "./canvas-camera";
import { qr } from "./clips";
import { Gateway } from "./gateway";
import { signIn } from "./station";

let gateway: Gateway;
test.beforeAll(async () => {
  gateway = await Gateway.start();
});
test.afterAll(() => gateway.close());

const phone: Lenses = {
  labels: ["camera2 2, facing back", "camera2 1, facing front", "camera2 0, facing back"],
  torch: true,
  zoom: { min: 1, max: 8, step: 0.1 },
};

test("frames that are not planar, torch, zoom, and the right one of three lenses", async () => {
  const browser = await launch();
  const station = await signIn(browser, gateway);
  const { page } = station;
  await page.addInitScript(canvasCamera, phone);
  await station.scan();
  expect(await page.evaluate(() => window.canvasCamera.opened.at(-1))).toBe("camera2 0, facing back");

  await hold(page, qr(gateway.sample("revoked")));
  expect((await station.verdicts(1)).at(-1)!.reason).toBe("revoked");
  await hold(page, null);
  await page.getByTestId("dismiss").or(page.getByTestId("next-step")).first().click();

  await page.getByTestId("torch").click();
  await expect(page.getByTestId("torch")).toHaveAttribute("aria-pressed", "true");
  await page.getByTestId("zoom").fill("3");
  const wishes = await page.evaluate(() => window.canvasCamera.wishes);
  expect(wishes).toContainEqual({ torch: true });
  expect(wishes).toContainEqual({ zoom: 3 });

  await page.getByTestId("cameras").click();
  await page.getByRole("button", { name: "camera2 1, facing front" }).click();
  await expect.poll(() => page.evaluate(() => window.canvasCamera.opened.at(-1))).toBe("camera2 1, facing front");
  await page.reload();
  await station.scan();
  expect(await page.evaluate(() => window.canvasCamera.opened.at(-1))).toBe("camera2 1, facing front");

  const opened = await page.evaluate(() => window.canvasCamera.opened.length);
  await page.evaluate(() => window.canvasCamera.unplug());
  await expect.poll(() => page.evaluate(() => window.canvasCamera.opened.length)).toBeGreaterThan(opened);
  await hold(page, qr(gateway.sample("expired")));
  expect((await station.verdicts(1)).at(-1)!.reason).toBe("expired");
  await station.expectQuiet();
  await browser.close();
});

for (const state of ["denied", "none"] as const) {
  test(`camera ${state}: said, and everything else still works`, async () => {
    const browser = await launch(state);
    const station = await signIn(browser, gateway);
    await station.open("#/scanner");
    const start = station.page.getByTestId("start-camera");
    if (await start.isVisible().catch(() => false)) await start.click();
    await expect(station.page.getByTestId("scanner")).toHaveAttribute("data-camera", state);
    await expect(station.page.getByRole("alert")).toBeVisible();
    expect((await station.paste(gateway.sample("expired"))).reason).toBe("expired");
    await station.expectQuiet();
    await browser.close();
  });
}

test("camera taken by another program: said, and tried again by itself", async () => {
  const browser = await launch();
  const station = await signIn(browser, gateway);
  await station.page.addInitScript(() => {
    const real = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
    let refusals = 1;
    navigator.mediaDevices.getUserMedia = (constraints) =>
      refusals-- > 0 ? Promise.reject(new DOMException("in use", "NotReadableError")) : real(constraints);
  });
  await station.open("#/scanner");
  const scanner = station.page.getByTestId("scanner");
  const start = station.page.getByTestId("start-camera");
  if ((await scanner.getAttribute("data-camera")) === "off") await start.click();
  await expect(scanner).toHaveAttribute("data-camera", "taken");
  await expect(scanner).toHaveAttribute("data-camera", "running");
  await browser.close();
});
