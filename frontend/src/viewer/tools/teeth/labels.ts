// Where labels of teeth stand in a scene: as they were set, or where the server found them again on a newer version.
import type { ToothLabel } from "../../state/manifest";
import type { SceneState } from "../../state/scene-state";

/** Each label where it is seen; those that stand on nothing that is there are left out. */
export function standing(labels: readonly ToothLabel[], state: Pick<SceneState, "scan">): ToothLabel[] {
  return labels.flatMap((label) => {
    if (state.scan(label.record)) return [label];
    const { record, point } = label.found ?? {};
    return record && point && state.scan(record) ? [{ ...label, record, point }] : [];
  });
}
