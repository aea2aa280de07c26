// A holder's phone and a checker's scanner: the code on the one is read by the other from a picture of its screen.
import { type Browser, expect, type Page, test } from "@playwright/test";
import { launch } from "./browser";
import { Gateway } from "./gateway";
import { signIn, type Station } from "./station";

let gateway: Gateway;
let browser: Browser;
let station: Station;
test.beforeAll(async () => {
  gateway = await Gateway.start();
  browser = await launch("none");
  station = await signIn(browser, gateway);
});
test.afterAll(async () => {
  await browser.close();
  await gateway.close();
});

/** The phone's clock is a little ahead, within what is allowed: a slow machine then has longer than 30 s. */
const ahead = 45_000;

test("a code that changes opens the gate once; shown again, or late, it opens nothing", async () => {
  test.setTimeout(120_000); // five pictures on a machine that may be busy
  const phone = await takeDocument(ahead);
  const code = await photographed(phone);
  const first = await station.upload(code);
  expect(`${first.reason}: ${first.tone}`).toBe("ok: admit");
  expect(first.text).toContain("holder’s own device");
  expect(first.text).not.toContain("belongs to this person");
  expect((await station.upload(code)).reason).toBe("code_replayed");

  await phone.evaluate(() => document.dispatchEvent(new Event("visibilitychange"))); // back in sight: a young code at once
  await expect.poll(async () => Buffer.compare(await photographed(phone), code)).not.toBe(0);
  expect((await station.upload(await photographed(phone))).reason).toBe("already_admitted"); // good, but used

  const late = await phone.context().newPage();
  await late.clock.setFixedTime(Date.now() - 60_000);
  await late.goto(phone.url());
  expect((await station.upload(await photographed(late))).reason).toBe("holder_proof_stale");
  await phone.context().close();
});

test("with the gateway out of reach the code goes on changing, also after a reload", async () => {
  const phone = await takeDocument();
  await phone.evaluate(() => navigator.serviceWorker.ready);
  await phone.context().setOffline(true);
  await phone.reload();
  const one = await photographed(phone);
  await phone.evaluate(() => document.dispatchEvent(new Event("visibilitychange")));
  await expect.poll(async () => Buffer.compare(await photographed(phone), one)).not.toBe(0);
  const exported = await phone.evaluate(async () => {
    const open = indexedDB.open("vratar-holder", 1);
    const database = await new Promise<IDBDatabase>((done) => (open.onsuccess = () => done(open.result)));
    const all = database.transaction("documents").objectStore("documents").getAll();
    const kept = await new Promise<{ key: CryptoKey }[]>((done) => (all.onsuccess = () => done(all.result)));
    return Promise.all(kept.map((k) => crypto.subtle.exportKey("jwk", k.key).then(String, () => "refused")));
  });
  expect(exported).toEqual(["refused"]); // the key signs, and leaves the device by no way
  await phone.context().close();
});

/** A phone that nobody has signed in on, with the sample's document on it and its code on the screen. */
async function takeDocument(aheadMs = 0): Promise<Page> {
  const context = await browser.newContext({ locale: "en-GB", viewport: { width: 390, height: 844 } });
  const page = await context.newPage();
  if (aheadMs) await page.clock.setFixedTime(Date.now() + aheadMs);
  await page.goto(`${gateway.url}/#/holder`);
  await page.getByTestId("take").first().click();
  await page.getByTestId("document").getByRole("link").click();
  await expect(page.getByTestId("code")).toBeVisible();
  return page;
}

function photographed(page: Page): Promise<Buffer> {
  return page.getByTestId("code").screenshot();
}
