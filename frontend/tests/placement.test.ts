import { describe, expect, it } from "vitest";
import { centredOn, cssTransform, fitScale, fromPane, panned, toPane, UPRIGHT, WHOLE, zoomed } from "../src/image-viewer/placement";

const PICTURE = { width: 2000, height: 1000 };
const PANE = { width: 500, height: 400 };

describe("a picture in its pane", () => {
  it("fits whole, upright and on its side", () => {
    expect(fitScale(PICTURE, PANE, UPRIGHT)).toBe(0.25);
    expect(fitScale(PICTURE, PANE, { quarters: 1, mirrored: false })).toBe(0.2);
  });

  it("turns clockwise: its upper left corner goes to the upper right", () => {
    const corner = toPane(WHOLE, PICTURE, PANE, { quarters: 1, mirrored: false }, { x: 0, y: 0 });
    expect(corner.x).toBeGreaterThan(PANE.width / 2);
    expect(corner.y).toBeLessThan(PANE.height / 2);
  });

  it("mirrors what is seen, left to right", () => {
    for (const quarters of [0, 1, 2, 3]) {
      const place = { x: 0.1, y: 0.2 };
      const plain = toPane(WHOLE, PICTURE, PANE, { quarters, mirrored: false }, place);
      const mirrored = toPane(WHOLE, PICTURE, PANE, { quarters, mirrored: true }, place);
      expect(mirrored.x).toBeCloseTo(PANE.width - plain.x);
      expect(mirrored.y).toBeCloseTo(plain.y);
    }
  });

  it("finds the place under a spot however it is turned", () => {
    const window = { zoom: 3, x: 0.2, y: -0.4 };
    for (const quarters of [0, 1, 2, 3])
      for (const mirrored of [true, false]) {
        const turning = { quarters, mirrored };
        const place = fromPane(window, PICTURE, PANE, turning, toPane(window, PICTURE, PANE, turning, { x: 0.3, y: 0.8 }));
        expect(place.x).toBeCloseTo(0.3);
        expect(place.y).toBeCloseTo(0.8);
      }
  });

  it("keeps what is under the finger while zooming", () => {
    const spot = { x: 400, y: 120 };
    const before = fromPane(WHOLE, PICTURE, PANE, UPRIGHT, spot);
    const after = fromPane(zoomed(WHOLE, PANE, 2.5, spot), PICTURE, PANE, UPRIGHT, spot);
    expect(after.x).toBeCloseTo(before.x);
    expect(after.y).toBeCloseTo(before.y);
  });

  it("never leaves its pane", () => {
    expect(panned(WHOLE, PANE, 300, 300)).toEqual(WHOLE);
    expect(panned({ zoom: 3, x: 0, y: 0 }, PANE, 9999, -9999)).toEqual({ zoom: 3, x: 1, y: -1 });
    expect(zoomed({ zoom: 3, x: 1, y: -1 }, PANE, 0.1, { x: 0, y: 0 })).toEqual(WHOLE);
  });

  it("shows a comment's place in the middle when there is room to move", () => {
    const window = centredOn({ zoom: 6, x: 0, y: 0 }, PICTURE, PANE, UPRIGHT, { x: 0.4, y: 0.45 });
    const spot = toPane(window, PICTURE, PANE, UPRIGHT, { x: 0.4, y: 0.45 });
    expect(spot.x).toBeCloseTo(PANE.width / 2);
    expect(spot.y).toBeCloseTo(PANE.height / 2);
  });

  it("is drawn as the sums say", () => {
    expect(cssTransform({ zoom: 2, x: 0.1, y: 0 }, PICTURE, PANE, { quarters: 3, mirrored: true })).toBe(
      "translate(-50%, -50%) translate(50px, 0px) scale(-0.4, 0.4) rotate(270deg)",
    );
  });
});
