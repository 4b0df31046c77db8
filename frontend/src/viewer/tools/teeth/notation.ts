// Tooth numbers as each reader writes them; FDI is what is stored (core/tooth.py says the same).

export type Notation = "fdi" | "universal" | "palmer";

export const NOTATIONS: readonly Notation[] = ["fdi", "universal", "palmer"];

/** As one sees them from before the patient: the upper row above, the patient's right on the left. */
export const ROWS: readonly (readonly number[])[] = [
  [18, 17, 16, 15, 14, 13, 12, 11, 21, 22, 23, 24, 25, 26, 27, 28],
  [48, 47, 46, 45, 44, 43, 42, 41, 31, 32, 33, 34, 35, 36, 37, 38],
];
export const DECIDUOUS_ROWS: readonly (readonly number[])[] = [
  [55, 54, 53, 52, 51, 61, 62, 63, 64, 65],
  [85, 84, 83, 82, 81, 71, 72, 73, 74, 75],
];

const ANGLES: Record<number, string> = { 1: "┘", 2: "└", 3: "┌", 4: "┐" };

export function written(fdi: number, notation: Notation): string {
  const [quadrant, place] = [Math.trunc(fdi / 10), fdi % 10];
  const isPermanent = quadrant <= 4;
  switch (notation) {
    case "fdi":
      return String(fdi);
    case "universal":
      if (isPermanent) return String([9 - place, 8 + place, 25 - place, 24 + place][quadrant - 1]);
      return "ABCDEFGHIJKLMNOPQRST"[[5 - place, 4 + place, 15 - place, 14 + place][quadrant - 5] as number] ?? "";
    case "palmer": {
      const name = isPermanent ? String(place) : "ABCDE"[place - 1];
      const side = isPermanent ? quadrant : quadrant - 4;
      const angle = ANGLES[side];
      return side === 1 || side === 4 ? `${name}${angle}` : `${angle}${name}`;
    }
  }
}

/** "FDI 14, Universal 5, Palmer 4┘": all of them, for a tooltip. */
export const allWritten = (fdi: number): string => `FDI ${fdi}, Universal ${written(fdi, "universal")}, Palmer ${written(fdi, "palmer")}`;

/** The FDI number that a Universal number means. */
export function fdiOfUniversal(number: number): number | null {
  return ROWS.flat().find((fdi) => written(fdi, "universal") === String(number)) ?? null;
}

/** Numbers in a text that name one tooth in FDI and another one in Universal. */
export function ambiguous(text: string): { number: number; other: number; at: number }[] {
  const found: { number: number; other: number; at: number }[] = [];
  for (const match of text.matchAll(/(?<![\d.,:/-])(1[1-8]|2[1-8]|3[12])(?![\d:/%-]|[.,]\d|\s*(?:mm|µm|%|h\b|:))/g)) {
    const before = text.slice(Math.max(0, match.index - 24), match.index).toLowerCase();
    const after = text.slice(match.index + match[0].length, match.index + match[0].length + 14);
    // A number is a tooth where the words before it say so, and is settled where it was said which.
    if (!/(tooth|teeth|crown|bridge|implant|margin (of|at|on)|contact (to|with|of|at|on)|dentes?|elementos?|coroa|ponte|margem d[eo]|contato (com|d[eo])|dientes?|corona|puente|pieza|margen de|contacto (con|de)|#)[^\d.]*$/.test(before)) continue;
    if (/^\s*\(?\s*(fdi|universal)/i.test(after) || /(fdi|universal)\s*$/.test(before)) continue;
    const number = Number(match[0]);
    const other = fdiOfUniversal(number);
    if (other !== null) found.push({ number, other, at: match.index });
  }
  return found;
}
