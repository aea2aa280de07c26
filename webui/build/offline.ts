// What the production build needs beyond Vite: the list of files the service worker keeps, and a brotli and a
// gzip copy beside every file so that the gateway never compresses while it serves.
import { createHash } from "node:crypto";
import { existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import type { Plugin } from "vite";

const placeholder = "placeholder.html"; // committed, so that `go build` has something to embed
const compressible = /\.(html|js|css|svg|json|webmanifest|wasm|txt)$/;

/** Empties the output folder except for the committed placeholder; Vite's own emptyOutDir would delete it. */
export function keepPlaceholder(outDir: string): Plugin {
  return {
    name: "keep-placeholder",
    apply: "build",
    buildStart() {
      if (!existsSync(outDir)) return;
      for (const name of readdirSync(outDir)) {
        if (name !== placeholder) rmSync(join(outDir, name), { recursive: true });
      }
    },
  };
}

/** What only a gateway has use for, and is large: not worth the space on every device. */
const online = /^assets\/(symbols-.*|zxing_writer-.*)$/;

/** Writes sw.js from its source with the list of built files and a version that changes when any of them does. */
export function serviceWorker(source: string, outDir: string): Plugin {
  return {
    name: "service-worker",
    apply: "build",
    writeBundle() {
      const files = walk(outDir)
        .filter((f) => f !== placeholder && f !== "index.html" && f !== "sw.js" && !online.test(f))
        .sort();
      const hash = createHash("sha256");
      for (const f of [...files, "index.html"]) hash.update(f).update(readFileSync(join(outDir, f)));
      const list = JSON.stringify(["/", ...files.map((f) => "/" + f)]);
      const text = readFileSync(source, "utf8")
        .replace("__VERSION__", hash.digest("hex").slice(0, 12))
        .replace('["__FILES__"]', list);
      writeFileSync(join(outDir, "sw.js"), text);
    },
  };
}

/** Puts FILE.br and FILE.gz beside every file that gains from it. */
export function precompress(outDir: string): Plugin {
  return {
    name: "precompress",
    apply: "build",
    closeBundle() {
      for (const f of walk(outDir)) {
        if (!compressible.test(f) || f === placeholder) continue;
        const path = join(outDir, f);
        const body = readFileSync(path);
        const br = brotliCompressSync(body, {
          params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: body.length },
        });
        const gz = gzipSync(body, { level: 9 });
        if (br.length < body.length) writeFileSync(path + ".br", br);
        if (gz.length < body.length) writeFileSync(path + ".gz", gz);
      }
    },
  };
}

function walk(dir: string, prefix = ""): string[] {
  return readdirSync(join(dir, prefix), { withFileTypes: true }).flatMap((e) =>
    e.isDirectory() ? walk(dir, prefix + e.name + "/") : [prefix + e.name],
  );
}
