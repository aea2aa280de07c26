// An administrator makes an account and its first link, and pairs a device; both end when he says so.
import { type Browser, expect, test } from "@playwright/test";
import { launch } from "./browser";
import { Gateway } from "./gateway";
import { inspect, phone } from "./look";
import { signIn } from "./station";

let gateway: Gateway;
let browser: Browser;
test.beforeAll(async () => {
  gateway = await Gateway.start();
  browser = await launch("none");
});
test.afterAll(async () => {
  await browser.close();
  await gateway.close();
});

test("a person gets an account, signs in once by its link, and is removed", async () => {
  const admin = await signIn(browser, gateway, "admin");
  const { page } = admin;
  await admin.open("#/team");
  await page.getByTestId("add-person").click();
  await page.getByTestId("person-name").fill("Aigerim");
  await inspect(page, "a new account", [phone]);
  await page.getByTestId("create-person").click();
  const person = page.getByTestId("person").filter({ hasText: "Aigerim" });
  await expect(person).toContainText("Everywhere");

  await person.getByTestId("make-link").click();
  const link = await page.getByTestId("secret").innerText();
  await inspect(page, "a link that is shown once", [phone]);
  await page.keyboard.press("Escape");
  const hers = await (await browser.newContext({ locale: "en-GB" })).newPage();
  await hers.goto(link);
  await hers.getByTestId("scanner").waitFor();

  await person.getByRole("button", { name: "Remove" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Remove" }).click();
  await expect(person).toHaveCount(0);
  await hers.reload();
  await hers.getByTestId("signin-code").waitFor();
  await admin.expectQuiet();
  await hers.context().close();
  await page.context().close();
});

test("a device is paired by a code, is let in by its token, and is revoked", async () => {
  const admin = await signIn(browser, gateway, "admin");
  const { page } = admin;
  await admin.open("#/team");
  await page.getByTestId("pair").click();
  const code = await page.getByTestId("secret").innerText();
  const turnstile = await (await browser.newContext({ locale: "en-GB" })).newPage();
  await turnstile.goto(`${gateway.url}/#/pair/${code}`);
  await turnstile.getByTestId("device-name").fill("Turnstile 2");
  await inspect(turnstile, "pairing", [phone]);
  await turnstile.getByTestId("pair-now").click();
  const token = await turnstile.getByTestId("secret").innerText();
  expect(await asked(token)).toBe(200);

  await page.keyboard.press("Escape");
  await page.getByTestId("device").filter({ hasText: "Turnstile 2" }).getByRole("button").click();
  await expect(page.getByTestId("device").filter({ hasText: "Turnstile 2" })).toHaveCount(0);
  expect(await asked(token)).toBe(401);
  await admin.expectQuiet();
  await turnstile.context().close();
  await page.context().close();
});

/** The status of the answer to a request that only people and devices at work may make. */
async function asked(token: string): Promise<number> {
  return (await fetch(`${gateway.url}/v1/checkpoints`, { headers: { Authorization: `Bearer ${token}` } })).status;
}
