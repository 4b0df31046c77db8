// Colours a scan by what was measured on it: the full level at once, the coarse one as soon as its vertices found theirs.
import type { Heat } from "../../engine/scan";
import { coarseBytes } from "../../state/loader";
import type { Viewer } from "../tool";

/** Until `engine.heat(record, null)`. A slow machine draws the coarse level while one drags. */
export function colourScan({ engine, geometry, state }: Viewer, record: string, heat: Heat): void {
  engine.heat(record, heat);
  const scan = state.scan(record)?.record;
  const coarse = scan && !engine.hasAlike(record) ? coarseBytes(document, scan)?.buffer : null;
  if (!coarse) return;
  void geometry.ask("alike", { record, coarse: coarse as ArrayBuffer }, [coarse as ArrayBuffer]).then(
    (alike) => engine.setAlike(record, alike),
    () => {}, // without it the coarse level keeps its own colours
  );
}
