// A view as it is quoted in a comment, followed by others and kept: what one sees, without the pixels.
import type { Plane } from "../engine/engine";
import type { SavedCamera } from "./manifest";
import type { SceneState } from "./scene-state";

/** Numbers are file coordinates in mm, as in a pin. */
export interface SharedView {
  camera: SavedCamera;
  shown: string[];
  opacity: Record<string, number>;
  section: Plane | null;
  tool: string | null;
  /** Degrees. */
  opening: number;
}

export function viewOf(state: SceneState, camera: SavedCamera, tool: string | null): SharedView {
  const opacity = Object.fromEntries(state.scans.map((scan) => [scan.record.id, scan.opacity]));
  return { camera, shown: state.shownIds, opacity, section: state.cut, tool, opening: state.opening };
}

/** Scans that are no longer there are left out. */
export function showView(state: SceneState, view: SharedView): void {
  for (const scan of state.scans) {
    scan.visible = view.shown.includes(scan.record.id);
    scan.opposed = false;
    scan.opacity = view.opacity[scan.record.id] ?? 1;
  }
  state.set({ cut: view.section, opening: view.opening });
}
