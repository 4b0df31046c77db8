// Comments and their pins: pressing either shows the other. On a picture the pins are placed here.

interface Marked {
  id: string;
  number: number;
  pin: { record: string; x?: number; y?: number } | null;
}

export function tieThreads(threads: readonly Marked[]): void {
  document.addEventListener("arcada:pin-chosen", (event) => mark((event as CustomEvent<{ id: string }>).detail.id));
  document.addEventListener("click", (event) => {
    const target = (event.target as Element | null)?.closest<HTMLElement>("[data-show-thread],[data-show-view]");
    const view = target?.dataset["showView"];
    if (view) document.dispatchEvent(new CustomEvent("arcada:show-view", { detail: JSON.parse(view) as unknown }));
    const id = target?.dataset["showThread"];
    if (!id) return;
    mark(id);
    const picture = document.querySelector(`[data-spot="${CSS.escape(id)}"]`);
    if (picture) picture.scrollIntoView({ block: "center" });
    else {
      document.querySelector(".viewer .stage")?.scrollIntoView({ block: "nearest" });
      document.dispatchEvent(new CustomEvent("arcada:show-thread", { detail: { id } }));
    }
  });
  for (const { id, number, pin } of threads) {
    if (pin?.x === undefined || pin.y === undefined) continue;
    const figure = document.querySelector(`[data-picture="${CSS.escape(pin.record)}"]`);
    if (!figure) continue;
    const spot = document.createElement("a");
    Object.assign(spot, { className: "spot", href: `#thread-${number}`, textContent: String(number) });
    spot.dataset["spot"] = id;
    Object.assign(spot.style, { insetInlineStart: `${pin.x * 100}%`, insetBlockStart: `${pin.y * 100}%` });
    figure.append(spot);
  }
}

function mark(id: string): void {
  for (const thread of document.querySelectorAll<HTMLElement>(".thread[data-thread]")) {
    if (thread.dataset["thread"] !== id) thread.removeAttribute("aria-current");
    else {
      thread.setAttribute("aria-current", "true");
      thread.scrollIntoView({ block: "nearest" });
    }
  }
}
