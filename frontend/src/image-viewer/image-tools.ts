// The bar over a picture: zoom, turn, mirror, tone, compare, reset.
import { element, icon } from "../markup";
import type { SceneRecord } from "../viewer/state/manifest";
import type { WordKey, Words } from "../words";
import { PLAIN_TONE, type Tone } from "./pane";

export interface ImageActs {
  zoom(factor: number): void;
  rotate(): void;
  mirror(): void;
  reset(): void;
  tone(tone: Tone): void;
  compare(record: SceneRecord | null): void;
}

export interface ImageTools {
  /** The tone of the picture that the sliders now speak of. */
  show(tone: Tone, mirrored: boolean): void;
}

export const ZOOM_STEP = 1.4;

export function imageTools(bar: HTMLElement, others: readonly SceneRecord[], words: Words, acts: ImageActs): ImageTools {
  const button = (key: WordKey, face: Node | string, act: () => void): HTMLElement => {
    const made = element("button", { type: "button", class: "tool", "aria-label": words(key), title: words(key) }, face);
    made.addEventListener("click", act);
    return made;
  };
  const mirror = button("image.mirror", words("image.mirror"), acts.mirror);
  const sliders = (["brightness", "contrast"] as const).map((name) => {
    const input = element("input", { type: "range", min: "20", max: "300", value: "100", "aria-label": words(`image.${name}`) });
    return { name, input };
  });
  const told = (): Tone => {
    const [brightness, contrast] = sliders.map(({ input }) => Number(input.value) / 100);
    return { brightness: brightness ?? 1, contrast: contrast ?? 1 };
  };
  for (const { input } of sliders) input.addEventListener("input", () => acts.tone(told()));

  const group = element("div", { role: "group", "aria-label": words("image.tools") });
  group.append(
    button("image.zoom_in", "+", () => acts.zoom(ZOOM_STEP)),
    button("image.zoom_out", "−", () => acts.zoom(1 / ZOOM_STEP)),
    button("image.rotate", icon("rotate"), acts.rotate),
    mirror,
  );
  const tone = element("div", { role: "group" });
  for (const { name, input } of sliders) {
    const label = element("label", { class: "hint" }, words(`image.${name}`), input);
    inLine(label);
    tone.append(label);
  }
  bar.append(group, tone);
  if (others.length) bar.append(compareChoice(others, words, acts));
  const last = element("div", { class: "push" });
  last.append(button("image.reset", icon("reset"), acts.reset));
  bar.append(last);

  return {
    show(shown = PLAIN_TONE, mirrored) {
      for (const { name, input } of sliders) input.value = String(Math.round(shown[name] * 100));
      mirror.setAttribute("aria-pressed", String(mirrored));
    },
  };
}

function compareChoice(others: readonly SceneRecord[], words: Words, acts: ImageActs): HTMLElement {
  const choice = element("select", { "aria-label": words("image.compare_with") });
  choice.append(element("option", { value: "" }, words("image.compare_none")));
  for (const { id, label } of others) choice.append(element("option", { value: id }, label));
  choice.addEventListener("change", () => acts.compare(others.find(({ id }) => id === choice.value) ?? null));
  const label = element("label", { class: "hint" }, words("image.compare_with"), choice);
  inLine(label);
  return element("div", {}, label);
}

function inLine(label: HTMLElement): void {
  Object.assign(label.style, { display: "flex", alignItems: "center", gap: "0.4rem", whiteSpace: "nowrap" });
}
