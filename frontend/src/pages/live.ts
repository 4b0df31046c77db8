// News of the server about what is open: the page is told, and asks again with its own rights.

const SOON_MS = 150;
export const CHANGED = "arcada:changed";

/** Follows the topic of `[data-live]`; the part with `hx-trigger="arcada:changed from:body"` then refreshes. */
export function listen(page: Document): void {
  const collection = page.querySelector<HTMLElement>("[data-live]")?.dataset["live"];
  if (!collection) return;
  let timer = 0;
  const refresh = (): void => {
    window.clearTimeout(timer);
    timer = window.setTimeout(() => {
      if (isWritingIn(page)) page.addEventListener("focusout", refresh, { once: true });
      else page.body.dispatchEvent(new CustomEvent(CHANGED));
    }, SOON_MS);
  };
  const news = new EventSource(`/api/v1/events?topic=collection:${encodeURIComponent(collection)}`);
  news.addEventListener("record", refresh);
  news.addEventListener("collection", refresh);
  // What happened between the page's making and the first word here would be missed otherwise.
  news.addEventListener("open", () => {
    if (page.querySelector("[data-waiting], #incoming-stored > [data-state=checking]")) refresh();
  });
  window.addEventListener("pagehide", () => news.close());
}

/** True while a field stands open that a refresh would take away. */
function isWritingIn(page: Document): boolean {
  const at = page.activeElement;
  return at instanceof HTMLElement && at.matches("input:not([type=checkbox]), select, textarea") && at.closest("#live, #incoming-stored") !== null;
}
