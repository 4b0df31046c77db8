// Points taken from the surface, by press or by keyboard: a cross in the middle of the stage, Enter takes what lies under it.
import { element } from "../../markup";
import type { Hit } from "../worker/messages";
import type { Spot } from "../../gestures";
import type { Viewer } from "./tool";

/** Calls `take` for every point taken, until the answer is called. `stepBack` answers whether there was something to undo. */
export function aim(viewer: Viewer, take: (hit: Hit) => void, stepBack: () => boolean): () => void {
  const { stage, engine, words } = viewer;
  const ending = new AbortController();
  const cross = element("i", { class: "aim", "aria-hidden": "true" });
  stage.append(cross);
  engine.canvas.style.cursor = "crosshair";

  const at = async (spot: Spot): Promise<void> => {
    viewer.say(words("tools.looking"));
    const hit = await viewer.pick(spot).catch(() => null);
    if (ending.signal.aborted) return;
    if (hit) take(hit);
    else viewer.say(words("pin.missed"));
  };
  const off = viewer.onTap((spot) => void at(spot));
  stage.addEventListener(
    "keydown",
    (event) => {
      if (event.target !== stage) return;
      if (event.key === "Enter") void at({ x: engine.size.width / 2, y: engine.size.height / 2 });
      else if (!(event.key === "Backspace" || event.key === "Escape") || !stepBack()) return;
      event.preventDefault();
    },
    { signal: ending.signal },
  );
  return () => {
    ending.abort();
    off();
    cross.remove();
    engine.canvas.style.cursor = "";
  };
}
