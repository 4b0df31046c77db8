// The panel of scans: which are shown and how dense, their colours, and the grey behind them.
import type { WordKey, Words } from "../../words";
import type { Colouring, Grey, ScanState, SceneState } from "../state/scene-state";
import { element, found, icon, press, setIcon } from "../../markup";

const GREYS: readonly Grey[] = ["light", "middle", "dark"];
const COLOURINGS: readonly Colouring[] = ["scanned", "stone"];

/** The token of each grey: the same in light and dark pages, so that a colour never changes with the theme. */
export const GREY_TOKENS: Record<Grey, string> = { light: "--stage-light", middle: "--stage", dark: "--stage-dark" };

export function scansPanel(root: HTMLElement, state: SceneState, words: Words, stage: HTMLElement): void {
  const panel = found(root, ".jaws", () => {
    const made = element("section", { class: "jaws", "aria-label": words("scans.title") });
    root.append(made);
    return made;
  });
  // The server may list pictures and documents in the same panel: the scans come before them.
  const list = found(panel, ".scans", () => {
    const made = element("div", { class: "scans" }, element("h2", {}, words("scans.title")));
    made.style.display = "contents";
    panel.prepend(made);
    return made;
  });
  const follow = [
    ...state.scans.map((scan) => scanRow(list, state, scan, words)),
    colourChoice(list, state, words),
    greyChoice(list, state, words, stage),
  ];
  const update = (): void => follow.forEach((one) => one());
  state.onChange(update);
  update();
}

function scanRow(list: HTMLElement, state: SceneState, scan: ScanState, words: Words): () => void {
  const { record } = scan;
  const row = found(list, `.jaw[data-record="${CSS.escape(record.id)}"]`, () => {
    const made = element("div", { class: "jaw", "data-record": record.id }, nameOf(scan));
    list.append(made);
    return made;
  });
  const eye = found(row, "button", () => {
    const made = element("button", { type: "button", "aria-label": words("scans.show", { scan: record.label }) }, icon("eye"));
    row.append(made);
    return made;
  });
  const facts = found(row, "small", () => {
    const made = element("small");
    row.append(made);
    return made;
  });
  const density = found(row, "input[type=range]", () => {
    const label = words("scans.opacity", { scan: record.label });
    const made = element("input", { type: "range", min: "0", max: "100", value: "100", "aria-label": label });
    row.append(made);
    return made;
  }) as HTMLInputElement;
  const kind = record.kind === "design" ? "_design" : record.has_colour ? "_colour" : "";
  const told = words(`scans.triangles${kind}` as WordKey, { count: record.triangles });

  eye.addEventListener("click", () => state.show(scan, !state.shown(scan)));
  density.addEventListener("input", () => state.fade(scan, Number(density.value) / 100));
  return () => {
    const shown = state.shown(scan);
    press(eye, shown);
    setIcon(eye, shown ? "eye" : "eye-off");
    row.toggleAttribute("data-off", !shown);
    facts.textContent = shown ? told : words("scans.hidden");
    density.hidden = !shown;
    density.value = String(Math.round(scan.opacity * 100));
  };
}

function nameOf({ record }: ScanState): HTMLElement {
  const swatch = element("i", { class: "swatch" });
  if (record.swatch) swatch.style.setProperty("--sw", record.swatch);
  return element("span", {}, swatch, record.label);
}

function colourChoice(list: HTMLElement, state: SceneState, words: Words): () => void {
  if (!list.querySelector("input[name=colour]")) {
    const choice = element("fieldset", {}, element("legend", { class: "sr" }, words("colour.title")));
    for (const value of COLOURINGS) {
      const radio = element("input", { type: "radio", name: "colour", value });
      choice.append(element("label", {}, radio, words(`colour.${value}`)));
    }
    list.append(element("h2", {}, words("colour.title")), choice);
  }
  const radios = [...list.querySelectorAll<HTMLInputElement>("input[name=colour]")];
  for (const radio of radios) {
    radio.addEventListener("change", () => {
      if (radio.checked) state.set({ colouring: radio.value as Colouring });
    });
  }
  return () => radios.forEach((radio) => (radio.checked = radio.value === state.colouring));
}

function greyChoice(list: HTMLElement, state: SceneState, words: Words, stage: HTMLElement): () => void {
  if (!list.querySelector("[data-stage]")) {
    const buttons = element("div", { class: "actions" });
    for (const grey of GREYS) {
      const label = words(`grey.${grey}`);
      const swatch = element("i", { class: "swatch" });
      swatch.style.setProperty("--sw", `var(${GREY_TOKENS[grey]})`);
      buttons.append(element("button", { type: "button", class: "icon-only small", "data-stage": grey, "aria-label": label, title: label }, swatch));
    }
    const choice = element("fieldset", {}, element("legend", { class: "sr" }, words("grey.title")), buttons);
    list.append(element("h2", {}, words("grey.title")), choice);
  }
  const buttons = [...list.querySelectorAll<HTMLElement>("[data-stage]")];
  for (const button of buttons) button.addEventListener("click", () => state.set({ grey: button.dataset["stage"] as Grey }));
  return () => {
    for (const button of buttons) {
      const chosen = button.dataset["stage"] === state.grey;
      press(button, chosen);
      button.style.borderColor = chosen ? "var(--accent)" : "";
      button.style.borderWidth = chosen ? "2px" : "";
    }
    stage.style.background = `var(${GREY_TOKENS[state.grey]})`;
  };
}
