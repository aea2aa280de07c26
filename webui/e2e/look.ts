// Looking closely at a page: whether everybody can reach it, and whether every text can be read in full.
import { AxeBuilder } from "@axe-core/playwright";
import { expect, type Page } from "@playwright/test";
import { cutOff } from "./cut-off";

/** Of a window, in CSS pixels. */
export interface Size {
  width: number;
  height: number;
}

/** The smallest phone the page is made for. */
export const phone: Size = { width: 360, height: 740 };

/** No text is cut off at these sizes; the page is left at the size of a phone. */
export async function fit(page: Page, what: string, at: readonly Size[]): Promise<void> {
  for (const size of at) {
    await page.setViewportSize(size);
    expect.soft(await page.evaluate(cutOff), `${what} at ${size.width} px`).toEqual([]);
  }
  await page.setViewportSize(phone);
}

/** Texts fit, and nothing stands in the way of assistive technology. */
export async function inspect(page: Page, what: string, at: readonly Size[]): Promise<void> {
  await fit(page, what, at);
  const { violations } = await new AxeBuilder({ page }).analyze();
  const found = violations.flatMap((v) => v.nodes.map((n) => `${v.id}: ${n.target.join(" ")} ${n.failureSummary}`));
  expect.soft(found, what).toEqual([]);
}
