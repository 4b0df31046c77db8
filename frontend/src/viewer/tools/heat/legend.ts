// The legend of a coloured surface, in µm.
import { element } from "../../../markup";
import type { Words } from "../../../words";
import type { Band } from "./bands";

/** "below −100", "−100 to −50", …, "above 200"; the unit stands in the caption. */
export function legend(bands: readonly Band[], caption: string, words: Words): HTMLElement {
  const list = element("ul", { class: "legend", role: "list", "aria-label": caption });
  bands.forEach(({ from, colour }, place) => {
    const next = bands[place + 1]?.from;
    const swatch = element("i", { class: "swatch" });
    swatch.style.setProperty("--sw", colour);
    const text =
      from === -Infinity
        ? words("legend.below", { to: next ?? 0 })
        : next === undefined
          ? words("legend.above", { from })
          : words("legend.between", { from, to: next });
    list.append(element("li", {}, swatch, text));
  });
  return element("div", { class: "legend-box" }, element("small", {}, caption), list);
}
