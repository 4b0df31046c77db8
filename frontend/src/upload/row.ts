// One line of the list of files: a symbol, the name, how far it is, what can be done.
import { element } from "../markup";
import { megabytes } from "./words";

const SVG = "http://www.w3.org/2000/svg";

export interface Act {
  text: string;
  quiet?: boolean;
  act: () => void;
}

export class Row {
  readonly item = element("li");
  private readonly sign = document.createElementNS(SVG, "svg");
  private readonly state = element("div", { class: "state" });
  private readonly acts = element("div", { class: "actions" });
  private line: HTMLElement | null = null;
  private bar: HTMLElement | null = null;

  constructor(readonly name: string, size: number, private readonly symbols: string) {
    this.sign.append(document.createElementNS(SVG, "use"));
    this.item.append(this.sign, element("p", { class: "name" }, name, element("small", {}, megabytes(size))), this.state, this.acts);
    this.show("i-upload");
  }

  /** `i-…` is an icon, `mk-…` the mark of a finding. */
  show(symbol: string, label = ""): void {
    const isMark = symbol.startsWith("mk-");
    this.sign.setAttribute("class", isMark ? `mk ${symbol.slice(3)}` : "i");
    if (isMark) this.sign.setAttribute("viewBox", "0 0 18 18");
    if (label) {
      this.sign.setAttribute("role", "img");
      this.sign.setAttribute("aria-label", label);
    } else this.sign.setAttribute("aria-hidden", "true");
    this.sign.querySelector("use")?.setAttribute("href", `${this.symbols}#${symbol}`);
  }

  /** Words only; what was there before goes. */
  say(...lines: (string | Node)[]): void {
    this.line = this.bar = null;
    this.state.replaceChildren(...lines.map((line) => (typeof line === "string" ? element("span", {}, line) : line)));
  }

  /** Words over a bar of `share` (0 to 1). */
  progress(words: string, share: number): void {
    if (!this.line || !this.bar) {
      this.line = element("span");
      this.bar = element("span", { class: "rule plain", role: "progressbar", "aria-valuemin": "0", "aria-valuemax": "100", "aria-label": this.name });
      this.state.replaceChildren(this.line, this.bar);
    }
    const percent = Math.round(100 * share);
    this.line.textContent = words;
    this.bar.setAttribute("aria-valuenow", String(percent));
    this.bar.style.setProperty("--of", "100");
    this.bar.style.setProperty("--at", String(percent));
  }

  offer(...acts: Act[]): void {
    const focused = this.acts.contains(document.activeElement);
    this.acts.replaceChildren(
      ...acts.map(({ text, quiet, act }) => {
        const button = element("button", { type: "button", class: quiet ? "quiet small" : "small" }, text);
        button.addEventListener("click", act);
        return button;
      }),
    );
    if (focused) this.acts.querySelector("button")?.focus();
  }
}
