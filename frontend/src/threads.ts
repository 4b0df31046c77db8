// A page's list of comments: the one that is spoken of stands out, and what it shows is asked of the viewer.

/** Marks a thread in the list and brings it into sight; no other stays marked. */
export function markThread(id: string): void {
  for (const thread of document.querySelectorAll<HTMLElement>(".thread[data-thread]")) {
    if (thread.dataset["thread"] === id) {
      thread.setAttribute("aria-current", "true");
      thread.scrollIntoView({ block: "nearest" });
    } else thread.removeAttribute("aria-current");
  }
}

/** A pin that was pressed marks its thread. */
export function markPressedPins(): void {
  document.addEventListener("arcada:pin-chosen", (event) => markThread((event as CustomEvent<{ id: string }>).detail.id));
}

/** Shows the view that a comment quotes, if this is the button for it. */
export function showQuotedView(target: HTMLElement | null | undefined): void {
  const view = target?.dataset["showView"];
  if (view) document.dispatchEvent(new CustomEvent("arcada:show-view", { detail: JSON.parse(view) as unknown }));
}
