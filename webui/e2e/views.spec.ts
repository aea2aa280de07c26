// Every view in three languages and both themes: reachable for everybody, nothing cut off.
import { AxeBuilder } from "@axe-core/playwright";
import { type Browser, expect, test } from "@playwright/test";
import { launch } from "./browser";
import { cutOff } from "./cut-off";
import { Gateway } from "./gateway";
import { signIn, type Station } from "./station";

let gateway: Gateway;
let browser: Browser;
let station: Station;
test.beforeAll(async () => {
  gateway = await Gateway.start();
  browser = await launch("none");
  station = await signIn(browser, gateway, "admin");
});
test.afterAll(async () => {
  await browser.close();
  await gateway.close();
});

const verdicts = ["ok", "revoked", "not_a_credential"];
const sizes = [
  { width: 360, height: 740 },
  { width: 820, height: 1180 },
  { width: 1440, height: 900 },
];

for (const lang of ["ru", "kk", "en"]) {
  for (const theme of ["light", "dark"]) {
    test(`${lang}, ${theme}`, async () => {
      test.setTimeout(120_000);
      const { page } = station;
      await page.evaluate(
        ([l, t]) => {
          localStorage.setItem("vratar.lang", l!);
          localStorage.setItem("vratar.theme", t!);
        },
        [lang, theme],
      );
      const sample = gateway.demo.samples[0]!.name;
      const views: [hash: string, complete: string][] = [
        ["#/scanner", "scanner"],
        ["#/live", "gate"],
        ["#/samples", "sample"],
        [`#/samples/${sample}`, "sample-large"],
        ["#/signin", "signin-code"],
      ];
      for (const [hash, complete] of views) {
        await station.open(hash);
        await page.getByTestId(complete).first().waitFor();
        await inspect(hash);
      }
      await station.open("#/scanner");
      await station.connected();
      for (const reason of verdicts) {
        await station.paste(gateway.sample(reason));
        await page.getByTestId("verdict").click({ position: { x: 5, y: 300 } }); // kept while it is looked at
        await inspect(`verdict ${reason}`);
      }
      await station.expectQuiet();
    });
  }
}

async function inspect(what: string) {
  const { page } = station;
  for (const size of sizes) {
    await page.setViewportSize(size);
    expect.soft(await page.evaluate(cutOff), `${what} at ${size.width} px`).toEqual([]);
  }
  await page.setViewportSize(sizes[0]!);
  const { violations } = await new AxeBuilder({ page }).analyze();
  const found = violations.flatMap((v) => v.nodes.map((n) => `${v.id}: ${n.target.join(" ")} ${n.failureSummary}`));
  expect.soft(found, what).toEqual([]);
}
