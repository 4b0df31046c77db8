// Which edges of the stage the patient's right and left lie at.
import { rightOf, upOf, type Pose } from "./pose";

export type Edge = "left" | "right" | "top" | "bottom";

/** From this share of its length on, the patient's right-left axis shows as a direction of the picture. */
const SHOWS_FROM = 0.35;
const OPPOSITE: Record<Edge, Edge> = { left: "right", right: "left", top: "bottom", bottom: "top" };

/** The edges of R and L, or null where one looks along the axis between them. */
export function sideEdges(pose: Pose): { right: Edge; left: Edge } | null {
  const across = rightOf(pose).x;
  const upwards = upOf(pose).x;
  if (Math.hypot(across, upwards) < SHOWS_FROM) return null;
  const left: Edge = Math.abs(across) >= Math.abs(upwards) ? (across > 0 ? "right" : "left") : upwards > 0 ? "top" : "bottom";
  return { left, right: OPPOSITE[left] };
}
