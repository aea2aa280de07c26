// The camera itself: another kind of frames, torch, zoom, picker, and every way of having none.
import { expect, test } from "@playwright/test";
import { elsewhere, launch } from "./browser";
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
  await page.getByTestId("verdict").click({ position: { x: 5, y: 300 } }); // kept, and so with a way back
  await page.getByTestId("dismiss").click();

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
    await station.startCamera();
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
    const media = navigator.mediaDevices as MediaDevices | undefined;
    if (!media) return;
    const real = media.getUserMedia.bind(media);
    media.getUserMedia = (constraints) =>
      document.title === "free" ? real(constraints) : Promise.reject(new DOMException("in use", "NotReadableError"));
  });
  await station.open("#/scanner");
  await station.startCamera();
  const scanner = station.page.getByTestId("scanner");
  await expect(scanner).toHaveAttribute("data-camera", "taken");
  await station.page.evaluate(() => (document.title = "free"));
  await expect(scanner).toHaveAttribute("data-camera", "running");
  await browser.close();
});

test("a browser that does not turn tracks into frames: each painted picture is handed over", async () => {
  const browser = await launch();
  const station = await signIn(browser, gateway);
  await station.page.addInitScript(canvasCamera, { labels: ["Camera"] });
  await station.page.addInitScript(() => Reflect.deleteProperty(window, "MediaStreamTrackProcessor"));
  await station.scan();
  for (const [i, reason] of ["revoked", "expired"].entries()) {
    await hold(station.page, qr(gateway.sample(reason)));
    expect((await station.verdicts(i + 1)).at(-1)!.reason).toBe(reason);
  }
  await station.expectQuiet();
  await browser.close();
});

test("plain HTTP from another machine: no camera, said so, and paste still works", async () => {
  const browser = await launch();
  const station = await signIn(browser, gateway, "checker", `http://${elsewhere}:${new URL(gateway.url).port}`);
  await station.open("#/scanner");
  await station.startCamera();
  await expect(station.page.getByTestId("scanner")).toHaveAttribute("data-camera", "insecure");
  expect((await station.paste(gateway.sample("expired"))).reason).toBe("expired");
  await browser.close();
});
