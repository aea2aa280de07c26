// The page in a real browser against the real gateway (bin/vratar demo). Chromium is the one installed on the
// machine (or CHROMIUM=path): nothing is ever downloaded.
import { defineConfig } from "@playwright/test";

/** Where how long something takes is part of the answer: one at a time, and nothing beside them. */
const measured = ["camera", "holder", "inputs", "official", "offline", "samples", "scan", "stalled"].map((n) => `${n}.spec.ts`);

export default defineConfig({
  testDir: ".",
  outputDir: "../test-results",
  workers: 2, // each gateway is a process of its own
  fullyParallel: false,
  timeout: 180_000, // some look at dozens of screens, on whatever machine
  expect: { timeout: 10_000 },
  reporter: [["list"]],
  forbidOnly: !!process.env["CI"],
  projects: [
    { name: "measured", testMatch: measured, workers: 1 },
    { name: "pages", testIgnore: measured, dependencies: ["measured"] },
  ],
});
