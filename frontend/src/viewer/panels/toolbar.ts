// The bar over the stage: five views, and what one does with the stage.
import type { WordKey, Words } from "../../words";
import { VIEWS, type View } from "../engine/views";
import { element, found, icon, press } from "../../markup";

export type Act = "picture" | "reset" | "fullscreen";

export interface Toolbar {
  /** The view one is in; null once the scan was turned out of it. */
  mark(view: View | null): void;
}

const ICONS: Record<Act, string> = { picture: "camera", reset: "reset", fullscreen: "full" };

/** An act without a handler gets no button. */
export function toolbar(root: HTMLElement, words: Words, see: (view: View) => void, acts: Partial<Record<Act, () => void>>): Toolbar {
  const bar = found(root, ".tools", () => {
    const made = element("div", { class: "tools", role: "toolbar" });
    root.prepend(made);
    return made;
  });
  const views = new Map(VIEWS.map((view) => [view.name, viewButton(bar, words, view)]));
  for (const view of VIEWS) views.get(view.name)?.addEventListener("click", () => see(view));

  for (const act of Object.keys(ICONS) as Act[]) {
    const handler = acts[act];
    const existing = bar.querySelector<HTMLElement>(`[data-act="${act}"]`);
    if (!handler) existing?.remove();
    else (existing ?? actButton(bar, words, act)).addEventListener("click", handler);
  }
  return {
    mark(view) {
      for (const [name, button] of views) press(button, name === view?.name);
    },
  };
}

function viewButton(bar: HTMLElement, words: Words, view: View): HTMLElement {
  return found(bar, `[data-view="${view.name}"]`, () => {
    const group = found(bar, ".segment", () => {
      const made = element("div", { role: "group", class: "segment", "aria-label": words("view.group") });
      bar.prepend(made);
      return made;
    });
    const word = words(`view.${view.name}` as WordKey);
    const label = words("view.label", { view: word, key: view.key });
    const attributes = { type: "button", "data-view": view.name, "aria-pressed": "false", "aria-label": label };
    const made = element("button", attributes, icon(`v-${view.name}`), element("span", { class: "word" }, word));
    group.append(made);
    return made;
  });
}

function actButton(bar: HTMLElement, words: Words, act: Act): HTMLElement {
  const group = found(bar, ".push", () => {
    const made = element("div", { role: "group", class: "push", "aria-label": words("stage.group") });
    bar.append(made);
    return made;
  });
  const label = words(`stage.${act}`);
  const made = element("button", { type: "button", class: "tool", "data-act": act, "aria-label": label, title: label }, icon(ICONS[act]));
  group.append(made);
  return made;
}
