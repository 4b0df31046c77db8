// Tooth numbers in three notations, and numbers that would be read two ways.
import { describe, expect, it } from "vitest";
import { ambiguous, DECIDUOUS_ROWS, fdiOfUniversal, NOTATIONS, ROWS, written } from "../src/viewer/tools/teeth/notation";

const TEETH = [...ROWS.flat(), ...DECIDUOUS_ROWS.flat()];

describe("tooth numbers", () => {
  it.each([
    [18, "1", "8┘"], [11, "8", "1┘"], [14, "5", "4┘"], [26, "14", "└6"], [38, "17", "┌8"], [31, "24", "┌1"],
    [41, "25", "1┐"], [48, "32", "8┐"], [55, "A", "E┘"], [61, "F", "└A"], [75, "K", "┌E"], [85, "T", "E┐"],
  ])("FDI %i is Universal %s and Palmer %s", (fdi, universal, palmer) => {
    expect(written(fdi, "universal")).toBe(universal);
    expect(written(fdi, "palmer")).toBe(palmer);
  });

  it("are written differently for every tooth", () => {
    expect(TEETH).toHaveLength(52);
    for (const notation of NOTATIONS) expect(new Set(TEETH.map((tooth) => written(tooth, notation))).size).toBe(52);
  });

  it("of Universal lead back to FDI", () => {
    expect(fdiOfUniversal(14)).toBe(26);
    expect(fdiOfUniversal(33)).toBeNull();
  });
});

describe("a number in a comment", () => {
  it.each(["Crown on tooth 14 is high", "Contact to 15 is open", "coroa no dente 26", "#12 looks dark", "teeth 11 and 21", "Open tooth 14.", "The margin of 14 is short", "contact on 14", "margem do 14", "elemento 26", "contacto con 15", "Crown 14, zirconia"])(
    "is asked about: %s",
    (text) => expect(ambiguous(text).length).toBeGreaterThan(0),
  );

  it.each([
    "Took off 0.15 mm", "tooth 14 (FDI)", "Universal 14 is high", "on the 14 March", "tooth 46 is fine", "15 % of it", "version 12", "tooth 14 mm", "crown 14.5 wide",
  ])("is let pass: %s", (text) => expect(ambiguous(text)).toEqual([]));

  it("says what else it could be, and where", () => {
    expect(ambiguous("The tooth 14 is high")).toEqual([{ number: 14, other: 26, at: 10 }]);
  });
});
