// Kilobytes of each built file, plain and brotli, and what is asked for before the first interactive frame.
import { readdirSync, readFileSync } from "node:fs";
import { brotliCompressSync } from "node:zlib";

const folder = new URL("../../arcada/web/static/build/assets/", import.meta.url);
const BEFORE_FIRST_FRAME = /^(viewer|worker|markup|manifest|gestures|words)-/;
let before = 0;
for (const name of readdirSync(folder).filter((name) => name.endsWith(".js")).toSorted()) {
  const bytes = readFileSync(new URL(name, folder));
  const brotli = brotliCompressSync(bytes).length;
  if (BEFORE_FIRST_FRAME.test(name)) before += brotli;
  console.log(`${name.padEnd(34)} ${(bytes.length / 1000).toFixed(1).padStart(7)} kB  ${(brotli / 1000).toFixed(1).padStart(6)} kB brotli`);
}
console.log(`before the first interactive frame: ${(before / 1000).toFixed(1)} kB brotli`);
