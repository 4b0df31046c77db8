// Which grey is black, which is white, and what lies between. Sums only.

export interface Tone {
  /** Values shown black and white, in those of the picture. */
  low: number;
  high: number;
  /** Above 1 the midtones are brighter. */
  gamma: number;
  inverted: boolean;
}

export const LEAST_GAMMA = 0.25;
export const MOST_GAMMA = 4;

export const plainTone = (low: number, high: number): Tone => ({ low, high, gamma: 1, inverted: false });

export const sameTone = (one: Tone, other: Tone): boolean =>
  one.low === other.low && one.high === other.high && one.gamma === other.gamma && one.inverted === other.inverted;

/** What each value from 0 to `top` is shown as, 0 to 255. */
export function curveOf(tone: Tone, top: number): Uint8Array {
  const curve = new Uint8Array(top + 1);
  const width = Math.max(1, tone.high - tone.low);
  for (let value = 0; value <= top; value++) {
    const share = Math.min(1, Math.max(0, (value - tone.low) / width)) ** (1 / tone.gamma);
    curve[value] = Math.round(255 * (tone.inverted ? 1 - share : share));
  }
  return curve;
}

export const centreOf = ({ low, high }: Tone): number => (low + high) / 2;
export const widthOf = ({ low, high }: Tone): number => high - low;

/** With this middle and width, both kept within what the picture can hold. */
export function withWindow(tone: Tone, centre: number, width: number, top: number): Tone {
  const wide = Math.min(2 * top, Math.max(top / 500, width));
  const middle = Math.min(1.5 * top, Math.max(-0.5 * top, centre));
  return { ...tone, low: middle - wide / 2, high: middle + wide / 2 };
}

/** A drag: to the right widens (softer), downwards darkens, as in every viewer of radiographs. */
export function dragged(tone: Tone, right: number, down: number, pane: { width: number; height: number }, top: number): Tone {
  const width = widthOf(tone) * Math.exp((2 * right) / pane.width);
  return withWindow(tone, centreOf(tone) + (down / pane.height) * top, width, top);
}
