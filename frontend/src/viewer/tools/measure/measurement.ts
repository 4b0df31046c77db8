// What was measured: points of surfaces, how they are joined, and the value that follows from them.
import type { Triple } from "../../state/manifest";

export const KINDS = ["distance", "path", "angle", "thickness"] as const;
export type Kind = (typeof KINDS)[number];

/** How many points one takes; the far side of a thickness follows by itself. */
export const POINTS: Record<Kind, number> = { distance: 2, path: 2, angle: 3, thickness: 1 };

export interface Measurement {
  id: string;
  kind: Kind;
  name: string;
  /** The record of each point. */
  records: string[];
  points: Triple[];
  /** The way it is drawn: along the surface, or from point to point. */
  way: Triple[];
  /** Millimetres, or degrees of an angle. */
  value: number;
}

export const distance = (one: Triple, other: Triple): number =>
  Math.hypot(one[0] - other[0], one[1] - other[1], one[2] - other[2]);

/** Degrees at the second of three points. */
export function angle(one: Triple, corner: Triple, other: Triple): number {
  const a = one.map((value, axis) => value - (corner[axis] as number)) as Triple;
  const b = other.map((value, axis) => value - (corner[axis] as number)) as Triple;
  const cross: Triple = [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
  return (Math.atan2(Math.hypot(...cross), a[0] * b[0] + a[1] * b[1] + a[2] * b[2]) * 180) / Math.PI;
}

const numbers = (digits: number): Intl.NumberFormat =>
  new Intl.NumberFormat(document.documentElement.lang || "en", { minimumFractionDigits: digits, maximumFractionDigits: digits });

/** "7.73 mm" or "54.2°" in the page's language. */
export const told = ({ kind, value }: Pick<Measurement, "kind" | "value">): string =>
  kind === "angle" ? `${numbers(1).format(value)}°` : `${numbers(2).format(value)} mm`;
