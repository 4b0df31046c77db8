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

/** A symbol the page has inlined. */
export function icon(name: string): SVGSVGElement {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", "i");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `#i-${name}`);
  svg.append(use);
  return svg;
}

/** Another symbol in the same place. */
export function setIcon(holder: Element, name: string): void {
  holder.querySelector("use")?.setAttribute("href", `#i-${name}`);
}

export function found(within: ParentNode, selector: string, make: () => HTMLElement): HTMLElement {
  return within.querySelector<HTMLElement>(selector) ?? make();
}

export const press = (button: Element, pressed: boolean): void => button.setAttribute("aria-pressed", String(pressed));
