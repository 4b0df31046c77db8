// Below the picture: its tone by sliders, what to press next, what was measured as a table, and the scale.
import { element } from "../markup";
import type { WordKey, Words } from "../words";
import type { DrawTool } from "./drawing";
import { LEAST_GAMMA, MOST_GAMMA, centreOf, widthOf, withWindow, type Tone } from "./tone";

export interface Measured {
  id: number;
  name: string;
  value: string;
}

export interface PanelActs {
  tone(tone: Tone): void;
  remove(id: number): void;
  /** The line that waits is this long. */
  rule(mm: number): void;
  write(): void;
  clearMarks(): void;
}

export interface PanelState {
  tone: Tone;
  top: number;
  tool: DrawTool | null;
  missing: number;
  waitsForRuler: boolean;
  measured: readonly Measured[];
  scale: readonly WordKey[];
  marks: number;
}

const STEPS = 200;

export class ImagePanel {
  readonly box = element("section", { class: "picture-panel" });
  private tone: Tone | null = null;
  private top = 255;
  private told = "";
  readonly sliders: Record<"centre" | "width" | "gamma", HTMLInputElement>;
  private readonly hint = element("p", { class: "hint" });
  private readonly status = element("p", { class: "sr", role: "status" });
  private readonly textField = element("input", { maxlength: "80" });
  private readonly textLabel: HTMLElement;
  private readonly ruler = element("form", { class: "picture-ask" });
  private readonly rulerInput = element("input", { type: "number", min: "0.1", max: "500", step: "any", value: "10", required: "" });
  private readonly table = element("table", { class: "grid" });
  private readonly rows = element("tbody");
  private readonly scale = element("p", { class: "hint scale-said" });
  private readonly drawn = element("div", { class: "picture-ask" });
  private readonly drawnCount = element("span");

  constructor(
    private readonly words: Words,
    private readonly acts: PanelActs,
  ) {
    const slider = (key: WordKey, low: number, high: number): HTMLInputElement =>
      element("input", { type: "range", min: String(low), max: String(high), step: "1", "aria-label": words(key) });
    this.sliders = {
      centre: slider("image.centre", 0, STEPS),
      width: slider("image.width", 0, STEPS),
      gamma: slider("image.gamma", -STEPS, STEPS),
    };
    const hands = element("div", { class: "hands" });
    for (const name of ["centre", "width", "gamma"] as const) {
      const input = this.sliders[name];
      hands.append(element("label", {}, words(`image.${name}`), input));
      input.addEventListener("input", () => this.slid(name));
    }
    this.textLabel = element("label", { class: "picture-ask" }, words("image.text"), this.textField);
    this.ruler.append(words("image.ruler_is"), this.rulerInput, "mm", element("button", { class: "small" }, words("image.ruler_set")));
    this.rulerInput.setAttribute("aria-label", `${words("image.ruler_is")} (mm)`);
    this.ruler.addEventListener("submit", (event) => {
      event.preventDefault();
      acts.rule(Number(this.rulerInput.value));
    });
    const write = element("button", { type: "button", class: "small" }, words("image.marks_write"));
    const clear = element("button", { type: "button", class: "small quiet" }, words("image.marks_clear"));
    write.addEventListener("click", acts.write);
    clear.addEventListener("click", acts.clearMarks);
    this.drawn.append(this.drawnCount, write, clear);
    const head = element("tr", {}, element("th", { scope: "col" }, words("image.what")), element("th", { scope: "col" }, words("image.value")), element("td"));
    this.table.append(element("caption", {}, words("image.measures")), element("thead", {}, head), this.rows);
    this.box.append(hands, this.textLabel, this.ruler, this.drawn, this.hint, this.table, this.scale, this.status);
  }

  /** What a text mark will say. */
  get text(): string {
    return this.textField.value.trim();
  }

  askForText(): void {
    this.textField.focus();
  }

  say(text: string): void {
    this.status.textContent = text;
  }

  show(state: PanelState): void {
    this.tone = state.tone;
    this.top = state.top;
    this.sliders.centre.value = String(Math.round(STEPS * (1 - centreOf(state.tone) / state.top)));
    this.sliders.width.value = String(Math.round(STEPS * (1 - narrowness(widthOf(state.tone), state.top))));
    this.sliders.gamma.value = String(Math.round((STEPS * Math.log(state.tone.gamma)) / Math.log(MOST_GAMMA)));
    this.textLabel.hidden = state.tool !== "text";
    this.ruler.hidden = !state.waitsForRuler;
    this.drawn.hidden = state.marks === 0;
    this.drawnCount.textContent = this.words("image.marks", { count: state.marks });
    const hint = state.tool ? `${this.words(`image.hint.${state.tool}`)} ${this.words("image.next", { count: state.missing })}` : "";
    this.hint.textContent = hint;
    this.hint.hidden = !hint;
    this.scale.textContent = state.scale.map((key) => this.words(key)).join(" ");
    this.scale.hidden = state.scale.length === 0;
    this.tell(state.measured);
  }

  private tell(measured: readonly Measured[]): void {
    const said = JSON.stringify(measured);
    if (said === this.told) return;
    this.told = said;
    this.table.hidden = measured.length === 0;
    this.rows.replaceChildren(
      ...measured.map(({ id, name, value }) => {
        const remove = element("button", { type: "button", class: "small quiet", "aria-label": this.words("image.remove", { name }) }, "×");
        remove.addEventListener("click", () => this.acts.remove(id));
        return element("tr", {}, element("th", { scope: "row" }, name), element("td", { class: "num" }, value), element("td", {}, remove));
      }),
    );
  }

  private slid(name: keyof ImagePanel["sliders"]): void {
    const { tone, top } = this;
    if (!tone) return;
    const value = Number(this.sliders[name].value) / STEPS;
    if (name === "gamma") this.acts.tone({ ...tone, gamma: Math.min(MOST_GAMMA, Math.max(LEAST_GAMMA, MOST_GAMMA ** value)) });
    else if (name === "centre") this.acts.tone(withWindow(tone, (1 - value) * top, widthOf(tone), top));
    else this.acts.tone(withWindow(tone, centreOf(tone), widthFrom(1 - value, top), top));
  }
}

/** From 0 (nearly black and white) to 1 (twice the picture's range), by its logarithm. */
const narrowness = (width: number, top: number): number => Math.min(1, Math.max(0, Math.log((width * 500) / top) / Math.log(1000)));
const widthFrom = (share: number, top: number): number => (top / 500) * 1000 ** share;
