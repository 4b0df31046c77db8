import { describe, expect, it } from "vitest";
import { Drawing } from "../src/image-viewer/drawing";
import { angleAt, lengthOf, ruledScale, scaleOf } from "../src/image-viewer/measuring";
import { atZoom, zoomed } from "../src/image-viewer/placement";
import { readDepth, unfolded } from "../src/image-viewer/raster";
import { centreOf, curveOf, dragged, plainTone, widthOf, withWindow } from "../src/image-viewer/tone";

const PICTURE = { width: 2000, height: 1000 };

describe("the greys of a radiograph", () => {
  const values = [10, 20, 15, 12, 30, 4095];

  it("come back from what was kept of them", () => {
    const folded = fold(values, 3, 12);
    const planes = new Uint8Array([...folded.map((one) => one >> 8), ...folded.map((one) => one & 255)]);
    expect([...unfolded(planes, 3, 2, 12)]).toEqual(values);
  });

  it("are read with their window from the server's file, and nothing else is", async () => {
    const folded = fold(values, 3, 12);
    const head = new DataView(new ArrayBuffer(32));
    [0x41, 0x44, 0x45, 0x50].forEach((letter, at) => head.setUint8(at, letter));
    head.setUint16(4, 1, true);
    head.setUint16(6, 12, true);
    head.setUint32(8, 3, true);
    head.setUint32(12, 2, true);
    head.setInt32(16, -5, true);
    head.setInt32(20, 4000, true);
    const planes = new Uint8Array([...folded.map((one) => one >> 8), ...folded.map((one) => one & 255)]);
    const packed = new Blob([planes]).stream().pipeThrough(new CompressionStream("deflate"));
    const file = new Blob([head.buffer, await new Response(packed).arrayBuffer()]);
    const raster = await readDepth(await file.arrayBuffer());
    expect([raster.width, raster.height, raster.bits, raster.top, raster.first.low, raster.first.high]).toEqual([3, 2, 12, 4095, -5, 4000]);
    await expect(readDepth(new ArrayBuffer(40))).rejects.toThrow();
  });

  it("are black below the window, white above, and turned round when inverted", () => {
    const tone = plainTone(100, 300);
    expect([...curveOf(tone, 400)].filter((_, value) => [0, 100, 200, 300, 400].includes(value))).toEqual([0, 0, 128, 255, 255]);
    expect(curveOf({ ...tone, inverted: true }, 400)[0]).toBe(255);
    expect(curveOf({ ...tone, gamma: 2 }, 400)[150]).toBe(128);
  });

  it("follow a drag: to the right softer, downwards darker, never out of reach", () => {
    const pane = { width: 500, height: 400 };
    const tone = plainTone(0, 4095);
    expect(widthOf(dragged(tone, 100, 0, pane, 4095))).toBeGreaterThan(4095);
    expect(centreOf(dragged(tone, 0, 100, pane, 4095))).toBeGreaterThan(centreOf(tone));
    expect(widthOf(withWindow(tone, 0, 0, 4095))).toBeGreaterThan(8);
    expect(widthOf(withWindow(tone, 0, 1e9, 4095))).toBe(8190);
  });
});

describe("measures", () => {
  const [a, b, c] = [{ x: 0.1, y: 0.5 }, { x: 0.4, y: 0.5 }, { x: 0.4, y: 0.1 }] as const;

  it("are pixels without a scale, and millimetres of each direction with one", () => {
    expect(lengthOf(a, b, PICTURE, null)).toEqual({ value: expect.closeTo(600), unit: "px" });
    const scale = scaleOf([0.2, 0.1], "detector");
    expect(lengthOf(a, b, PICTURE, scale)).toEqual({ value: expect.closeTo(60), unit: "mm" });
    expect(lengthOf(b, c, PICTURE, scale)).toEqual({ value: expect.closeTo(80), unit: "mm" });
    expect(scaleOf([0.2, 0.1], "none")).toBeNull();
    expect(scaleOf(null, "calibrated")).toBeNull();
  });

  it("take a drawn ruler as the scale", () => {
    const scale = ruledScale(a, b, PICTURE, 30);
    expect(lengthOf(a, b, PICTURE, scale)).toEqual({ value: expect.closeTo(30), unit: "mm" });
    for (const wrong of [0, -1, NaN, Infinity]) expect(ruledScale(a, b, PICTURE, wrong)).toBeNull();
    expect(ruledScale(a, a, PICTURE, 10)).toBeNull();
  });

  it("know a right angle, also where pixels are not square", () => {
    expect(angleAt([a, b, c], PICTURE, null)).toBeCloseTo(90);
    const end = { x: 0.2, y: 0.3 };
    expect(angleAt([a, { x: 0.1, y: 0.3 }, end], PICTURE, { row: 0.3, column: 0.1, source: "detector" })).toBeCloseTo(90);
    expect(angleAt([{ x: 0.5, y: 0.5 }, { x: 0.4, y: 0.5 }, { x: 0.5, y: 0.4 }], PICTURE, { row: 0.2, column: 0.1, source: "ruler" })).toBeCloseTo(45);
  });
});

describe("drawing", () => {
  it("takes the points of one picture, gives one back, and ends with the last", () => {
    const made: unknown[] = [];
    const drawing = new Drawing<string>((...done) => made.push(done));
    expect(drawing.take("one", { x: 0, y: 0 })).toBe(false);
    drawing.choose("angle");
    drawing.take("one", { x: 0.1, y: 0.1 });
    expect(drawing.take("other", { x: 0.2, y: 0.2 })).toBe(false);
    expect(drawing.take("one", { x: 1.2, y: 0.2 })).toBe(false);
    drawing.take("one", { x: 0.3, y: 0.3 });
    expect(drawing.back()).toBe(true);
    expect(drawing.missing).toBe(2);
    drawing.take("one", { x: 0.4, y: 0.4 });
    drawing.take("one", { x: 0.5, y: 0.5 });
    expect(made).toEqual([["angle", "one", [{ x: 0.1, y: 0.1 }, { x: 0.4, y: 0.4 }, { x: 0.5, y: 0.5 }]]]);
    expect(drawing.missing).toBe(3);
  });
});

describe("true pixels", () => {
  it("may be smaller than the pane, and only grow from there", () => {
    const small = atZoom({ zoom: 1, x: 0, y: 0 }, 0.4);
    expect(small.zoom).toBe(0.4);
    const pane = { width: 500, height: 400 };
    expect(zoomed(small, pane, 0.5, { x: 0, y: 0 }).zoom).toBe(0.4);
    expect(zoomed(small, pane, 4, { x: 0, y: 0 }).zoom).toBeCloseTo(1.6);
  });
});

/** As `core/images/depth.py` folds them. */
function fold(values: number[], width: number, bits: number): number[] {
  const span = 1 << bits;
  return values.map((value, at) => {
    const [x, y] = [at % width, Math.floor(at / width)];
    const [left, above, corner] = [values[at - 1] ?? 0, values[at - width] ?? 0, values[at - width - 1] ?? 0];
    let guess = left + above - corner;
    if (y === 0) guess = x ? left : 0;
    else if (x === 0) guess = above;
    else if (corner >= Math.max(left, above)) guess = Math.min(left, above);
    else if (corner <= Math.min(left, above)) guess = Math.max(left, above);
    const rest = (((value - guess) % span) + span) % span;
    const signed = rest >= span / 2 ? rest - span : rest;
    return (signed << 1) ^ (signed >> 31);
  });
}
