// Pins that lie upon each other are drawn apart, so that each can be pressed; a thin line leads to where it belongs.
import type { Spot } from "../../gestures";
import type { Size } from "../engine/pose";
import type { Viewer } from "./tool";

/** From middle to middle, CSS pixels: what a mouse needs, and what a finger. */
const GAP = { fine: 30, coarse: 44 };
/** Pins are laid anew once the picture rests and no hand holds it: while it moves nothing jumps. */
const RESTS_MS = 150;
const STEP_PX = 3;
/** From a pin's middle to its rim. */
const DISC_PX = 14;
const TURN = Math.PI / 8;

/** How far each spot is pushed aside so that all are `gap` apart and inside. The earlier one keeps its place. */
export function pushedApart(spots: readonly Spot[], gap: number, size: Size): Spot[] {
  const edge = gap / 2;
  const taken: Spot[] = [];
  const isInside = ({ x, y }: Spot): boolean => x >= edge && y >= edge && x <= size.width - edge && y <= size.height - edge;
  const isFree = (spot: Spot): boolean => taken.every(({ x, y }) => Math.hypot(spot.x - x, spot.y - y) >= gap - 0.01);
  const placeFor = (spot: Spot): Spot => {
    if (isFree(spot) || !isInside(spot)) return spot;
    const away = awayFrom(taken, spot);
    for (let far = STEP_PX; far < gap * 8; far += STEP_PX)
      for (let turns = 0; turns <= 8; turns++)
        for (const angle of [away + turns * TURN, away - turns * TURN]) {
          const aside = { x: spot.x + far * Math.cos(angle), y: spot.y + far * Math.sin(angle) };
          if (isInside(aside) && isFree(aside)) return aside;
        }
    return spot;
  };
  return spots.map((spot) => {
    const place = placeFor(spot);
    taken.push(place);
    return { x: place.x - spot.x, y: place.y - spot.y };
  });
}

/** The direction away from the nearest; upwards from one that lies in the same place. */
function awayFrom(taken: readonly Spot[], { x, y }: Spot): number {
  const far = (one: Spot): number => Math.hypot(x - one.x, y - one.y);
  const nearest = taken.reduce((best, one) => (far(one) < far(best) ? one : best));
  return far(nearest) < 0.5 ? -Math.PI / 2 : Math.atan2(y - nearest.y, x - nearest.x);
}

/** Until `ending` says so. */
export function keepApart(viewer: Viewer, ending: AbortSignal): void {
  if (ending.aborted) return;
  let resting: ReturnType<typeof setTimeout> | undefined;
  let isHeld = false;
  const wait = (): void => {
    clearTimeout(resting);
    if (!isHeld) resting = setTimeout(() => lay(viewer), RESTS_MS);
  };
  const hold = (held: boolean) => (): void => {
    isHeld = held;
    wait();
  };
  const listen = { signal: ending, capture: true };
  viewer.stage.addEventListener("pointerdown", hold(true), listen);
  for (const sign of ["pointerup", "pointercancel"]) addEventListener(sign, hold(false), listen);
  const off = viewer.engine.onDrawn(wait);
  ending.addEventListener("abort", () => {
    off();
    clearTimeout(resting);
  });
  viewer.engine.draw();
}

/** In the order of their numbers, so that the same picture always looks the same. */
function lay({ scene, engine }: Viewer): void {
  const pins = [...scene.querySelectorAll<HTMLElement>(".pin[data-thread]:not([hidden])")];
  const spots = pins.map(({ style }) => ({ x: parseFloat(style.left), y: parseFloat(style.top) }));
  const gap = matchMedia("(pointer: coarse)").matches ? GAP.coarse : GAP.fine;
  const shifts = pushedApart(spots, gap, engine.size);
  const places = spots.map(({ x, y }, at) => ({ x: x + (shifts[at] as Spot).x, y: y + (shifts[at] as Spot).y }));
  pins.forEach((pin, at) => {
    const { x, y } = shifts[at] as Spot;
    const place = places[at] as Spot;
    const others = places.filter((other) => other !== place);
    const nearest = (spot: Spot): number => Math.min(...others.map((other) => Math.hypot(other.x - spot.x, other.y - spot.y)));
    // The line ends at the rim of a pin that stands where it leads: no number is struck through.
    const back = Math.hypot(x, y) - Math.max(0, DISC_PX - nearest(spots[at] as Spot));
    pin.style.setProperty("--aside", `${x}px`);
    pin.style.setProperty("--down", `${y}px`);
    pin.style.setProperty("--back", `${back}px`);
    pin.style.setProperty("--turn", `${Math.atan2(-y, -x)}rad`);
    pin.toggleAttribute("data-aside", x !== 0 || y !== 0);
    // Where others are near, a pin's margin for the finger would lie over them.
    pin.toggleAttribute("data-crowded", nearest(place) < 2 * gap);
  });
}
