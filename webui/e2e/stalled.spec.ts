// A page that stops reading must cost nobody anything but itself.
import { expect, test } from "@playwright/test";
import { launch } from "./browser";
import { Gateway } from "./gateway";
import { signIn, type Station } from "./station";

test("a dashboard and a scanner that hang: other gates notice nothing, and both catch up without a gap", async () => {
  const gateway = await Gateway.start();
  const [front, back] = await Promise.all([launch("none"), launch("none")]); // a process each, so that only one hangs
  const station = await signIn(front, gateway);
  await station.open("#/scanner");
  await station.connected();
  const dashboard = await signIn(back, gateway, "admin");
  await dashboard.open("#/live");
  await expect(dashboard.page.locator("main")).toBeVisible();
  const other = await signIn(back, gateway);
  await other.open("#/scanner");
  await other.connected();

  const flowing = await roundTrips(station, 20);
  const hang = (s: Station) =>
    s.page.evaluate(() => {
      for (const end = performance.now() + 5000; performance.now() < end;);
    });
  const hanging = Promise.all([hang(dashboard), hang(other)]);
  const stalled = await roundTrips(station, 20);
  await hanging;
  console.log(`paste to verdict: ${flowing} ms with readers, ${stalled} ms with two pages that hang (worst of 20)`);
  expect(stalled).toBeLessThan(Math.max(500, flowing * 4));

  await expect.poll(async () => (await dashboard.record()).passages).toContain(40);
  await expect(dashboard.page.getByTestId("figure-deny").first()).toHaveText("40");
  await other.connected();
  expect((await other.paste(gateway.sample("expired"))).reason).toBe("expired");
  await front.close();
  await back.close();
  await gateway.close();
});

/** The worst of so many scans, milliseconds. */
async function roundTrips(station: Station, count: number): Promise<number> {
  let worst = 0;
  for (let i = 0; i < count; i++) {
    const asked = Date.now();
    await station.paste(`no code ${Math.random()}`);
    worst = Math.max(worst, Date.now() - asked);
  }
  return worst;
}
