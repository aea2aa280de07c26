// The page in a real browser against the real gateway (bin/vratar demo). Chromium is the one installed on the
// machine (or CHROMIUM=path): nothing is ever downloaded.
import { defineConfig } from "@playwright/test";

export default defineConfig({
  testDir: ".",
  outputDir: "../test-results",
  workers: 1, // latencies are measured, and each gateway is a process of its own
  fullyParallel: false,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  reporter: [["list"]],
  forbidOnly: !!process.env["CI"],
});
