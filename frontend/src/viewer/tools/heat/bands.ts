// Distances as colours in bands that a legend can name: crisp, so that one reads a value and not a mood.

export interface Band {
  /** µm; the band ends below the next one's. */
  from: number;
  colour: string;
}

/** Warm where jaws meet and run into each other, cold where they part; lightness falls with it, for who sees no hues. */
export const CONTACT_BANDS: readonly Band[] = [
  { from: -Infinity, colour: "#6d0a2b" },
  { from: -100, colour: "#b2182b" },
  { from: -50, colour: "#e0522f" },
  { from: 0, colour: "#f59a2c" },
  { from: 50, colour: "#f9dc5c" },
  { from: 100, colour: "#a5d45f" },
  { from: 200, colour: "#45b08f" },
  { from: 500, colour: "#3f8fca" },
  { from: 1000, colour: "#b4c4da" },
];

/** Blue was taken away, red was added, stone stayed. */
export const CHANGE_BANDS: readonly Band[] = [
  { from: -Infinity, colour: "#1b3a8a" },
  { from: -200, colour: "#2f6fd0" },
  { from: -100, colour: "#86b6ee" },
  { from: -50, colour: "#dcd6c8" },
  { from: 50, colour: "#f3b48a" },
  { from: 100, colour: "#e0642f" },
  { from: 200, colour: "#9e1b1b" },
];

/** What a byte of the server's comparison says. */
export interface Scale {
  step_um: number;
  zero: number;
}

export const micrometres = (byte: number, { step_um, zero }: Scale): number => (byte - zero) * step_um;

const rgb = (colour: string): number[] => [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16));

/** The colour of each byte, 256 × RGBA. */
export function paletteOf(bands: readonly Band[], scale: Scale): Uint8Array<ArrayBuffer> {
  const colours = new Uint8Array(256 * 4);
  for (let byte = 0; byte < 256; byte++) {
    const band = bands.findLast(({ from }) => micrometres(byte, scale) >= from) as Band;
    colours.set([...rgb(band.colour), 255], byte * 4);
  }
  return colours;
}

/** The server's byte a vertex as what the card draws: the byte, and whether it says anything. */
export function paired(bytes: Uint8Array): Uint8Array {
  const out = new Uint8Array(bytes.length * 2);
  bytes.forEach((byte, vertex) => {
    out[vertex * 2] = byte;
    out[vertex * 2 + 1] = byte === 0 ? 0 : 255;
  });
  return out;
}
