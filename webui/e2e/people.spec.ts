// Signing in with a passkey, and a shared screen that is signed in from a phone.
import { type Browser, type BrowserContext, expect, type Page, test } from "@playwright/test";
import { launch } from "./browser";
import { Gateway } from "./gateway";
import { signIn } from "./station";

let gateway: Gateway;
let browser: Browser;
let home: string; // an IP address has no passkeys
test.beforeAll(async () => {
  gateway = await Gateway.start();
  browser = await launch("none");
  home = gateway.url.replace("127.0.0.1", "localhost");
});
test.afterAll(async () => {
  await browser.close();
  await gateway.close();
});

/** A device that asks for no finger: it holds passkeys and uses them at once. */
async function withAuthenticator(page: Page): Promise<void> {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("WebAuthn.enable");
  await devtools.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2",
      transport: "internal",
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
}

test("a passkey is made, signs in, and is removed", async () => {
  const station = await stationAtHome();
  const { page, complaints } = station;
  await withAuthenticator(page);
  await page.goto(`${home}/#/account`);
  await page.getByTestId("passkey-name").fill("Anna’s phone");
  await page.getByTestId("add-passkey").click();
  await expect(page.getByTestId("passkey")).toContainText("Anna’s phone");
  await station.expectQuiet();

  await page.getByRole("button", { name: "Sign out everywhere" }).click();
  await page.getByTestId("signin-passkey").click();
  await page.getByTestId("scanner").waitFor();
  await page.goto(`${home}/#/account`);
  await expect(page.getByTestId("session")).toHaveAttribute("data-way", "passkey");

  await page.getByTestId("passkey").getByRole("button").click();
  await expect(page.getByTestId("passkey")).toHaveCount(0);
  await page.getByRole("button", { name: "Sign out everywhere" }).click();
  await page.getByTestId("signin-passkey").click();
  await expect(page.getByRole("heading", { name: "The passkey is not known here" })).toBeVisible();
  expect(complaints.filter((c) => !c.includes("401"))).toEqual([]);
  await page.context().close();
});

test("a screen is signed in from a phone, once, and ends when its owner says so", async () => {
  const phone = await stationAtHome();
  const till = await browser.newContext({ locale: "en-GB" });
  const screen = await till.newPage();
  const link = await showCode(screen, "Till 3");

  await phone.page.goto(link);
  await expect(phone.page.getByTestId("screen-name")).toHaveText("Till 3");
  await phone.page.getByTestId("approve-yes").click();
  await expect(phone.page.getByTestId("approve")).toHaveAttribute("data-state", "done");
  await screen.getByTestId("scanner").waitFor();
  await screen.goto(`${home}/#/account`);
  await screen.getByTestId("delegated").waitFor(); // it may not change the account

  await phone.page.goto(`${home}/#/account`); // the same code is worth nothing now
  await expect(phone.page.getByTestId("approve")).toHaveCount(0);
  await phone.page.goto(link);
  await expect(phone.page.getByTestId("approve")).toHaveAttribute("data-state", "gone");

  await phone.page.goto(`${home}/#/account`);
  await phone.page.getByTestId("session").filter({ hasText: "Till 3" }).getByRole("button").click();
  await expect(phone.page.getByTestId("session").filter({ hasText: "Till 3" })).toHaveCount(0);
  await screen.reload();
  await screen.getByTestId("signin-phone").waitFor();
  await till.close();
  await phone.page.context().close();
});

test("a screen that is turned away stays signed out", async () => {
  const phone = await stationAtHome();
  const till: BrowserContext = await browser.newContext({ locale: "en-GB" });
  const screen = await till.newPage();
  const link = await showCode(screen, "Not mine");
  await phone.page.goto(link);
  await phone.page.getByTestId("approve-no").click();
  await expect(phone.page.getByTestId("approve")).toHaveAttribute("data-state", "refused");
  await expect(screen.getByTestId("signin-screen")).toHaveAttribute("data-state", "ended");
  await till.close();
  await phone.page.context().close();
});

const stationAtHome = () => signIn(browser, gateway, "checker", home);

/** Has the screen show its code, and reads the link in it. */
async function showCode(screen: Page, name: string): Promise<string> {
  await screen.goto(`${home}/#/signin`);
  await screen.getByTestId("signin-phone").click();
  await screen.getByTestId("screen-own-name").fill(name);
  await screen.getByTestId("show-code").click();
  const link = (await screen.getByTestId("screen-link").getAttribute("data-link")) ?? "";
  expect(link).toContain("/#/approve/");
  return `${home}/${new URL(link).hash}`;
}
