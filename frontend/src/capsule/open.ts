// The small script of a capsule: it opens the viewer, which is one of the parts, and checks them all.
import { answerFromPage, withPictures } from "./answers";
import { check } from "./check";
import { Parts, toBase64, type Part } from "./parts";
import { saveParts } from "./saving";
import { tieThreads } from "./threads";

const contents = JSON.parse(document.getElementById("contents")?.textContent ?? "null") as { parts: Part[] } | null;
if (contents) void start(new Parts(document, contents.parts));

async function start(parts: Parts): Promise<void> {
  answerFromPage(parts);
  saveParts(document, parts);
  // A part that was changed is not used; the check below says which.
  await show(parts).catch(() => {});
  await check(document, parts);
}

async function show(parts: Parts): Promise<void> {
  const manifest = JSON.parse(new TextDecoder().decode(await parts.open("manifest")));
  tieThreads(manifest.threads);
  for (const { coarse } of manifest.records) {
    const bytes = coarse ? await parts.open(coarse).catch(() => null) : null;
    if (bytes) lay("application/octet-stream", coarse, toBase64(bytes));
  }
  lay("application/json", "manifest", JSON.stringify(withPictures(manifest, parts)));
  const viewer = new Blob([await parts.open("viewer")], { type: "text/javascript" });
  await import(/* @vite-ignore */ URL.createObjectURL(viewer));
}

/** A data block where the viewer looks for it. */
function lay(type: string, id: string, text: string): void {
  const block = Object.assign(document.createElement("script"), { type, id });
  block.textContent = text;
  document.body.append(block);
}
