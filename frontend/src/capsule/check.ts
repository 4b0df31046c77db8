// Says whether every part of the capsule is what was exported, in a sentence and row by row.
import type { Parts } from "./parts";

/** The sentences stand in the page, in its language, as data of the place they are shown in. */
export async function check(page: Document, parts: Parts): Promise<void> {
  const verdict = page.querySelector<HTMLElement>("[data-verdict]");
  const rows = new Map([...page.querySelectorAll<HTMLElement>("tr[data-row]")].map((row) => [row.dataset["row"], row]));
  const changed: string[] = [];
  for (const { id } of parts.all) {
    const isWhole = await parts.isWhole(id);
    const row = rows.get(id);
    const place = row?.querySelector<HTMLElement>("[data-whole]");
    if (place) place.textContent = (isWhole ? place.dataset["whole"] : place.dataset["changed"]) ?? "";
    if (isWhole) continue;
    row?.setAttribute("data-bad", "");
    changed.push(row?.querySelector("th")?.textContent?.trim() ?? id);
  }
  if (!verdict) return;
  const said = changed.length ? verdict.dataset["changed"] : verdict.dataset["whole"];
  verdict.textContent = (said ?? "").replace("{parts}", changed.join(", "));
  verdict.dataset["verdict"] = changed.length ? "changed" : "whole";
}
