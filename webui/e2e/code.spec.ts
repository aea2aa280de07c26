// Signing in with a one-time code that arrives by e-mail.
import { type Browser, expect, type Page, test } from "@playwright/test";
import { launch } from "./browser";
import { Gateway } from "./gateway";
import { inspect, phone, type Size } from "./look";
import { Mailbox } from "./mailbox";
import { recorder } from "./recorder";

const desktop: Size = { width: 1280, height: 800 };
const people = {
  anna: { inn: "500100732259", email: "anna@example.kz" },
  boris: { inn: "990000000299", email: "boris@example.kz" },
};

let gateway: Gateway;
let browser: Browser;
let mailbox: Mailbox;
let admin: Page;
test.beforeAll(async () => {
  browser = await launch("none");
  mailbox = await Mailbox.open();
});
test.beforeEach(async () => {
  // A gateway for each test: it counts wrong codes by the address of the client, which is the same for all here.
  gateway = await Gateway.start();
  const settings = `
[access.codes.email]
server = "${mailbox.address}"
security = "none"
from = "gate@example.kz"
`;
  admin = await open(await gateway.serve((demo) => demo + settings));
  await expect(admin).not.toHaveURL(/signin/);
  for (const [name, person] of Object.entries(people)) {
    const account = { role: "checker", name, checkpoints: ["*"], confirmed: true, ...person };
    const status = await admin.evaluate(async (body) => {
      const headers = { "Content-Type": "application/json" };
      return (await fetch("/v1/accounts", { method: "POST", headers, body: JSON.stringify(body) })).status;
    }, account);
    expect(status).toBe(201);
  }
});
test.afterEach(async () => {
  await admin.context().close();
  await gateway.close();
});
test.afterAll(async () => {
  await browser.close();
  await mailbox.close();
});

test("the code that arrived signs in", async () => {
  const page = await open(`${gateway.url}/#/signin`);
  await askAs(page, people.anna);
  const code = await codeFor(people.anna.email);
  await enter(page, other(code));
  await expectFault(page, "wrong");
  await expect(page.getByTestId("code-fault")).toContainText("4 tries left");
  await expect(page.getByTestId("code-resend")).toBeDisabled(); // one a minute
  await page.reload(); // phones do that while somebody reads his mail
  await enter(page, code);
  await page.getByTestId("scanner").waitFor();
  expect((await page.evaluate(() => window.record)).violations).toEqual([]);
  await page.goto(`${gateway.url}/#/account`);
  await expect(page.getByTestId("session")).toHaveAttribute("data-way", "code");
  await page.context().close();
});

test("the code is good in the browser that asked, and nowhere else", async () => {
  const page = await open(`${gateway.url}/#/signin`);
  await askAs(page, people.anna);
  const code = await codeFor(people.anna.email);
  const thief = await open(`${gateway.url}/#/signin`);
  await askAs(thief, people.boris);
  await enter(thief, code);
  await expectFault(thief, "wrong");
  await thief.context().close();
  await enter(page, code.replace(/(...)/, "$1 ")); // as some messages write it
  await page.getByTestId("scanner").waitFor();
  await page.context().close();
});

test("nobody learns who has an account, and wrong codes come to an end", async () => {
  const page = await open(`${gateway.url}/#/signin`);
  await askAs(page, { ...people.anna, email: "nobody@example.kz" });
  for (let i = 0; i < 4; i++) {
    await enter(page, `00000${i}`);
    await expectFault(page, "wrong");
    await expect(page.getByTestId("code-fault")).toContainText(`${4 - i} `);
  }
  await enter(page, "000004");
  await expectFault(page, "burnt");
  await expect(page.getByTestId("code-field")).toBeDisabled();

  await page.getByTestId("code-other").click();
  await askAs(page, people.boris); // the fields are empty again
  const code = await codeFor(people.boris.email);
  for (let i = 0; i < 5; i++) {
    await enter(page, other(code, i));
    await expectFault(page, i < 4 ? "wrong" : "burnt");
  }
  await page.getByTestId("code-other").click();
  await fill(page, people.anna);
  await expectFault(page, "wait"); // ten wrong ones from here
  expect(mailbox.of("nobody@example.kz")).toEqual([]);
  await page.context().close();
});

