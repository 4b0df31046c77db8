// Rows of a list put into another order by dragging; the buttons in each row do the same without a mouse.
import htmx from "htmx.org";

/** Makes the rows of `table[data-reorder]` draggable, also after the part around it was refreshed. */
export function dragRows(page: Document): void {
  let dragged: HTMLTableRowElement | null = null;
  const rowOf = (event: Event): HTMLTableRowElement | null =>
    event.target instanceof Element ? event.target.closest<HTMLTableRowElement>("[data-reorder] tr[data-record]") : null;
  const prepare = (): void => {
    for (const row of page.querySelectorAll<HTMLTableRowElement>("[data-reorder] tr[data-record]")) row.draggable = true;
  };
  prepare();
  page.body.addEventListener("htmx:afterSettle", prepare);
  page.addEventListener("dragstart", (event) => {
    dragged = rowOf(event);
    dragged?.setAttribute("data-dragged", "");
  });
  page.addEventListener("dragover", (event) => {
    const over = rowOf(event);
    if (!dragged || !over || over.parentElement !== dragged.parentElement) return;
    event.preventDefault();
    const { top, height } = over.getBoundingClientRect();
    if (over !== dragged) over[event.clientY < top + height / 2 ? "before" : "after"](dragged);
  });
  page.addEventListener("dragend", () => {
    const table = dragged?.closest<HTMLElement>("[data-reorder]");
    dragged?.removeAttribute("data-dragged");
    dragged = null;
    if (table) save(table);
  });
}

function save(table: HTMLElement): void {
  const record = [...table.querySelectorAll<HTMLElement>("tr[data-record]")].map((row) => row.dataset["record"] ?? "");
  const token = table.closest("form")?.querySelector<HTMLInputElement>("[name=csrfmiddlewaretoken]")?.value ?? "";
  void htmx.ajax("post", table.dataset["reorder"] ?? "", {
    target: "#live", select: "#live", swap: "outerHTML", values: { record, csrfmiddlewaretoken: token },
  });
}
