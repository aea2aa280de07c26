import { defineConfig } from "vitest/config";
import { keepPlaceholder, precompress, serviceWorker } from "./build/offline.ts";

const outDir = "dist";
const gateway = process.env["VRATAR_DEV_GATEWAY"] ?? "http://127.0.0.1:8080";

export default defineConfig({
  plugins: [keepPlaceholder(outDir), serviceWorker("src/sw.js", outDir), precompress(outDir)],
  build: {
    outDir,
    emptyOutDir: false, // keepPlaceholder does it, sparing the committed placeholder
    target: "es2022",
    cssTarget: ["chrome111", "safari16.2", "firefox113"], // the oldest with color-mix; light-dark is rewritten for them
    assetsInlineLimit: 0, // the content security policy allows no data: scripts or styles
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  worker: { format: "es" },
  server: {
    host: "127.0.0.1",
    port: 18300,
    strictPort: true,
    proxy: { "/v1": { target: gateway, ws: true } }, // host stays the page's own, so the Origin check holds
  },
  test: { include: ["src/**/*.test.{ts,tsx}"], environment: "node" },
});
