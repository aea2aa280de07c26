// Signing in by a certified OpenID provider, and by ЕСИА's profile before it, from the button to the provider's logout.
import { type Browser, expect, type Page, test } from "@playwright/test";
import { launch } from "./browser";
import { Gateway } from "./gateway";
import { Issuer, State } from "./provider";

let gateway: Gateway;
let issuer: Issuer;
let state: State;
let browser: Browser;
let admin: Page;
test.beforeAll(async () => {
  browser = await launch("none");
  gateway = await Gateway.start();
  state = await State.start({
    "1000299654": { trusted: true, snils: "112-233-445 95" },
    "1000299655": { trusted: false, snils: "112-233-445 95" }, // says to be the same person, and nobody has checked
  });
  issuer = await Issuer.start(gateway.url, state.url);
  state.behind = issuer.url;
  const providers = issuer.settings(gateway.file("corp.secret")) + state.settings();
  const link = await gateway.serve((demo) => `${demo}\n${providers}`);
  admin = await open();
  await admin.goto(`${gateway.url}/${new URL(link).hash}`);
  await expect(admin).not.toHaveURL(/signin/);
});
test.afterAll(async () => {
  await browser.close();
  await state.close();
  await issuer.close();
  await gateway.close();
});

const open = async (): Promise<Page> => (await browser.newContext({ locale: "en-GB" })).newPage();

/** Makes an account and returns a link that signs in to it. */
async function employ(person: object): Promise<string> {
  const ask = <T>(path: string, body: object): Promise<T> =>
    admin.evaluate(
      async ([to, text]) => {
        const headers = { "Content-Type": "application/json" };
        const response = await fetch(to!, { method: "POST", headers, body: text! });
        if (!response.ok) throw new Error(await response.text());
        return response.json() as Promise<T>;
      },
      [path, JSON.stringify(body)],
    );
  const usual = { role: "checker", checkpoints: ["*"], confirmed: true };
  const { id } = await ask<{ id: string }>("/v1/accounts", { ...usual, ...person });
  const { link } = await ask<{ link: string }>("/v1/links", { account: id });
  return `${gateway.url}/${new URL(link).hash}`;
}

/** Goes to a provider by its button. */
async function leave(page: Page, provider: string): Promise<void> {
  await page.goto(`${gateway.url}/#/signin`);
  await page.getByTestId(`signin-openid-${provider}`).click();
  await page.waitForURL(`${issuer.url}/interaction/**`);
}

/** Says at the provider who one is, and agrees. */
async function agree(page: Page, name: string): Promise<void> {
  await page.locator("input[name=login]").fill(name);
  await page.locator("input[name=password]").fill("any");
  await page.locator("button[type=submit]").click();
  await page.locator("input[name=prompt][value=consent]").waitFor({ state: "attached" });
  await page.locator("button[type=submit]").click();
}

test("somebody signs in, and the provider signs him out", async () => {
  await employ({ name: "Anna", email: "anna@example.kz" });
  const page = await open();
  await leave(page, "corp");
  await agree(page, "anna");
  await page.getByTestId("scanner").waitFor();
  expect(page.url()).not.toContain("code=");
  await page.goto(`${gateway.url}/#/account`);
  await expect(page.getByTestId("session")).toHaveAttribute("data-way", "openid");

  const there = await page.context().newPage(); // the provider's own page, in the same browser
  await there.goto(`${issuer.url}/session/end`);
  await there.locator("button[name=logout]").click();
  await expect
    .poll(() => page.evaluate(() => fetch("/v1/me").then((r) => r.status)), { message: issuer.faults.join("\n") })
    .toBe(401);
  await page.reload();
  await page.getByTestId("signin-openid-corp").waitFor();
  await page.context().close();
});

test("signing out here leads to the provider's own sign-out", async () => {
  await employ({ name: "Vera", email: "vera@example.kz" });
  const page = await open();
  await leave(page, "corp");
  await agree(page, "vera");
  await page.getByTestId("scanner").waitFor();
  await page.goto(`${gateway.url}/#/account`);
  await page.getByTestId("sign-out-there").click();
  await page.waitForURL(`${issuer.url}/session/end**`);
  await page.locator("button[name=logout]").click();
  await page.waitForURL(`${gateway.url}/**`);
  await page.getByTestId("signin-openid-corp").waitFor();
  await page.context().close();
});

test("whoever cancels is told so, and a stranger gets no account", async () => {
  const page = await open();
  await leave(page, "corp");
  await page.locator("a[href*=abort]").click();
  await expect(page.getByRole("heading", { name: "Sign-in was cancelled" })).toBeVisible();
  await leave(page, "corp");
  await agree(page, "stranger");
  await expect(page.getByRole("heading", { name: "That did not work" })).toBeVisible();
  await page.reload(); // nothing of the answer is left to be used again
  await expect(page.getByTestId("openid")).toHaveAttribute("data-state", "failed");
  await page.context().close();
});

test("an account is linked, signs in, and is unlinked", async () => {
  const page = await open();
  await page.goto(await employ({ name: "Boris" }));
  await page.getByTestId("scanner").waitFor();
  await page.goto(`${gateway.url}/#/account`);
  await page.getByTestId("link-corp").click();
  await page.waitForURL(`${issuer.url}/interaction/**`);
  await agree(page, "boris-there");
  await expect(page.getByTestId("login")).toContainText("Corporate");

  const other = await open();
  await leave(other, "corp");
  await agree(other, "boris-there");
  await other.getByTestId("scanner").waitFor();
  await other.goto(`${gateway.url}/#/account`);
  await expect(other.getByRole("heading", { name: "Boris" })).toBeVisible();
  await other.getByTestId("login").getByRole("button").click();
  await expect(other.getByTestId("login")).toHaveCount(0);
  await other.context().close();
  await page.context().close();
});

test("the provider insists on PKCE", async () => {
  const q = new URLSearchParams({ client_id: "vratar", response_type: "code", scope: "openid", state: "s" });
  q.set("redirect_uri", `${gateway.url}/v1/signin/openid/callback`);
  const refused = await fetch(`${issuer.url}/auth?${q}`, { redirect: "manual" });
  expect(refused.headers.get("location")).toContain("error=invalid_request");
});

test("ЕСИА signs in whom it has confirmed, and nobody else", async () => {
  await employ({ name: "Galina", snils: "11223344595", confirmed: false });
  const page = await open();
  await leave(page, "esia");
  await agree(page, "1000299655");
  await expect(page.getByRole("heading", { name: "That did not work" })).toBeVisible();
  expect(state.faults).toEqual([]);
  expect(state.signed).toHaveLength(2);
  await page.context().close();

  const again = await open();
  await leave(again, "esia");
  await agree(again, "1000299654");
  await again.getByTestId("scanner").waitFor(); // confirmed by ЕСИА's word
  await again.goto(`${gateway.url}/#/account`);
  await expect(again.getByRole("heading", { name: "Galina" })).toBeVisible();
  await expect(again.getByTestId("unconfirmed")).toHaveCount(0);
  expect(state.faults).toEqual([]);
  expect(state.signed).toHaveLength(4); // two requests for each, each with a signature that openssl accepts
  expect(new Set(state.signed).size).toBe(4);
  await again.context().close();
});
