// How the jaws stand: opened for a look inside, and oriented by hand where the scans do not say it themselves.
import { Matrix3, Vector3 } from "three";
import { element } from "../../../markup";
import { rightOf, towardsEye, upOf } from "../../engine/pose";
import "../tool-words";
import type { Tool, Viewer } from "../tool";

/** A mouth opens about 50 mm between the incisors; at the condyles' distance that is this angle. */
const WIDEST_DEGREES = 30;

export class Bite implements Tool {
  readonly id = "bite";
  private viewer!: Viewer;
  private panel!: HTMLElement;
  private slider!: HTMLInputElement;
  private hint!: HTMLElement;
  private off: () => void = () => {};

  attach(viewer: Viewer): void {
    this.viewer = viewer;
    this.panel = this.build();
    const follow = (): void => void (this.slider.value = String(viewer.state.opening));
    this.off = viewer.state.onChange(follow);
    follow();
  }

  detach(): void {
    this.off();
    this.panel.remove();
  }

  private build(): HTMLElement {
    const { words, state, manifest } = this.viewer;
    const panel = this.viewer.panel(words("tools.bite"));
    this.hint = element("p", { class: "hint", role: "status" }, words("bite.hint"));
    this.slider = element("input", { type: "range", min: "0", max: String(WIDEST_DEGREES), step: "0.5", "aria-label": words("bite.opening") });
    this.slider.addEventListener("input", () => state.set({ opening: Number(this.slider.value) }));
    const close = element("button", { type: "button", class: "small" }, words("bite.close"));
    close.addEventListener("click", () => state.set({ opening: 0 }));
    const hands = element("div", { class: "hands" }, this.slider, close);
    panel.append(element("header", {}, element("b", {}, words("bite.opening")), hands));
    if (manifest.save?.orientation) {
      const front = element("button", { type: "button", class: "small" }, words("bite.is_front"));
      front.addEventListener("click", () => void this.orient(this.rows()));
      const found = element("button", { type: "button", class: "small" }, words("bite.as_found"));
      found.addEventListener("click", () => void this.orient(null));
      panel.append(
        element("div", { class: "hands" }, element("span", { class: "hint" }, words("bite.orient_hint")), front, ...(manifest.is_oriented ? [found] : [])),
      );
    }
    panel.append(this.hint);
    return panel;
  }

  /** Rows of an orientation in which what one sees now is the view from the front. */
  private rows(): number[][] {
    const { engine } = this.viewer;
    const toFile = engine.frame.clone().transpose();
    const row = (axis: Vector3): number[] => axis.applyMatrix3(toFile as Matrix3).toArray();
    const pose = engine.goal;
    // From the front the patient's left is on the right of the picture.
    return [row(rightOf(pose)), row(upOf(pose)), row(towardsEye(pose))];
  }

  private async orient(rows: number[][] | null): Promise<void> {
    const { words, manifest } = this.viewer;
    const headers = { "Content-Type": "application/json" };
    const answer = await fetch(manifest.save?.orientation ?? "", { method: "PUT", headers, body: JSON.stringify({ rows }) }).catch(() => null);
    if (answer?.ok) location.reload();
    else this.hint.textContent = words("tools.not_saved");
  }
}
