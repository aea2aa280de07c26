// Every view in three languages and both themes: reachable for everybody, nothing cut off.
import { type Browser, test } from "@playwright/test";
import { launch } from "./browser";
import { Gateway } from "./gateway";
import * as look from "./look";
import type { Size } from "./look";
import { signIn, type Station } from "./station";

let gateway: Gateway;
let browser: Browser;
let station: Station;
test.beforeAll(async () => {
  gateway = await Gateway.start();
  browser = await launch("none");
  station = await signIn(browser, gateway, "admin");
  await station.open("#/holder/live"); // takes the document onto this device
  await station.page.getByTestId("code").waitFor();
});
test.afterAll(async () => {
  await browser.close();
  await gateway.close();
});

const { phone } = look;
const sizes = [phone, { width: 820, height: 1180 }, { width: 1440, height: 900 }];
const edge = { position: { x: 5, y: 300 } }; // where a tap on a verdict hits no button

for (const lang of ["ru", "kk", "en"]) {
  for (const theme of ["light", "dark"]) {
    test(`${lang}, ${theme}`, async () => {
      test.setTimeout(240_000);
      await station.page.evaluate(
        ([l, t]) => {
          localStorage.setItem("vratar.lang", l!);
          localStorage.setItem("vratar.theme", t!);
        },
        [lang, theme],
      );
      const at = theme === "light" ? sizes : []; // texts are as long in the dark
      await lookAtViews(at);
      await lookAtVerdicts(at);
      await station.expectQuiet();
    });
  }
}

test("sheets, and a code that nobody has checked", async () => {
  const { page } = station;
  await page.evaluate(() => localStorage.setItem("vratar.lang", "ru")); // the longest words
  await station.open("#/scanner");
  await station.connected();
  for (const tool of ["type", "history"]) {
    await page.getByTestId(tool).click();
    await inspect(tool, [phone]);
    await page.keyboard.press("Escape");
  }
  await station.paste(gateway.sample("revoked"));
  await page.getByTestId("details").click();
  await inspect("details", [phone]);
  await page.keyboard.press("Escape");

  gateway.freeze();
  const kept = page.waitForFunction(() => {
    const screen = document.querySelector<HTMLElement>("[data-testid=verdict][data-state=queued]");
    screen?.click(); // or it would be gone before it has been looked at
    return screen !== null;
  });
  await Promise.all([kept, station.paste(gateway.sample("expired"))]);
  await inspect("not yet checked", sizes);
  gateway.thaw();
  await station.connected();
});

async function lookAtViews(at: Size[]) {
  const sample = gateway.demo.samples[0]!.name;
  const views: [hash: string, complete: string][] = [
    ["#/live", "gate"],
    ["#/samples", "sample"],
    [`#/samples/${sample}`, "sample-large"],
    ["#/holder", "document"],
    ["#/holder/live", "code"],
    ["#/signin", "signin-code"],
    ["#/account", "session"],
    ["#/team", "device"],
    ["#/mandates", "mandates-off"],
    ["#/scanner", "scanner"],
  ];
  for (const [hash, complete] of views) {
    await station.open(hash);
    await station.page.getByTestId(complete).first().waitFor();
    if (hash === "#/samples") await oneGroup(at);
    await inspect(hash, at);
  }
}

/** All samples fit; then one group of them, for they are alike and looking at each closely takes its time. */
async function oneGroup(at: Size[]) {
  await fit("all samples", at);
  await station.page.locator(".sample-filter .chip").nth(3).click();
}

async function lookAtVerdicts(at: Size[]) {
  await station.connected();
  for (const reason of ["ok", "revoked", "not_a_credential"]) {
    await station.paste(gateway.sample(reason));
    await station.page.getByTestId("verdict").click(edge); // kept while it is looked at
    await inspect(`verdict ${reason}`, at);
  }
}

const fit = (what: string, at: Size[]) => look.fit(station.page, what, at);
const inspect = (what: string, at: Size[]) => look.inspect(station.page, what, at);
