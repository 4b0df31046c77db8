// Builds what a capsule carries: the same viewer as one file, and the small script that opens it (--mode viewer, open).
import { rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { defineConfig, type Plugin } from "vite";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

const ENTRIES: Record<string, string> = { viewer: "src/viewer/viewer.ts", open: "src/capsule/open.ts" };
const WORKER = /new Worker\(\s*new URL\(\s*("[^"]+"),\s*import\.meta\.url\s*\),?\s*(\{[^}]*\})?\s*,?\s*\)/g;

/** A worker that is a file beside the script becomes one that is made from a blob. */
const workersInside: Plugin = {
  name: "workers-inside",
  enforce: "pre",
  transform(code) {
    const imports: string[] = [];
    const inside = code.replace(WORKER, (_all, file: string) => {
      imports.push(`import Inside${imports.length} from "${JSON.parse(file)}?worker&inline";`);
      return `new Inside${imports.length - 1}()`;
    });
    return imports.length ? `${imports.join("\n")}\n${inside}` : null;
  },
};

/** Whatever the viewer comes to import: all of it stands in one file that a page can hold, or the build fails. */
const oneFile: Plugin = {
  name: "one-file",
  generateBundle(_options, bundle) {
    const files = Object.values(bundle);
    if (files.length !== 1) this.error(`a capsule holds one file, not ${files.map(({ fileName }) => fileName).join(", ")}`);
    for (const file of files) {
      if (file.type === "chunk" && /<\/script|<!--/i.test(file.code)) this.error("the script would end its own element");
    }
  },
};

export default defineConfig(({ mode }) => {
  const entry = ENTRIES[mode];
  if (!entry) throw new Error(`--mode is one of ${Object.keys(ENTRIES).join(", ")}`);
  const outDir = here("../arcada/web/static/build/capsule");
  rmSync(`${outDir}/${mode}.js`, { force: true });
  return {
    base: "./",
    publicDir: false,
    plugins: [workersInside, oneFile],
    build: {
      outDir,
      emptyOutDir: false,
      target: "es2022",
      modulePreload: false,
      reportCompressedSize: false,
      // It stands in a page, compressed; nobody waits for it on a line.
      chunkSizeWarningLimit: 4000,
      rolldownOptions: { input: here(entry), output: { codeSplitting: false, entryFileNames: `${mode}.js` } },
    },
    // A page from a disk has no origin, and Chromium starts no module worker of a blob there; a plain one it does.
    worker: { format: "iife", rolldownOptions: { output: { codeSplitting: false } } },
  };
});
