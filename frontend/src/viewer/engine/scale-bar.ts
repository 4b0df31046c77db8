// The length of the scale: a round number of millimetres that fits its corner.

const LENGTHS_MM = [0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200];
const WIDEST_PX = 130;

/** The longest round length that is at most 130 px wide at this scale. */
export function scaleBar(mmPerPixel: number): { mm: number; pixels: number } {
  const mm = LENGTHS_MM.findLast((length) => length / mmPerPixel <= WIDEST_PX) ?? 0.1;
  return { mm, pixels: mm / mmPerPixel };
}
