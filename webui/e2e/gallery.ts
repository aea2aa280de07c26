// Screens looked at one by one, in each language: everything can be read on the smallest phone and on a desktop, and with
// VRATAR_PICTURES=folder each one is kept as a picture.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { fit, inspect, phone } from "./look";
import type { Station } from "./station";

/** The languages of the page. */
export const langs = ["ru", "kk", "en"] as const;
export type Lang = (typeof langs)[number];

const folder = process.env["VRATAR_PICTURES"] ?? "";
const sizes = [phone, { width: 1440, height: 900 }];

/** From the next loading on the page speaks this language, and nothing moves. */
export async function speak({ page }: Station, lang: Lang): Promise<void> {
  await page.emulateMedia({ reducedMotion: "reduce" }); // a sheet on its way in has no contrast yet
  await page.evaluate((l) => localStorage.setItem("vratar.lang", l), lang);
}

/** Nothing is cut off; in one language it is looked at with assistive technology in mind too, which takes its time. */
export async function look({ page }: Station, lang: Lang, name: string): Promise<void> {
  await (lang === "ru" ? inspect : fit)(page, `${name}, ${lang}`, sizes);
  await keep(page, lang, name);
}

async function keep(page: Page, lang: Lang, name: string): Promise<void> {
  if (!folder) return;
  mkdirSync(join(folder, lang), { recursive: true });
  await page.screenshot({ path: join(folder, lang, `${name}.png`) });
}

/** Keeps the verdict that is on the screen: a tap where it hits no button. */
export const hold = ({ page }: Station): Promise<void> =>
  page.getByTestId("verdict").click({ position: { x: 5, y: 300 } });

/** What the gateway sends to a scanner, as change leaves it, from the next loading of the page on. */
export async function rewrite({ page }: Station, change: (message: Down) => Down): Promise<void> {
  await page.routeWebSocket(/\/v1\/scanner/, (socket) => {
    const gateway = socket.connectToServer();
    socket.onMessage((text) => gateway.send(text));
    gateway.onMessage((text) => socket.send(JSON.stringify(change(JSON.parse(String(text)) as Down))));
  });
}

/** A message to a scanner, see src/scanner/link.ts. */
export interface Down {
  type: string;
  ref?: string;
  answer?: Record<string, unknown>;
  [member: string]: unknown;
}
