// Small pieces of the page: found where the server wrote them, made where it did not.

const SVG = "http://www.w3.org/2000/svg";

export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Record<string, string> = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

/** Where the page's own icons come from: a file of symbols, or the page itself. */
function symbols(): string {
  const used = document.querySelector('use[href*="#i-"]')?.getAttribute("href") ?? "";
  return used.slice(0, Math.max(0, used.indexOf("#")));
}

/** A symbol as the page's other icons have theirs. */
export function icon(name: string): SVGSVGElement {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", "i");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `${symbols()}#i-${name}`);
  svg.append(use);
  return svg;
}

/** Another symbol in the same place. */
export function setIcon(holder: Element, name: string): void {
  const use = holder.querySelector("use");
  use?.setAttribute("href", (use.getAttribute("href") ?? "").replace(/#.*$/, `#i-${name}`));
}

export function found(within: ParentNode, selector: string, make: () => HTMLElement): HTMLElement {
  return within.querySelector<HTMLElement>(selector) ?? make();
}

export const press = (button: Element, pressed: boolean): void => button.setAttribute("aria-pressed", String(pressed));
