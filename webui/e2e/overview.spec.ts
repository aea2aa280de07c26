// Somebody is refused; a supervisor decides otherwise, with a reason, and everybody who watches sees it.
import { type Browser, expect, type Page, test } from "@playwright/test";
import { launch } from "./browser";
import { Gateway } from "./gateway";
import { inspect, phone } from "./look";
import { recorder } from "./recorder";
import { signIn, Station } from "./station";

const desktop = { width: 1440, height: 900 };

test.describe.configure({ mode: "serial" }); // each test goes on where the one before it ended

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

test("a refused person is let in by the supervisor, once, and both live views tell it", async () => {
  const checker = await signIn(browser, gateway);
  const boss = await employ("supervisor");
  await checker.open("#/scanner");
  await checker.connected();
  const refused = await checker.paste(gateway.sample("expired"));
  expect(refused.decision).toBe("deny");
  await inspect(checker.page, "a refusal for a checker", [phone]);
  await expect(checker.page.getByTestId("override")).toHaveCount(0);
  await checker.page.getByTestId("call-supervisor").click();
  await checker.page.keyboard.press("Escape");
  await checker.open("#/live");

  const { page } = boss;
  await boss.open("#/overview");
  const line = page.getByTestId("recent-passage").filter({ hasText: "Override" });
  await line.getByTestId("override").click();
  await page.getByRole("radio", { name: "Other" }).check();
  await page.getByTestId("override-send").click();
  await expect(page.getByTestId("override-form")).toBeVisible(); // a note is needed: the browser says so
  await page.getByRole("radio", { name: "Guest of the house" }).check();
  await page.getByTestId("override-note").fill("expected by the director");
  await inspect(page, "deciding", [phone, desktop]);
  await page.getByTestId("override-send").click();
  await expect(page.getByTestId("override-done")).toHaveAttribute("data-decision", "admit");
  await page.getByTestId("override-close").click();
  await expect(page.getByTestId("decided")).toHaveText("Let in by a person · Guest of the house");
  await expect(page.getByTestId("override")).toHaveCount(0);
  const north = page.getByTestId("totals-checkpoint").first();
  await expect(north.getByTestId("total-admit")).toHaveText("1");
  await expect(north).toContainText("Guest of the house");
  await inspect(page, "the overview", [phone, desktop]);

  await shows(checker.page);
  await boss.open("#/live");
  await shows(page);
  expect(await noteSeenBy(checker.page)).toBe(403);
  await boss.expectQuiet();
  await checker.context.close();
  await boss.context.close();
});

test("at the scanner a supervisor decides at once, and is told what else stands against it", async () => {
  const boss = await employ("supervisor");
  const { page } = boss;
  await boss.open("#/scanner");
  await boss.connected();
  const first = await boss.paste(gateway.sample("expired"));
  expect(first.decision).toBe("deny"); // and the person of the first test is inside already
  await page.getByTestId("override").click();
  await page.getByTestId("override-send").click();
  await expect(page.getByTestId("objection")).toBeVisible();
  await inspect(page, "something else stands against it", [phone]);
  await page.getByTestId("override-send").click();
  await expect(page.getByTestId("override-done")).toBeVisible();
  await page.getByTestId("override-close").click();
  await expect(page.getByTestId("verdict")).toHaveCount(0);
  await boss.context.close();
});

test("the totals are for a spreadsheet, and for who answers for the place", async () => {
  const boss = await employ("supervisor");
  await boss.open("#/overview");
  const today = new URL((await boss.page.getByTestId("export").getAttribute("href"))!, gateway.url);
  const since = new Date(Date.parse(today.searchParams.get("since")!) - 86_400_000); // midnight may just have passed
  today.searchParams.set("since", since.toISOString());
  const text = await boss.page.evaluate(async (path) => (await fetch(path)).text(), today.href);
  expect(text).toContain("let_in,guest_of_house,1");
  const checker = await signIn(browser, gateway);
  await expect(checker.page.locator('a[href="#/overview"]')).toHaveCount(0);
  await boss.context.close();
  await checker.context.close();
});

/** The stream tells that a person decided. */
async function shows(page: Page): Promise<void> {
  const passage = page.getByTestId("passage").filter({ hasText: "Let in by a person · Guest of the house" });
  await expect(passage).toHaveAttribute("data-overrides", "1");
}

/** The status of asking for the words with which the supervisor decided. */
function noteSeenBy(page: Page): Promise<number> {
  return page.evaluate(async () => (await fetch("/v1/passages/2/note")).status);
}

/** Makes an account and signs a new browser in as it. */
async function employ(role: string): Promise<Station> {
  const admin = await signIn(browser, gateway, "admin");
  const link = await admin.page.evaluate(async (r) => {
    const ask = async (path: string, body: object) => {
      const headers = { "Content-Type": "application/json" };
      const response = await fetch(path, { method: "POST", headers, body: JSON.stringify(body) });
      if (!response.ok) throw new Error(await response.text());
      return (await response.json()) as { id: string; link: string };
    };
    const person = { role: r, name: "Boss", organisation: "demo", checkpoints: ["*"], confirmed: true };
    const { id } = await ask("/v1/accounts", person);
    return (await ask("/v1/links", { account: id })).link;
  }, role);
  await admin.context.close();
  const context = await browser.newContext({ locale: "en-GB", viewport: { width: 390, height: 844 } });
  await context.addInitScript(recorder);
  const page = await context.newPage();
  await page.goto(`${gateway.url}/${new URL(link).hash}`);
  await expect(page).not.toHaveURL(/signin/);
  return new Station(page, gateway, gateway.url);
}
