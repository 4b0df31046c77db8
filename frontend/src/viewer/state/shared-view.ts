// A view as it is quoted in a comment, followed by others and kept: what one sees, without the pixels.
import type { SavedCamera, SavedSection } from "./manifest";
import type { SceneState } from "./scene-state";

/** Numbers are file coordinates in mm, as in a pin. */
export interface SharedView {
  camera: SavedCamera;
  shown: string[];
  opacity: Record<string, number>;
  section: SavedSection | null;
  tool: string | null;
  /** Degrees. */
  opening: number;
}

export function viewOf(state: SceneState, camera: SavedCamera, tool: string | null): SharedView {
  const opacity = Object.fromEntries(state.scans.map((scan) => [scan.record.id, scan.opacity]));
  return { camera, shown: state.shownIds, opacity, section: sectionOf(state), tool, opening: state.opening };
}

/** Scans that are no longer there are left out. */
export function showView(state: SceneState, view: SharedView): void {
  for (const scan of state.scans) {
    scan.visible = view.shown.includes(scan.record.id);
    scan.opposed = false;
    scan.opacity = view.opacity[scan.record.id] ?? 1;
  }
  state.set({ opening: view.opening });
  cutAs(state, view.section);
}

/** What is cut now, as it is kept. */
export const sectionOf = ({ cut, cutsAway }: SceneState): SavedSection | null => cut && { ...cut, away: cutsAway };

export const cutAs = (state: SceneState, cut: SavedSection | null): void => state.set({ cut, cutsAway: cut?.away ?? false });
