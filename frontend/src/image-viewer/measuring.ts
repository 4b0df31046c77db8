// Lengths and angles on a picture, in millimetres only where a scale is known. Sums only.
import type { Spot } from "../gestures";
import type { Size } from "./placement";

export type Calibration = "calibrated" | "estimated" | "detector" | "none";
export type ScaleSource = Exclude<Calibration, "none"> | "ruler";

/** Millimetres a pixel, down and across; `source` says of what. */
export interface Scale {
  row: number;
  column: number;
  source: ScaleSource;
}

export interface Length {
  value: number;
  unit: "mm" | "px";
}

export function scaleOf(spacing: readonly [number, number] | null | undefined, calibration: Calibration | undefined): Scale | null {
  if (!spacing || !calibration || calibration === "none") return null;
  return { row: spacing[0], column: spacing[1], source: calibration };
}

/** Between two places (shares of the picture). `size` is the whole picture in its own pixels. */
export function lengthOf(from: Spot, to: Spot, size: Size, scale: Scale | null): Length {
  const [across, down] = [(to.x - from.x) * size.width, (to.y - from.y) * size.height];
  if (!scale) return { value: Math.hypot(across, down), unit: "px" };
  return { value: Math.hypot(across * scale.column, down * scale.row), unit: "mm" };
}

/** At the second place, 0 to 180 degrees. */
export function angleAt(points: readonly Spot[], size: Size, scale: Scale | null): number {
  const [one, middle, other] = points as [Spot, Spot, Spot];
  const [wide, tall] = [size.width * (scale?.column ?? 1), size.height * (scale?.row ?? 1)];
  const arm = (end: Spot): [number, number] => [(end.x - middle.x) * wide, (end.y - middle.y) * tall];
  const [[ax, ay], [bx, by]] = [arm(one), arm(other)];
  return Math.abs((Math.atan2(ax * by - ay * bx, ax * bx + ay * by) * 180) / Math.PI);
}

/** The scale that makes this line `mm` long; null for a line without length. */
export function ruledScale(from: Spot, to: Spot, size: Size, mm: number): Scale | null {
  const pixels = lengthOf(from, to, size, null).value;
  if (!(mm > 0) || !Number.isFinite(mm) || pixels < 1) return null;
  return { row: mm / pixels, column: mm / pixels, source: "ruler" };
}
