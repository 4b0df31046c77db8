// Placing a pin: the next press on the surface says where a comment belongs. The page opens the form for it.
import type { Spot } from "../../gestures";
import { press } from "../../markup";
import { saved } from "../engine/pose";
import type { SurfacePin } from "../state/manifest";
import { sectionOf } from "../state/shared-view";
import type { Tool, Viewer } from "./tool";

export class CommentOnPoint implements Tool {
  readonly id = "comment-on-point";
  private viewer!: Viewer;
  private ending = new AbortController();
  private button: HTMLElement | null = null;
  private active = false;
  private deaf: () => void = () => {};

  attach(viewer: Viewer): void {
    this.viewer = viewer;
    this.ending = new AbortController();
    const listen = { signal: this.ending.signal };
    this.button = viewer.root.querySelector<HTMLElement>('[data-act="comment-on-point"]');
    if (!this.button) return;
    this.button.hidden = !viewer.manifest.permissions.includes("comment");
    press(this.button, false);
    this.button.addEventListener("click", () => (this.active ? this.cancel() : this.start()), listen);
    viewer.stage.addEventListener("keydown", this.key, listen);
  }

  detach(): void {
    this.ending.abort();
    this.stop();
  }

  private start(): void {
    this.active = true;
    this.deaf = this.viewer.onTap((spot) => void this.take(spot));
    if (this.button) press(this.button, true);
    this.viewer.engine.canvas.style.cursor = "crosshair";
    this.viewer.stage.focus({ preventScroll: true });
    this.viewer.say(this.viewer.words("pin.hint"));
  }

  private stop(): void {
    this.active = false;
    this.deaf();
    if (this.button) press(this.button, false);
    this.viewer.engine.canvas.style.cursor = "";
  }

  private cancel(): void {
    this.stop();
    document.dispatchEvent(new CustomEvent("arcada:pin-cancelled"));
  }

  private readonly key = (event: KeyboardEvent): void => {
    if (!this.active || event.target !== this.viewer.stage) return;
    const { width, height } = this.viewer.engine.size;
    if (event.key === "Escape") this.cancel();
    else if (event.key === "Enter") void this.take({ x: width / 2, y: height / 2 });
    else return;
    event.preventDefault();
  };

  private async take(spot: Spot): Promise<void> {
    if (!this.active) return;
    const { engine, manifest, say, state, words } = this.viewer;
    const camera = saved(engine.pose, engine.frame);
    const section = sectionOf(state);
    const hit = await this.viewer.pick(spot).catch(() => null);
    if (!this.active) return;
    if (!hit) {
      say(words("pin.missed"));
      return;
    }
    this.stop();
    const version = manifest.records.find(({ id }) => id === hit.record)?.version ?? 1;
    const detail: SurfacePin = { record: hit.record, version, point: hit.point, normal: hit.normal, camera, section };
    document.dispatchEvent(new CustomEvent("arcada:pin", { detail }));
  }
}
