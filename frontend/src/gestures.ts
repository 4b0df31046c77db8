// Mouse, pen, fingers and wheel on a picture, told as drags, pinches, zooms and taps.

export interface Spot {
  x: number;
  y: number;
}

export interface Gestures {
  /** A finger or the mouse is down. */
  down?(): void;
  /** The last finger is up, or the mouse. */
  up?(): void;
  /** One finger or button moved by `step`; `shifts` where it is meant to shift rather than to turn. */
  drag(step: Spot, shifts: boolean): void;
  /** Two fingers moved by `step`, and apart by `factor` about `middle`. */
  pinch(step: Spot, factor: number, middle: Spot): void;
  /** The wheel zooms by `factor` about `spot`. */
  wheel(factor: number, spot: Spot): void;
  /** A press without a movement. */
  tap(spot: Spot): void;
}

const TAP_PX = 5;
const ZOOM_PER_WHEEL_PX = 0.0015;
const WHEEL_LINE_PX = 16;
/** Browsers report a pinch on a touchpad as a wheel with ctrl, in small steps. */
const TOUCHPAD_PINCH = 6;
const RIGHT_OR_MIDDLE = 6;

/** Spots are CSS pixels from the upper left corner of `target`. Buttons within it keep their own presses. */
export function onGestures(target: HTMLElement, gestures: Gestures, signal?: AbortSignal): void {
  const fingers = new Map<number, Spot>();
  let moved = 0;
  const listen = signal ? { signal } : {};
  target.style.touchAction = "none";

  const spotOf = (event: MouseEvent): Spot => {
    const { left, top } = target.getBoundingClientRect();
    return { x: event.clientX - left, y: event.clientY - top };
  };
  const down = (event: PointerEvent): void => {
    if ((event.target as Element).closest("button")) return;
    target.setPointerCapture(event.pointerId);
    moved = fingers.size ? Infinity : 0;
    fingers.set(event.pointerId, spotOf(event));
    gestures.down?.();
  };
  const move = (event: PointerEvent): void => {
    const before = fingers.get(event.pointerId);
    if (!before) return;
    const now = spotOf(event);
    const step = { x: now.x - before.x, y: now.y - before.y };
    fingers.set(event.pointerId, now);
    moved += Math.hypot(step.x, step.y);
    if (moved < TAP_PX) return;
    const other = [...fingers].find(([id]) => id !== event.pointerId)?.[1];
    if (!other) {
      gestures.drag(step, event.shiftKey || (event.buttons & RIGHT_OR_MIDDLE) !== 0);
      return;
    }
    const apart = Math.hypot(now.x - other.x, now.y - other.y) / Math.max(1, Math.hypot(before.x - other.x, before.y - other.y));
    gestures.pinch({ x: step.x / 2, y: step.y / 2 }, apart, { x: (now.x + other.x) / 2, y: (now.y + other.y) / 2 });
  };
  const up = (event: PointerEvent): void => {
    if (!fingers.delete(event.pointerId)) return;
    if (fingers.size === 0) gestures.up?.();
    if (event.type === "pointerup" && event.button === 0 && moved < TAP_PX) gestures.tap(spotOf(event));
  };
  const wheel = (event: WheelEvent): void => {
    event.preventDefault();
    const pixels = event.deltaY * (event.deltaMode === WheelEvent.DOM_DELTA_LINE ? WHEEL_LINE_PX : 1);
    gestures.wheel(Math.exp(-pixels * ZOOM_PER_WHEEL_PX * (event.ctrlKey ? TOUCHPAD_PINCH : 1)), spotOf(event));
  };
  target.addEventListener("pointerdown", down, listen);
  target.addEventListener("pointermove", move, listen);
  target.addEventListener("pointerup", up, listen);
  target.addEventListener("pointercancel", up, listen);
  target.addEventListener("wheel", wheel, { ...listen, passive: false });
  target.addEventListener("contextmenu", (event) => event.preventDefault(), listen);
}
