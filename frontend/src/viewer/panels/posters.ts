// Still pictures where the browser draws no 3D: the posters of what is shown, one view at a time.
import type { WordKey, Words } from "../../words";
import { VIEWS, viewOfKey, type View } from "../engine/views";
import type { SceneState } from "../state/scene-state";
import { element, found } from "../../markup";
import { toolbar } from "./toolbar";

export function posterViewer(root: HTMLElement, stage: HTMLElement, scene: HTMLElement, state: SceneState, words: Words): void {
  let view = VIEWS[0] as View;
  const strip = element("div", { class: "posters" });
  Object.assign(strip.style, { position: "absolute", inset: "0", display: "grid", placeItems: "center", overflow: "clip" });

  const show = (): void => {
    const shown = state.scans.filter((scan) => state.shown(scan));
    strip.style.gridAutoRows = `${100 / Math.max(1, shown.length)}%`;
    strip.replaceChildren(
      ...shown.flatMap(({ record }) => {
        const url = record.posters[view.name];
        if (!url) return [];
        const picture = element("img", { src: url, alt: `${record.label}. ${words(`view.seen.${view.name}` as WordKey)}` });
        Object.assign(picture.style, { maxInlineSize: "100%", maxBlockSize: "100%", blockSize: "100%", objectFit: "contain" });
        return [picture];
      }),
    );
  };
  const see = (chosen: View): void => {
    view = chosen;
    bar.mark(view);
    state.makeWayFor(view);
  };
  const bar = toolbar(root, words, see, {});
  for (const poster of scene.querySelectorAll<HTMLElement>(":scope > img, :scope > .pin")) poster.hidden = true;
  stage.querySelectorAll<HTMLElement>(".scale, .side").forEach((mark) => (mark.hidden = true));
  fill(scene);
  scene.append(strip);
  stage.addEventListener("keydown", (event) => {
    const chosen = event.ctrlKey || event.metaKey || event.altKey ? null : viewOfKey(event.key);
    if (chosen) see(chosen);
  });
  found(stage, ".level", () => {
    const made = element("span", { class: "level" });
    stage.append(made);
    return made;
  }).textContent = words(document.querySelector(".numbers") ? "level.posters_numbers" : "level.posters");
  root.querySelector<HTMLElement>('[data-act="comment-on-point"]')?.setAttribute("hidden", "");
  state.onChange(show);
  see(view);
}

/** The scene takes the whole stage: from here on places in it are CSS pixels of the stage. */
export function fill(scene: HTMLElement): void {
  Object.assign(scene.style, { position: "absolute", inset: "0", inlineSize: "auto", blockSize: "auto", aspectRatio: "auto" });
}
