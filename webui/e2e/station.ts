// A checker's device in the tests: a signed-in page with the recorder, and the few things tests do with it.

import { type Browser, type BrowserContext, expect, type Page } from "@playwright/test";
import type { Gateway } from "./gateway";
import { type Record, recorder, type Shown } from "./recorder";

/** Who signs in. */
export type Role = "checker" | "admin" | "supervisor";

/** A page and what it complained about. */
export class Station {
  readonly page: Page;
  readonly context: BrowserContext;
  readonly gateway: Gateway;
  readonly url: string;
  readonly complaints: string[] = [];

  constructor(page: Page, gateway: Gateway, url: string) {
    this.page = page;
    this.url = url;
    this.context = page.context();
    this.gateway = gateway;
    page.on("pageerror", (e) => this.complaints.push(`error: ${e.message}`));
    page.on("console", (m) => m.type() === "error" && this.complaints.push(`console: ${m.text()}`));
  }

  /** Loads the page anew at a view, for instance `#/scanner`. */
  async open(hash: string): Promise<void> {
    await this.page.goto("about:blank"); // another hash alone would not load anything
    await this.page.goto(`${this.url}/${hash}`);
  }

  /** Opens the scanner with its camera running. */
  async scan(): Promise<void> {
    await this.open("#/scanner");
    await this.connected();
    await this.startCamera();
    await expect(this.page.getByTestId("scanner")).toHaveAttribute("data-camera", "running");
  }

  /** Presses the button that starts the camera, unless permission is there and it starts by itself. */
  async startCamera(): Promise<void> {
    const scanner = this.page.getByTestId("scanner");
    await expect(scanner).not.toHaveAttribute("data-camera", "starting");
    if ((await scanner.getAttribute("data-camera")) === "off") await this.page.getByTestId("start-camera").click();
  }

  /** Waits for the line to the gateway. */
  async connected(): Promise<void> {
    await expect(this.page.getByTestId("bar")).toHaveAttribute("data-link", "online");
  }

  /** Everything recorded so far. */
  record(): Promise<Record> {
    return this.page.evaluate(() => window.record);
  }

  /** Waits until so many verdicts have been shown, and returns them. */
  async verdicts(count: number, timeout = 20_000): Promise<Shown[]> {
    await this.page.waitForFunction((n) => window.record.shown.length >= n, count, { timeout, polling: 50 });
    return (await this.record()).shown;
  }

  /** Pastes a text as a person would, and returns the verdict it led to. */
  async paste(text: string): Promise<Shown> {
    const before = (await this.record()).shown.length;
    await this.page.evaluate((content) => {
      const clipboardData = new DataTransfer();
      clipboardData.setData("text/plain", content);
      document.body.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true }));
    }, text);
    return (await this.verdicts(before + 1)).at(-1)!;
  }

  /** Gives the scanner a picture as a person would, and returns the verdict it led to. */
  async upload(buffer: Buffer): Promise<Shown> {
    await this.open("#/scanner");
    await this.connected();
    await this.page.getByTestId("type").click();
    await this.page.getByTestId("upload").setInputFiles({ name: "photo.png", mimeType: "image/png", buffer });
    return (await this.verdicts(1)).at(-1)!;
  }

  /** Nothing was refused by the security policy, nothing was complained about. */
  async expectQuiet(): Promise<void> {
    expect((await this.record()).violations).toEqual([]);
    expect(this.complaints).toEqual([]);
  }
}

/** Signs in through a fresh one-time link. What the page complains about counts from then on: before, it gets a 401. */
export async function signIn(
  browser: Browser,
  gateway: Gateway,
  role: Role = "checker",
  url = gateway.url,
): Promise<Station> {
  const context = await browser.newContext({ locale: "en-GB", viewport: { width: 390, height: 844 } });
  await context.addInitScript(recorder);
  const page = await context.newPage();
  const { admin_link: admin, checker_link: checker, supervisor_link: supervisor } = gateway.demo;
  const link = { admin, checker, supervisor }[role];
  if (!link) throw new Error(`the demo has no link for ${role}`);
  await page.goto(`${url}/${new URL(link).hash}`);
  await expect(page).not.toHaveURL(/signin/);
  return new Station(page, gateway, url);
}
