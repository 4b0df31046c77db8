// Turning, shifting and zooming by mouse, pen, fingers and keys.
import { panned, turned, zoomed, type Spot } from "../engine/pose";
import { viewOfKey } from "../engine/views";
import type { Tool, Viewer } from "./tool";

const TURN_PER_KEY = Math.PI / 18;
const ZOOM_PER_KEY = 1.25;
const PAN_PER_KEY_PX = 40;
const ZOOM_PER_WHEEL_PX = 0.0015;
const WHEEL_LINE_PX = 16;
/** A press that moves less than this is a tap. */
const TAP_PX = 5;

export class Navigate implements Tool {
  readonly id = "navigate";
  private viewer!: Viewer;
  private ending = new AbortController();
  private readonly fingers = new Map<number, Spot>();
  private moved = 0;

  attach(viewer: Viewer): void {
    this.viewer = viewer;
    this.ending = new AbortController();
    const { canvas } = viewer.engine;
    const listen = { signal: this.ending.signal };
    canvas.style.touchAction = "none";
    canvas.addEventListener("pointerdown", this.down, listen);
    canvas.addEventListener("pointermove", this.move, listen);
    canvas.addEventListener("pointerup", this.up, listen);
    canvas.addEventListener("pointercancel", this.up, listen);
    canvas.addEventListener("contextmenu", (event) => event.preventDefault(), listen);
    canvas.addEventListener("wheel", this.wheel, { ...listen, passive: false });
    viewer.root.addEventListener("keydown", this.key, listen);
  }

  detach(): void {
    this.ending.abort();
    this.fingers.clear();
  }

  private readonly down = (event: PointerEvent): void => {
    this.viewer.stage.focus({ preventScroll: true });
    this.viewer.engine.canvas.setPointerCapture(event.pointerId);
    this.moved = this.fingers.size ? Infinity : 0;
    this.fingers.set(event.pointerId, spotOf(event));
  };

  private readonly move = (event: PointerEvent): void => {
    const before = this.fingers.get(event.pointerId);
    if (!before) return;
    const now = spotOf(event);
    const step = { x: now.x - before.x, y: now.y - before.y };
    this.moved += Math.hypot(step.x, step.y);
    if (this.moved < TAP_PX) {
      if (event.pointerType !== "touch") this.fingers.set(event.pointerId, now);
      return;
    }
    const { engine } = this.viewer;
    const { pose, size } = engine;
    const other = [...this.fingers].find(([id]) => id !== event.pointerId)?.[1];
    this.fingers.set(event.pointerId, now);
    if (other) {
      const apart = Math.hypot(now.x - other.x, now.y - other.y) / Math.max(1, Math.hypot(before.x - other.x, before.y - other.y));
      const middle = { x: (now.x + other.x) / 2, y: (now.y + other.y) / 2 };
      engine.moveTo(zoomed(panned(pose, size, step.x / 2, step.y / 2), size, apart, middle));
    } else if (event.shiftKey || event.buttons & 6) {
      engine.moveTo(panned(pose, size, step.x, step.y));
    } else {
      const turn = Math.PI / Math.min(size.width, size.height);
      engine.moveTo(turned(pose, step.x * turn, step.y * turn));
    }
  };

  private readonly up = (event: PointerEvent): void => {
    if (!this.fingers.delete(event.pointerId)) return;
    if (event.type === "pointerup" && event.button === 0 && this.moved < TAP_PX) this.viewer.tap(spotOf(event));
  };

  private readonly wheel = (event: WheelEvent): void => {
    event.preventDefault();
    const pixels = event.deltaY * (event.deltaMode === WheelEvent.DOM_DELTA_LINE ? WHEEL_LINE_PX : 1);
    // Browsers report a pinch on a touchpad as a wheel with ctrl, in small steps.
    const factor = Math.exp(-pixels * ZOOM_PER_WHEEL_PX * (event.ctrlKey ? 6 : 1));
    const { engine } = this.viewer;
    engine.moveTo(zoomed(engine.pose, engine.size, factor, spotOf(event)));
  };

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

/** The canvas fills the stage, so its own coordinates are the stage's. */
const spotOf = (event: MouseEvent): Spot => ({ x: event.offsetX, y: event.offsetY });
