// The five standard views as a table: where one looks from, what is up, and which jaw would be in the way.
import type { Jaw, Triple } from "../state/manifest";

export type ViewName = "front" | "right" | "left" | "upper" | "lower";

export interface View {
  name: ViewName;
  key: string;
  /** From the scan to the eye, in the patient's frame: +X patient's left, +Y superior, +Z anterior. */
  from: Triple;
  up: Triple;
  hides: Jaw | null;
}

// Occlusal views as on a clinical chart: the patient's right on the left of the picture in both,
// anterior at the top of the upper arch and at the bottom of the lower one.
export const VIEWS: readonly View[] = [
  { name: "front", key: "1", from: [0, 0, 1], up: [0, 1, 0], hides: null },
  { name: "right", key: "2", from: [-1, 0, 0], up: [0, 1, 0], hides: null },
  { name: "left", key: "3", from: [1, 0, 0], up: [0, 1, 0], hides: null },
  { name: "upper", key: "4", from: [0, -1, 0], up: [0, 0, 1], hides: "mandible" },
  { name: "lower", key: "5", from: [0, 1, 0], up: [0, 0, -1], hides: "maxilla" },
];

export function viewNamed(name: string): View | null {
  return VIEWS.find((view) => view.name === name) ?? null;
}

export function viewOfKey(key: string): View | null {
  return VIEWS.find((view) => view.key === key) ?? null;
}
