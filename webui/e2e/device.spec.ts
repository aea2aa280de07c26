// Every state in which a device has nothing to scan with, its sign-in has ended, or the gateway is not itself: a screen
// that says so and what to do, in each language, and nothing green.
import { type Browser, expect, test } from "@playwright/test";
import { elsewhere, launch } from "./browser";
import { type Down, hold, langs, look, rewrite, speak } from "./gallery";
import { Gateway } from "./gateway";
import { draw } from "./picture";
import { png } from "./png";
import { signIn, type Station } from "./station";

let gateway: Gateway;
let browser: Browser;
test.beforeAll(async () => {
  gateway = await Gateway.start();
  browser = await launch("none");
});
test.afterAll(async () => {
  await browser?.close();
  await gateway?.close();
});

for (const state of ["denied", "none", "insecure", "taken"] as const) {
  test(`camera ${state}`, async () => {
    const own = await launch(state === "denied" || state === "none" ? state : "pattern");
    const url = state === "insecure" ? `http://${elsewhere}:${new URL(gateway.url).port}` : gateway.url;
    const station = await signIn(own, gateway, "checker", url);
    if (state === "taken") await station.page.addInitScript(takeCamera);
    for (const lang of langs) {
      await speak(station, lang);
      await station.open("#/scanner");
      await station.connected();
      await station.startCamera();
      await expect(station.page.getByTestId("scanner")).toHaveAttribute("data-camera", state);
      await expect(station.page.getByRole("alert").getByRole("button").first()).toBeVisible(); // there is a way on
      await look(station, lang, `device-camera_${state}`);
    }
    await own.close();
  });
}

test("out of reach: codes are kept and said to be unchecked", async () => {
  const station = await signIn(browser, gateway);
  const { page } = station;
  for (const lang of langs) {
    await speak(station, lang);
    await station.open("#/scanner");
    await station.connected();
    gateway.freeze();
    const kept = page.waitForFunction(() => {
      const screen = document.querySelector<HTMLElement>("[data-testid=verdict][data-state=queued]");
      screen?.click(); // or it would be gone before it has been looked at
      return screen !== null;
    });
    const [, shown] = await Promise.all([kept, station.paste(gateway.sample("revoked"))]);
    expect(shown).toMatchObject({ state: "queued", tone: "hold" });
    await look(station, lang, "device-offline_code");
    await page.keyboard.press("Escape");
    await expect(page.getByTestId("waiting")).toContainText("1");
    await look(station, lang, "device-offline");
    gateway.thaw();
    await station.connected();
    await expect(page.getByTestId("waiting")).toHaveCount(0);
  }
});

test("a file that is no picture, one without a code, one that is too large", async () => {
  const station = await signIn(browser, gateway);
  const { page } = station;
  const blank = draw(null, { width: 320, height: 240, module: 4 });
  for (const lang of langs) {
    await speak(station, lang);
    for (const [name, buffer] of [
      ["no_picture", Buffer.from("not a picture")],
      ["no_code", png(blank)],
      ["too_large", Buffer.alloc((25 << 20) + 1)],
    ] as const) {
      await station.open("#/scanner");
      await station.connected();
      await page.getByTestId("type").click();
      const said = page.getByRole("dialog").getByRole("status");
      const before = await said.textContent();
      await page.getByTestId("upload").setInputFiles({ name: "photo.png", mimeType: "image/png", buffer });
      await expect(said, name).not.toHaveText(before!);
      await look(station, lang, `device-file_${name}`);
    }
  }
});

test("the gateway is overloaded, records nothing, or fails; its lists are old", async () => {
  const station = await signIn(browser, gateway);
  let problem: object | undefined;
  await rewrite(station, (m: Down) => {
    if (m.type === "hello") return { ...m, lists: { trust_age_s: 3 * 86_400, status_age_s: 60 } };
    return m.type === "decision" && problem ? { type: "problem", ref: m.ref!, problem } : m;
  });
  for (const lang of langs) {
    await speak(station, lang);
    await station.open("#/scanner");
    await station.connected();
    await look(station, lang, "system-old_lists");
    for (const [code, status, reason] of [
      ["overloaded", 503, "overloaded"],
      ["degraded", 503, "degraded"],
      ["internal", 500, "engine_unreachable"],
    ] as const) {
      problem = { code, status, title: "", type: "about:blank" };
      const shown = await station.paste(gateway.sample("revoked"));
      expect(shown).toMatchObject({ reason, tone: "hold" });
      await hold(station);
      await expect(station.page.getByTestId("next-step")).toBeVisible();
      await look(station, lang, `system-${reason}`);
      await station.page.keyboard.press("Escape");
    }
  }
});

test("the sign-in has ended: said, with the way to sign in again", async () => {
  for (const lang of langs) {
    const station = await signIn(browser, gateway);
    await speak(station, lang);
    await station.open("#/scanner");
    await station.connected();
    await endSession(station);
    await expect(station.page.getByTestId("session-ended")).toBeVisible({ timeout: 15_000 });
    await look(station, lang, "session-ended");
    await station.context.close();
  }
});

/** Somebody ends the session elsewhere, as in the list of one's sessions. */
async function endSession(station: Station): Promise<void> {
  const cookies = await station.context.cookies();
  const answer = await fetch(`${gateway.url}/v1/session`, {
    method: "DELETE",
    headers: { Cookie: cookies.map((c) => `${c.name}=${c.value}`).join("; "), Origin: gateway.url },
  });
  expect(answer.status).toBe(204);
}

/** Runs in the page: another program has the camera. */
function takeCamera(): void {
  const media = navigator.mediaDevices as MediaDevices | undefined;
  if (media) media.getUserMedia = () => Promise.reject(new DOMException("in use", "NotReadableError"));
}
