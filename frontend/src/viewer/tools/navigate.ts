// Turning, shifting and zooming by mouse, pen, fingers and keys.
import { onGestures } from "../../gestures";
import { panned, turned, zoomed } from "../engine/pose";
import { viewOfKey } from "../engine/views";
import type { Tool, Viewer } from "./tool";

const TURN_PER_KEY = Math.PI / 18;
const ZOOM_PER_KEY = 1.25;
const PAN_PER_KEY_PX = 40;

export class Navigate implements Tool {
  readonly id = "navigate";
  private viewer!: Viewer;
  private ending = new AbortController();

  attach(viewer: Viewer): void {
    this.viewer = viewer;
    this.ending = new AbortController();
    const { engine, stage, root } = viewer;
    onGestures(
      engine.canvas,
      {
        down() {
          stage.focus({ preventScroll: true });
          engine.hold(true);
        },
        up: () => engine.hold(false),
        drag(step, shifts) {
          const { pose, size } = engine;
          const turn = Math.PI / Math.min(size.width, size.height);
          engine.moveTo(shifts ? panned(pose, size, step.x, step.y) : turned(pose, step.x * turn, step.y * turn));
        },
        pinch(step, factor, middle) {
          const { pose, size } = engine;
          engine.moveTo(zoomed(panned(pose, size, step.x, step.y), size, factor, middle));
        },
        wheel: (factor, spot) => engine.moveTo(zoomed(engine.pose, engine.size, factor, spot)),
        tap: (spot) => viewer.tap(spot),
      },
      this.ending.signal,
    );
    root.addEventListener("keydown", this.key, { signal: this.ending.signal });
  }

  detach(): void {
    this.ending.abort();
  }

  private readonly key = (event: KeyboardEvent): void => {
    const { stage, root, engine } = this.viewer;
    const target = event.target as HTMLElement;
    const onStage = stage.contains(target);
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (!onStage && !root.querySelector(".tools")?.contains(target)) return;
    const view = viewOfKey(event.key);
    if (view) this.viewer.see(view);
    else if (!onStage || !this.step(event)) return;
    event.preventDefault();
    engine.draw();
  };

  private step(event: KeyboardEvent): boolean {
    const { engine } = this.viewer;
    const { goal, size } = engine;
    const arrow = ARROWS[event.key];
    if (arrow) {
      const [right, down] = arrow;
      const by = event.shiftKey ? PAN_PER_KEY_PX : TURN_PER_KEY;
      engine.travelTo(event.shiftKey ? panned(goal, size, right * by, down * by) : turned(goal, right * by, down * by));
      return true;
    }
    switch (event.key) {
      case "+":
      case "=":
        engine.travelTo(zoomed(goal, size, ZOOM_PER_KEY));
        return true;
      case "-":
        engine.travelTo(zoomed(goal, size, 1 / ZOOM_PER_KEY));
        return true;
      case "0":
      case "Home":
        this.viewer.reset();
        return true;
      default:
        return false;
    }
  }
}

const ARROWS: Partial<Record<string, [number, number]>> = {
  ArrowRight: [1, 0],
  ArrowLeft: [-1, 0],
  ArrowDown: [0, 1],
  ArrowUp: [0, -1],
};
