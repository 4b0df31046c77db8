// Builds every page script into the site's static files, with a manifest that names the hashed files.
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { defineConfig } from "vitest/config";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

const entries = {
  viewer: here("src/viewer/viewer.ts"),
  "image-viewer": here("src/image-viewer/image-viewer.ts"),
  upload: here("src/upload/upload.ts"),
  page: here("src/pages/page.ts"),
  review: here("src/pages/review.ts"),
  "send-files": here("src/pages/send-files.ts"),
};

// The site serves NAME.br or NAME.gz to whom takes it: compressed once here, not at each request.
const compressed = {
  name: "compressed",
  closeBundle(): void {
    const folder = here("../arcada/web/static/build/assets/");
    for (const name of readdirSync(folder)) {
      if (!/\.(js|css|wasm)$/.test(name)) continue;
      const bytes = readFileSync(folder + name);
      writeFileSync(`${folder}${name}.br`, brotliCompressSync(bytes));
      writeFileSync(`${folder}${name}.gz`, gzipSync(bytes, { level: 9 }));
    }
  },
};

export default defineConfig({
  // Chunks and the worker find each other beside themselves, wherever the static files are served from.
  base: "./",
  publicDir: false,
  plugins: [compressed],
  build: {
    outDir: here("../arcada/web/static/build"),
    emptyOutDir: true,
    manifest: "manifest.json",
    target: "es2022",
    modulePreload: { polyfill: false },
    // A file inlined as data: would ask the content security policy for an exception.
    assetsInlineLimit: 0,
    reportCompressedSize: false,
    rolldownOptions: {
      input: Object.fromEntries(Object.entries(entries).filter(([, file]) => existsSync(file))),
    },
  },
  worker: { format: "es" },
  test: { include: ["tests/**/*.test.ts"] },
});
