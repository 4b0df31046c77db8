// Comments and their pins: pressing either shows the other. On a picture the pins are placed here.
import { markPressedPins, markThread, showQuotedView } from "../threads";

interface Marked {
  id: string;
  number: number;
  pin: { record: string; x?: number; y?: number } | null;
}

export function tieThreads(threads: readonly Marked[]): void {
  markPressedPins();
  document.addEventListener("click", (event) => {
    const target = (event.target as Element | null)?.closest<HTMLElement>("[data-show-thread],[data-show-view]");
    showQuotedView(target);
    const id = target?.dataset["showThread"];
    if (!id) return;
    markThread(id);
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
