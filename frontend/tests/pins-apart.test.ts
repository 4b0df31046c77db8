import { describe, expect, it } from "vitest";
import { pushedApart } from "../src/viewer/tools/pins-apart";

const SIZE = { width: 400, height: 300 };
type Spot = { x: number; y: number };
const placed = (spots: Spot[], gap = 30): Spot[] => pushedApart(spots, gap, SIZE).map(({ x, y }, at) => ({ x: spots[at]!.x + x, y: spots[at]!.y + y }));
const nearest = (spots: Spot[]): number =>
  Math.min(...spots.flatMap((one, at) => spots.slice(at + 1).map((other) => Math.hypot(one.x - other.x, one.y - other.y))));

describe("pins that lie upon each other", () => {
  it("are pushed apart, the earlier number keeps its place", () => {
    const spots = [{ x: 200, y: 150 }, { x: 205, y: 150 }, { x: 200, y: 150 }, { x: 203, y: 148 }];
    expect(pushedApart(spots, 30, SIZE)[0]).toEqual({ x: 0, y: 0 });
    expect(nearest(placed(spots))).toBeGreaterThan(29.9);
  });

  it("go to the side they lie on, no farther than they must", () => {
    const [, second] = pushedApart([{ x: 200, y: 150 }, { x: 210, y: 150 }], 30, SIZE);
    expect(second!.x).toBeGreaterThanOrEqual(20);
    expect(second!.x).toBeLessThan(24);
    expect(second!.y).toBeCloseTo(0, 9);
  });

  it("stay where they are when they are far enough apart", () => {
    expect(pushedApart([{ x: 100, y: 100 }, { x: 131, y: 100 }], 30, SIZE)).toEqual([{ x: 0, y: 0 }, { x: 0, y: 0 }]);
  });

  it("stay inside the stage, in its corner too", () => {
    const corner = Array.from({ length: 6 }, () => ({ x: 395 - 20, y: 20 }));
    for (const { x, y } of placed(corner, 40).slice(1)) {
      expect(x).toBeGreaterThanOrEqual(20);
      expect(x).toBeLessThanOrEqual(380);
      expect(y).toBeGreaterThanOrEqual(20);
      expect(y).toBeLessThanOrEqual(280);
    }
    expect(nearest(placed(corner, 40))).toBeGreaterThan(39.9);
  });

  it("leave alone what is out of sight", () => {
    expect(pushedApart([{ x: -10, y: 20 }, { x: -10, y: 20 }], 30, SIZE)).toEqual([{ x: 0, y: 0 }, { x: 0, y: 0 }]);
  });

  it("find room for forty on one point", () => {
    const crowd = Array.from({ length: 40 }, () => ({ x: 200, y: 150 }));
    expect(nearest(placed(crowd))).toBeGreaterThan(29.9);
  });

  it("lie the same way whenever the picture is the same", () => {
    const spots = [{ x: 50, y: 60 }, { x: 52, y: 66 }, { x: 58, y: 61 }];
    expect(pushedApart(spots, 30, SIZE)).toEqual(pushedApart(spots, 30, SIZE));
  });
});
