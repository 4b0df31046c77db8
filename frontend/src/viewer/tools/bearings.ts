// The patient's right and left at the edges of the stage, and the scale in its corner.
import type { Drawn } from "../engine/engine";
import { mmPerPixel } from "../engine/pose";
import { scaleBar } from "../engine/scale-bar";
import { sideEdges, type Edge } from "../engine/side-letters";
import { element, found } from "../../markup";
import type { Tool, Viewer } from "./tool";

export class Bearings implements Tool {
  readonly id = "bearings";
  private stop: () => void = () => {};

  attach(viewer: Viewer): void {
    const { stage, words, engine } = viewer;
    const made: HTMLElement[] = [];
    const sure = (selector: string, make: () => HTMLElement): HTMLElement =>
      found(stage, selector, () => {
        const one = make();
        made.push(one);
        stage.append(one);
        return one;
      });
    const right = sure(".side.r", () => element("b", { class: "side r", title: words("stage.right") }, "R"));
    const left = sure(".side.l", () => element("b", { class: "side l", title: words("stage.left") }, "L"));
    const scale = sure(".scale", () => element("span", { class: "scale" }));
    const length = document.createTextNode("");
    const line = element("i");
    scale.replaceChildren(length, line);

    const follow = ({ pose, size }: Drawn): void => {
      const edges = sideEdges(pose);
      atEdge(right, edges?.right ?? null);
      atEdge(left, edges?.left ?? null);
      const bar = scaleBar(mmPerPixel(pose, size));
      length.data = words("scale", { length: bar.mm });
      line.style.inlineSize = `${bar.pixels}px`;
    };
    const off = engine.onDrawn(follow);
    this.stop = () => {
      off();
      for (const one of made) one.remove();
    };
  }

  detach(): void {
    this.stop();
  }
}

/** Anatomy is never mirrored: these are sides of the picture, whatever way the page is read. */
function atEdge(letter: HTMLElement, edge: Edge | null): void {
  letter.hidden = edge === null;
  if (!edge) return;
  letter.dataset["edge"] = edge;
  const lengthwise = edge === "left" || edge === "right";
  Object.assign(letter.style, {
    left: edge === "left" ? "0.75rem" : edge === "right" ? "auto" : "50%",
    right: edge === "right" ? "0.75rem" : "auto",
    top: lengthwise ? "50%" : edge === "top" ? "0.75rem" : "auto",
    bottom: edge === "bottom" ? "0.75rem" : "auto",
    transform: lengthwise ? "translateY(-50%)" : "translateX(-50%)",
  });
}
