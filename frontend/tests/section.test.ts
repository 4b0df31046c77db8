// Sections, ways along a surface and nearest points against shapes whose answers are known.
import { describe, expect, it } from "vitest";
import { section } from "../src/viewer/worker/section";
import { surfacePath } from "../src/viewer/worker/surface-path";
import { Tree } from "../src/viewer/worker/tree";
import { angle, distance } from "../src/viewer/tools/measure/measurement";
import type { Triple } from "../src/viewer/state/manifest";

const IDENTITY = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1];

function treeOf(points: number[], index: number[], toFile = IDENTITY): Tree {
  return new Tree({ points: new Float32Array(points), pointStride: 3, index: new Uint32Array(index), toFile, source: null });
}

/** A sphere about the origin, 2 · steps² triangles. */
function sphere(radius: number, steps: number, toFile?: number[]): Tree {
  const points: number[] = [];
  for (let row = 0; row <= steps; row++) {
    for (let column = 0; column < steps; column++) {
      const [up, around] = [(Math.PI * row) / steps, (2 * Math.PI * column) / steps];
      points.push(radius * Math.sin(up) * Math.cos(around), radius * Math.cos(up), radius * Math.sin(up) * Math.sin(around));
    }
  }
  const index: number[] = [];
  for (let row = 0; row < steps; row++) {
    for (let column = 0; column < steps; column++) {
      const [here, next] = [row * steps + column, row * steps + ((column + 1) % steps)];
      index.push(here, next, here + steps, next, next + steps, here + steps);
    }
  }
  return treeOf(points, index, toFile);
}

/** A strip along x, folded to a roof of the given height over its middle. */
function roof(height: number): Tree {
  const points: number[] = [];
  for (const [x, z] of [[0, 0], [5, height], [10, 0]] as const) points.push(x, -5, z, x, 5, z);
  return treeOf(points, [0, 2, 1, 1, 2, 3, 2, 4, 3, 3, 4, 5]);
}

const lengthOf = (pieces: Float32Array): number => {
  let sum = 0;
  for (let at = 0; at < pieces.length; at += 6) {
    sum += Math.hypot(...[0, 1, 2].map((axis) => (pieces[at + axis] as number) - (pieces[at + 3 + axis] as number)));
  }
  return sum;
};

describe("a section", () => {
  it("of a sphere is a circle of the radius that the height leaves", () => {
    const pieces = section(sphere(10, 200), [0, 6, 0], [0, 1, 0]);
    expect(lengthOf(pieces)).toBeCloseTo(2 * Math.PI * 8, 1);
    for (let at = 0; at < pieces.length; at += 3) {
      expect(pieces[at + 1]).toBeCloseTo(6, 4);
      expect(Math.hypot(pieces[at] as number, pieces[at + 2] as number)).toBeCloseTo(8, 1);
    }
  });

  it("through corners of the mesh tells every piece once", () => {
    const pieces = section(sphere(10, 64), [0, 0, 0], [0, 1, 0]);
    expect(lengthOf(pieces)).toBeCloseTo(2 * Math.PI * 10, 0);
    expect(pieces.length / 6).toBeLessThan(2 * 64 + 2);
  });

  it("answers in file coordinates however the points are stored", () => {
    const toFile = [0.5, 0, 0, 0, 0, 0.5, 0, 0, 0, 0, 0.5, 0, 7, 8, 9, 1];
    const pieces = section(sphere(20, 120, toFile), [7, 14, 9], [0, 1, 0]);
    expect(lengthOf(pieces)).toBeCloseTo(2 * Math.PI * 8, 1);
    expect(pieces[1]).toBeCloseTo(14, 4);
  });

  it("beside the surface is empty", () => {
    expect(section(sphere(10, 16), [0, 11, 0], [0, 1, 0])).toHaveLength(0);
  });
});

describe("the way along a surface", () => {
  it("goes over a ridge, not through it", () => {
    const found = surfacePath(roof(12), [1, 0, 2.4], [9, 0, 2.4], [0, 0, 1]);
    expect(found?.mm).toBeCloseTo(2 * Math.hypot(4, 9.6), 4);
  });

  it("takes the shorter of the two ways around a sphere", () => {
    const on = (around: number, up: number): Triple => [
      10 * Math.cos(up) * Math.cos(around),
      10 * Math.sin(up),
      10 * Math.cos(up) * Math.sin(around),
    ];
    const [from, to] = [on(0.3, 0.2), on(1.6, -0.4)];
    const apart = Math.acos((from[0] * to[0] + from[1] * to[1] + from[2] * to[2]) / 100);
    const normal: Triple = [from[0] + to[0], from[1] + to[1], from[2] + to[2]];
    expect(surfacePath(sphere(10, 200), from, to, normal)?.mm).toBeCloseTo(apart * 10, 1);
  });

  it("is none where the surface breaks off between the points", () => {
    const two = treeOf([0, -1, 0, 2, -1, 0, 0, 1, 0, 4, -1, 0, 6, -1, 0, 4, 1, 0], [0, 1, 2, 3, 4, 5]);
    expect(surfacePath(two, [0.3, 0, 0], [4.3, 0, 0], [0, 0, 1])).toBeNull();
  });
});

describe("measures", () => {
  it("the nearest point of a sphere lies on the way to its middle", () => {
    const found = sphere(10, 100).nearest([0, 15, 0]);
    expect(found.mm).toBeCloseTo(5, 3);
    expect(found.point[1]).toBeCloseTo(10, 3);
  });

  it("knows distances and angles", () => {
    expect(distance([0, 0, 0], [3, 4, 12])).toBe(13);
    const corner: Triple = [1, 1, 1];
    expect(angle([2, 1, 1], corner, [1, 5, 1])).toBeCloseTo(90, 9);
    expect(angle([2, 1, 1], corner, [3, 1, 1])).toBeCloseTo(0, 9);
    expect(angle([2, 1, 1], corner, [0, 1, 1])).toBeCloseTo(180, 9);
  });
});
