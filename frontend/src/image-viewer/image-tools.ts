// The bar over a picture: zoom, turn, tone, what is measured and what is drawn, which pictures stand beside it.
import { element, icon, press } from "../markup";
import type { SceneRecord } from "../viewer/state/manifest";
import type { WordKey, Words } from "../words";
import type { DrawTool } from "./drawing";

export interface ImageActs {
  zoom(factor: number): void;
  oneToOne(): void;
  rotate(): void;
  mirror(): void;
  invert(): void;
  reset(): void;
  window(): void;
  take(tool: DrawTool): void;
  compare(records: SceneRecord[]): void;
}

export interface Told {
  mirrored: boolean;
  inverted: boolean;
  windowing: boolean;
  tool: DrawTool | null;
}

export interface ImageTools {
  show(told: Told): void;
}

export const ZOOM_STEP = 1.4;
export const MOST_PICTURES = 4;
const MEASURES: readonly DrawTool[] = ["length", "angle", "ruler"];
const DRAWN: readonly DrawTool[] = ["arrow", "line", "text", "region"];
const ICONS: Record<DrawTool, string> = {
  length: "measure", angle: "angle", ruler: "ruler", arrow: "arrow", line: "line", text: "text", region: "region",
};

export function imageTools(bar: HTMLElement, others: readonly SceneRecord[], mayDraw: boolean, words: Words, acts: ImageActs): ImageTools {
  const button = (key: WordKey, face: Node | string, act: () => void, hint = ""): HTMLElement => {
    const title = hint ? `${words(key)} (${hint})` : words(key);
    const made = element("button", { type: "button", class: "tool", "aria-label": words(key), title }, face);
    made.addEventListener("click", act);
    return made;
  };
  const group = (key: WordKey, ...buttons: HTMLElement[]): HTMLElement => {
    const made = element("div", { role: "group", "aria-label": words(key) });
    made.append(...buttons);
    return made;
  };
  const mirror = button("image.mirror", icon("mirror"), acts.mirror, "M");
  const invert = button("image.invert", icon("invert"), acts.invert, "I");
  const windowing = button("image.window", icon("window"), acts.window, "W");
  const toolButton = (tool: DrawTool): [DrawTool, HTMLElement] => [tool, button(`image.${tool}`, icon(ICONS[tool]), () => acts.take(tool))];
  const tools = new Map([...MEASURES, ...(mayDraw ? DRAWN : [])].map(toolButton));
  const of = (names: readonly DrawTool[]): HTMLElement[] => names.flatMap((name) => tools.get(name) ?? []);

  bar.append(
    group(
      "image.tools",
      button("image.zoom_in", "+", () => acts.zoom(ZOOM_STEP)),
      button("image.zoom_out", "−", () => acts.zoom(1 / ZOOM_STEP)),
      button("image.one_to_one", "1:1", acts.oneToOne, "1"),
      button("image.rotate", icon("rotate"), acts.rotate, "R"),
      mirror,
    ),
    group("image.tone", windowing, invert),
    group("image.measure", ...of(MEASURES)),
  );
  if (mayDraw) bar.append(group("image.annotate", ...of(DRAWN)));
  if (others.length) bar.append(compareChoice(others, words, acts));
  const last = element("div", { class: "push" });
  last.append(button("image.reset", icon("reset"), acts.reset, "0"));
  bar.append(last);

  return {
    show(told) {
      press(mirror, told.mirrored);
      press(invert, told.inverted);
      press(windowing, told.windowing);
      for (const [tool, one] of tools) press(one, tool === told.tool);
    },
  };
}

/** Up to three further pictures, each with its tick. */
function compareChoice(others: readonly SceneRecord[], words: Words, acts: ImageActs): HTMLElement {
  const summary = element("summary", { class: "tool" }, icon("compare"), words("image.compare"));
  const choice = element("details", { class: "picture-compare" }, summary);
  const list = element("div");
  const ticks = others.map((record) => {
    const tick = element("input", { type: "checkbox" });
    list.append(element("label", {}, tick, record.label));
    return { record, tick };
  });
  list.append(element("p", { class: "hint" }, words("image.compare_full")));
  list.addEventListener("change", () => {
    const chosen = ticks.filter(({ tick }) => tick.checked);
    for (const { tick } of ticks) tick.disabled = !tick.checked && chosen.length >= MOST_PICTURES - 1;
    acts.compare(chosen.map(({ record }) => record));
  });
  choice.append(list);
  choice.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    choice.open = false;
    summary.focus();
  });
  return choice;
}