test("the administrator writes down where codes go", async () => {
  await admin.goto(`${gateway.url}/#/team`);
  const boris = admin.getByTestId("person").filter({ hasText: "boris" });
  await boris.getByTestId("addresses").click();
  await boris.getByTestId("own-phone").fill("call me");
  await boris.getByTestId("save-addresses").click();
  await expect(boris.getByRole("alert")).toContainText("phone");
  await boris.getByTestId("own-phone").fill("8 701 765-43-21");
  await boris.getByTestId("own-email").fill("new@example.kz");
  await inspect(admin, "addresses", [phone, desktop]);
  await boris.getByTestId("save-addresses").click();
  await expect(boris).toContainText("+77017654321 · new@example.kz");

  const page = await open(`${gateway.url}/#/signin`);
  await askAs(page, { ...people.boris, email: "new@example.kz" });
  await enter(page, await codeFor("new@example.kz"));
  await page.getByTestId("scanner").waitFor();
  await page.context().close();
});

test("both steps can be read and reached by everybody", async () => {
  for (const locale of ["en-GB", "ru-RU", "kk-KZ"]) {
    const page = await open(`${gateway.url}/#/signin`, locale);
    await page.getByTestId("signin-by-code").click();
    await page.getByTestId("code-send").click(); // nothing was filled in
    await expectFault(page, "details");
    await expect(page.getByTestId("code-inn")).toHaveAttribute("inputmode", "numeric");
    await inspect(page, `asking, ${locale}`, [phone, desktop]);
    await fill(page, { ...people.anna, email: `${locale}@example.kz` });
    await expect(page.getByTestId("code-field")).toHaveAttribute("autocomplete", "one-time-code");
    await expect(page.getByTestId("code-field")).toBeFocused();
    await enter(page, "000000");
    await expectFault(page, "wrong");
    await inspect(page, `entering, ${locale}`, [phone, desktop]);
    await page.getByTestId("code-back").click();
    await page.getByTestId("signin-by-code").waitFor();
    await page.context().close();
  }
});

async function open(url: string, locale = "en-GB"): Promise<Page> {
  const context = await browser.newContext({ locale, viewport: { width: 390, height: 844 } });
  await context.addInitScript(recorder);
  const page = await context.newPage();
  await page.goto(url);
  return page;
}

/** Says who one is, from the sign-in page or from the form that is open, and gets to the second step. */
async function askAs(page: Page, person: { inn: string; email: string }): Promise<void> {
  const offer = page.getByTestId("signin-by-code");
  await offer.or(page.getByTestId("code-inn")).waitFor();
  if (await offer.isVisible()) await offer.click();
  await fill(page, person);
  await expect(page.getByTestId("signin-code-card")).toHaveAttribute("data-step", "enter");
}

async function fill(page: Page, { inn, email }: { inn: string; email: string }): Promise<void> {
  await page.getByTestId("code-inn").fill(inn);
  await page.getByTestId("code-address").fill(email);
  await page.getByTestId("code-send").click();
}

/** Types a code in; the sixth digit sends it off. */
const enter = (page: Page, code: string): Promise<void> => page.getByTestId("code-field").fill(code);

const expectFault = (page: Page, fault: string): Promise<void> =>
  expect(page.getByTestId("code-fault")).toHaveAttribute("data-fault", fault);

/** The code in the newest message to an address. */
async function codeFor(email: string): Promise<string> {
  const before = seen.get(email) ?? 0;
  await expect.poll(() => mailbox.of(email).length).toBeGreaterThan(before);
  const mail = mailbox.of(email);
  seen.set(email, mail.length);
  const text = mail.at(-1)?.text ?? "";
  expect(text).toContain("Tell this code to nobody");
  return /\b\d{6}\b/.exec(text)?.[0] ?? "";
}
const seen = new Map<string, number>();

/** A code that is not this one. */
const other = (code: string, n = 0): string => String((Number(code) + 1 + n) % 1_000_000).padStart(6, "0");
