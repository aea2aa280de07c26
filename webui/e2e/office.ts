// A gateway that asks in whose name somebody scans: it trusts the test authority of the official vectors, which are not
// part of this repository. Its organisation and its people are those of the vectors.

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { type Browser, type BrowserContext, expect } from "@playwright/test";
import { Gateway } from "./gateway";
import { recorder } from "./recorder";
import { Station } from "./station";

const vectors = process.env["VRATAR_VECTORS"] ?? resolve(import.meta.dirname, "../../../shared/vectors");
const folder = join(vectors, "gost");

/** Why these tests cannot run here; empty where they can. Continuous integration may not go without. */
export const missing =
  existsSync(folder) || process.env["CI"] ? "" : `not run: no official vectors at ${folder} (set VRATAR_VECTORS)`;

/** The representative of the vectors, and who looks after the organisation's mandates. */
export const clerk = { role: "checker", name: "Clerk", inn: "990000000299", snils: "99000000254" };
export const supervisor = { role: "supervisor", name: "Supervisor" };

/** Number of the mandate in `01_ok.xml`. */
export const goodNumber = "00000000-0000-4000-8000-000000000001";

/** A mandate of the vectors with its signature, as a person would choose the files. */
export function mandateFiles(xml: string, sig = xml): { name: string; mimeType: string; buffer: Buffer }[] {
  const file = (name: string, mimeType: string) => {
    const path = join(folder, "mchd", name);
    return { name: basename(path), mimeType, buffer: readFileSync(path) };
  };
  return [file(`${xml}.xml`, "text/xml"), file(`${sig}.sig`, "application/octet-stream")];
}

/** The gateway, its administrator, and its people by the links that sign them in. */
export class Office {
  readonly gateway: Gateway;
  readonly #browser: Browser;
  readonly #admin: Station;

  private constructor(gateway: Gateway, browser: Browser, admin: Station) {
    this.gateway = gateway;
    this.#browser = browser;
    this.#admin = admin;
  }

  static async open(browser: Browser): Promise<Office> {
    const gateway = await Gateway.start();
    const link = await gateway.serve((demo) => settings(demo, gateway.file("revoked.txt")));
    return Office.of(gateway, browser, link);
  }

  /** The office of a gateway that runs, by the link of its first administrator. */
  static async of(gateway: Gateway, browser: Browser, link: string): Promise<Office> {
    return new Office(gateway, browser, await enter(browser, gateway, link));
  }

  /** Makes an account and signs a new browser in as it. */
  async employ(person: object): Promise<Station> {
    const account = { organisation: "demo", checkpoints: ["*"], confirmed: true, ...person };
    const { id } = await this.#ask<{ id: string }>("/v1/accounts", account);
    const { link } = await this.#ask<{ link: string }>("/v1/links", { account: id });
    return enter(this.#browser, this.gateway, link);
  }

  /** The organisation takes a mandate back. */
  revoke(number: string): void {
    writeFileSync(this.gateway.file("revoked.txt"), `${number}\n`);
  }

  close(): Promise<void> {
    return this.gateway.close();
  }

  #ask<T>(path: string, body: object): Promise<T> {
    return this.#admin.page.evaluate(
      async ([p, text]) => {
        const headers = { "Content-Type": "application/json" };
        const response = await fetch(p!, { method: "POST", headers, body: text! });
        if (!response.ok) throw new Error(await response.text());
        return response.json() as Promise<T>;
      },
      [path, JSON.stringify(body)],
    );
  }
}

/** The demo's settings, with mandates. At the north gate names are shown for a purpose, at the south gate nothing is. */
function settings(demo: string, revoked: string): string {
  writeFileSync(revoked, "");
  const pki = (name: string) => JSON.stringify([join(folder, "pki", name)]);
  return `${demo
    .replace('name = "Demo Arena"', 'name = "Demo Arena"\ninn = "9900000017"')
    .replace('id = "north"', 'id = "north"\nprofile = "gate"')}
[mandates]
roots = ${pki("root.crt.pem")}
intermediates = ${pki("ca.crt.pem")}
crls = ${pki("ca.crl.pem")}
powers = ["TEST_SCAN_AGE"]
revoked = ${JSON.stringify(revoked)}
refresh = "1s"

[[profiles]]
id = "gate"
purpose = "Entry"
legal_basis = "Contract"
attributes = ["holder.name", "expires_at"]
`;
}

async function enter(browser: Browser, gateway: Gateway, link: string): Promise<Station> {
  const context: BrowserContext = await browser.newContext({ locale: "en-GB", viewport: { width: 390, height: 844 } });
  await context.addInitScript(recorder);
  const page = await context.newPage();
  await page.goto(`${gateway.url}/${new URL(link).hash}`);
  await expect(page).not.toHaveURL(/signin/);
  return new Station(page, gateway, gateway.url);
}
