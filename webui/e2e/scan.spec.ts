// The main job through a real camera path: codes in a clip, verdicts on the screen, passages on the dashboard.
import { availableParallelism, loadavg } from "node:os";
import { expect, test } from "@playwright/test";
import { launch } from "./browser";
import { type Clip, render } from "./clips";
import { firstFrames, watchFrames } from "./first-frame";
import { Gateway } from "./gateway";
import type { Shown } from "./recorder";
import { signIn } from "./station";

let gateway: Gateway;
test.beforeAll(async () => {
  gateway = await Gateway.start();
});
test.afterAll(() => gateway.close());

const bare = (seconds: number) => ({ text: "", seconds });

test("each sample has its own screen, and the dashboard shows each passage", async () => {
  const story = [
    "ok",
    "ok",
    "revoked",
    "signature_invalid",
    "expired",
    "issuer_unknown",
    "status_unknown",
    "not_a_credential",
  ];
  const clip: Clip = {
    width: 640,
    height: 480,
    fps: 15,
    shots: story.flatMap((expected, i) => [bare(i === 1 ? 1.5 : 0.2), { text: gateway.sample(expected), seconds: 1 }]),
  };
  const browser = await launch({ clip: await render(clip) });
  const dashboard = await signIn(browser, gateway, "admin");
  await dashboard.open("#/live");
  const station = await signIn(browser, gateway);
  await station.scan();

  const shown = (await station.verdicts(story.length, 30_000)).slice(0, story.length);
  expect(shown.map((s) => `${s.reason}: ${s.tone}`)).toEqual([
    "ok: admit",
    "already_admitted: deny",
    "revoked: deny",
    "signature_invalid: deny",
    "expired: deny",
    "issuer_unknown: deny",
    "status_unknown: hold",
    "not_a_credential: info",
  ]);
  const screens = shown.map((s) => s.text.replace(/\s+/g, " "));
  expect(new Set(screens).size).toBe(story.length);
  expect(screens[0]).toContain("Welcome");
  expect(screens[1]).toMatch(/\d\d:\d\d/); // when
  expect(screens[1]).toContain(gateway.demo.checkpoints[0]!.name); // and where
  for (const untrusted of [screens[3], screens[5]]) expect(untrusted).toContain("Stop");

  await expect
    .poll(async () => (await dashboard.record()).passages)
    .toEqual(expect.arrayContaining(shown.map((s) => s.seq)));
  await station.expectQuiet();
  await dashboard.expectQuiet();
  await browser.close();
});

test("from the first frame that shows a code to its painted verdict", async () => {
  const reasons = ["expired", "revoked", "signature_invalid"];
  // each is out of sight for longer than the 1.2 s after which it counts as shown again
  const shots = reasons.flatMap((reason) => [bare(0.3), { text: gateway.sample(reason), seconds: 0.4 }]);
  const browser = await launch({ clip: await render({ width: 1280, height: 720, fps: 30, shots }) });
  const station = await signIn(browser, gateway);
  await station.scan();
  await station.page.evaluate(watchFrames);
  await station.verdicts(24, 40_000);
  const seen = await station.page.evaluate(firstFrames);
  const { shown } = await station.record();
  const firstSeen = ({ reason, at }: Shown) =>
    seen.filter((frame) => frame.light === reasons.indexOf(reason) && frame.at <= at).at(-1)!.at;
  const measured = shown.filter((s) => s.painted).slice(2); // the first ones wait for the decoder to compile
  const total = spread(measured.map((s) => s.painted - firstSeen(s)));
  const judged = spread(measured.map((s) => s.at - firstSeen(s)));
  console.log(`${measured.length} verdicts, load ${loadavg()[0]!.toFixed(1)} on ${availableParallelism()} cores`);
  console.log(`first frame with the code to verdict in the page: ${judged.words}`);
  console.log(`first frame with the code to verdict painted:     ${total.words}`);
  expect(measured.length).toBeGreaterThanOrEqual(20);
  expect(shown.every((s) => s.tone === "deny")).toBe(true);
  expect(total.median).toBeLessThan(100 * Math.max(1, loadavg()[0]! / availableParallelism())); // a shared machine is slower
  await station.expectQuiet();
  await browser.close();
});

function spread(values: number[]): { median: number; words: string } {
  const sorted = values.sort((a, b) => a - b);
  const at = (share: number) => Math.round(sorted[Math.floor(share * (sorted.length - 1))]!);
  return { median: at(0.5), words: `median ${at(0.5)} ms, p95 ${at(0.95)} ms, worst ${at(1)} ms` };
}

test("hard pictures: inverted, out of focus, tilted, flat and noisy", async () => {
  const shots = [
    { text: gateway.sample("expired"), scene: { inverted: true } },
    { text: gateway.sample("revoked"), scene: { blur: 1.8 } },
    { text: gateway.sample("issuer_unknown"), scene: { tilt: 35, turn: 25, noise: 12, contrast: 0.4 }, share: 0.65 },
  ].flatMap((shot) => [bare(0.2), { ...shot, seconds: 1 }]);
  const browser = await launch({ clip: await render({ width: 1280, height: 720, fps: 15, shots }) });
  const station = await signIn(browser, gateway);
  await station.scan();
  const reasons = (await station.verdicts(3)).map((s) => s.reason);
  expect(reasons).toEqual(expect.arrayContaining(["expired", "revoked", "issuer_unknown"]));
  await browser.close();
});
