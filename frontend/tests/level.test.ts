import { MeshoptDecoder } from "meshoptimizer/decoder";
import { MeshoptEncoder } from "meshoptimizer/encoder";
import { beforeAll, describe, expect, it } from "vitest";
import { readGlb } from "../src/viewer/engine/glb";
import { readLevel } from "../src/viewer/engine/level";
import { creasedNormals, folded, smoothNormals } from "../src/viewer/engine/normals";

// A cube of 10 mm from (5, -3, 2): eight points, twelve triangles, each corner with its own colour.
const CORNERS = [0, 1, 2, 3, 4, 5, 6, 7].map((corner) => [corner & 1, (corner >> 1) & 1, corner >> 2]);
const SIDES = [
  [0, 2, 3, 1],
  [4, 5, 7, 6],
  [0, 1, 5, 4],
  [2, 6, 7, 3],
  [0, 4, 6, 2],
  [1, 3, 7, 5],
] as const;
const INDEX = Uint32Array.from(SIDES.flatMap(([a, b, c, d]) => [a, b, c, a, c, d]));
const IDENTITY = [1, 0, 0, 0, 1, 0, 0, 0, 1];

function glb({ short = false, colours = true, cut = 0 } = {}): Uint8Array {
  const points = new Uint16Array(8 * 4);
  CORNERS.forEach((corner, number) => points.set(corner.map((value) => value * 65535), number * 4));
  const rgb = new Uint8Array(8 * 4);
  CORNERS.forEach((corner, number) => rgb.set(corner.map((value) => 55 + value * 200), number * 4));
  const index = short ? Uint16Array.from(INDEX) : INDEX;
  const blocks = [
    { mode: "ATTRIBUTES", count: 8, size: 8, data: new Uint8Array(points.buffer) },
    { mode: "ATTRIBUTES", count: 8, size: 4, data: rgb },
    { mode: "TRIANGLES", count: INDEX.length, size: short ? 2 : 4, data: new Uint8Array(index.buffer) },
  ].map((block) => ({ ...block, packed: MeshoptEncoder.encodeGltfBuffer(block.data, block.count, block.size, block.mode, 0) }));
  let at = 0;
  const bufferViews = blocks.map(({ packed, count, size, mode }) => {
    const view = {
      buffer: 1,
      byteLength: count * size,
      extensions: {
        EXT_meshopt_compression: { buffer: 0, byteOffset: at, byteLength: packed.length, byteStride: size, count, mode },
      },
    };
    at += Math.ceil(packed.length / 4) * 4;
    return view;
  });
  const binary = new Uint8Array(at);
  blocks.forEach(({ packed }, number) =>
    binary.set(packed, bufferViews[number]!.extensions.EXT_meshopt_compression.byteOffset),
  );
  const text = JSON.stringify({
    bufferViews,
    accessors: [
      { bufferView: 0, componentType: 5123, count: 8, type: "VEC3" },
      { bufferView: 1, componentType: 5121, normalized: true, count: 8, type: "VEC3" },
      { bufferView: 2, componentType: short ? 5123 : 5125, count: INDEX.length, type: "SCALAR" },
    ],
    meshes: [{ primitives: [{ attributes: { POSITION: 0, ...(colours ? { COLOR_0: 1 } : {}) }, indices: 2 }] }],
    nodes: [{ mesh: 0, translation: [5, -3, 2], scale: [10 / 65535, 10 / 65535, 10 / 65535] }],
  });
  const json = new TextEncoder().encode(text.padEnd(Math.ceil(text.length / 4) * 4));
  const out = new Uint8Array(28 + json.length + binary.length);
  const view = new DataView(out.buffer);
  [0x46546c67, 2, out.length, json.length, 0x4e4f534a].forEach((value, place) => view.setUint32(place * 4, value, true));
  out.set(json, 20);
  view.setUint32(20 + json.length, binary.length, true);
  view.setUint32(24 + json.length, 0x004e4942, true);
  out.set(binary, 28 + json.length);
  return out.subarray(0, out.length - cut);
}

beforeAll(async () => {
  await Promise.all([MeshoptDecoder.ready, MeshoptEncoder.ready]);
});

describe("a stream", () => {
  it.each([true, false])("comes back point for point (16-bit indexes: %s)", (short) => {
    const mesh = readGlb(glb({ short }), MeshoptDecoder);
    expect(mesh.vertices).toBe(8);
    expect(mesh.index).toBeInstanceOf(Uint32Array);
    expect(mesh.index.length).toBe(36);
    const cornersSeen = new Set<string>();
    for (const vertex of mesh.index) cornersSeen.add(String(Array.from(mesh.points.subarray(vertex * 4, vertex * 4 + 3))));
    expect(cornersSeen.size).toBe(8);
  });

  it("keeps each point's own colour", () => {
    const { colours } = readGlb(glb(), MeshoptDecoder);
    CORNERS.forEach((corner, number) =>
      expect(Array.from(colours!.subarray(number * 4, number * 4 + 3))).toEqual(corner.map((value) => 55 + value * 200)),
    );
  });

  it("without colours says so", () => {
    expect(readGlb(glb({ colours: false }), MeshoptDecoder).colours).toBeNull();
  });

  it("that is cut off or something else is refused", () => {
    expect(() => readGlb(glb({ cut: 40 }), MeshoptDecoder)).toThrow();
    expect(() => readGlb(new Uint8Array(64), MeshoptDecoder)).toThrow("not a GLB");
  });

  it("is measured in the patient's frame", () => {
    const turned = [0, -1, 0, 0, 0, 1, -1, 0, 0];
    const { box, triangles } = readLevel(glb(), MeshoptDecoder, turned, false);
    expect(triangles).toBe(12);
    [-7, 2, -15].forEach((value, axis) => expect(box.min[axis]).toBeCloseTo(value, 5));
    [3, 12, -5].forEach((value, axis) => expect(box.max[axis]).toBeCloseTo(value, 5));
  });

  it("of a design keeps the edges of a cube, of a scan rounds them", () => {
    const design = readLevel(glb(), MeshoptDecoder, IDENTITY, true);
    const scan = readLevel(glb(), MeshoptDecoder, IDENTITY, false);
    expect(design.normals.length / 2).toBe(24);
    expect(design.points.length / design.pointStride).toBe(24);
    expect(design.colours!.length / 4).toBe(24);
    expect(scan.normals.length / 2).toBe(8);
  });
});

/** The shader's way back. */
function unfolded(pair: ArrayLike<number>, vertex: number): [number, number, number] {
  let [x, y] = [pair[vertex * 2]! / 32767, pair[vertex * 2 + 1]! / 32767];
  const z = 1 - Math.abs(x) - Math.abs(y);
  const under = Math.max(-z, 0);
  x -= x >= 0 ? under : -under;
  y -= y >= 0 ? under : -under;
  const length = Math.hypot(x, y, z);
  return [x / length, y / length, z / length];
}

describe("normals", () => {
  it("survive being folded to four bytes, in every direction", () => {
    const directions: number[] = [];
    for (let step = 0; step < 500; step++) {
      const [a, b] = [step * 2.399963, Math.acos(1 - (2 * (step + 0.5)) / 500)];
      directions.push(Math.cos(a) * Math.sin(b), Math.sin(a) * Math.sin(b), Math.cos(b));
    }
    const pairs = folded(Float32Array.from(directions));
    for (let step = 0; step < 500; step++) {
      const cosine = unfolded(pairs, step).reduce((sum, value, axis) => sum + value * directions[step * 3 + axis]!, 0);
      expect(Math.acos(Math.min(1, cosine))).toBeLessThan(2e-4);
    }
  });

  const cube = Float32Array.from(CORNERS.flat());

  it("of a scan weigh faces by their area", () => {
    const { normals } = smoothNormals(cube, INDEX);
    CORNERS.forEach((corner, number) =>
      unfolded(normals, number).forEach((value, axis) => expect(Math.sign(value)).toBe(corner[axis] ? 1 : -1)),
    );
  });

  it("of a design are those of its flat sides", () => {
    const { normals, index } = creasedNormals(cube, INDEX, 40);
    for (let corner = 0; corner < index.length; corner++) {
      const side = Math.trunc(corner / 6);
      const expected = [[0, 0, -1], [0, 0, 1], [0, -1, 0], [0, 1, 0], [-1, 0, 0], [1, 0, 0]][side]!;
      unfolded(normals, index[corner]!).forEach((value, axis) => expect(value).toBeCloseTo(expected[axis]!, 4));
    }
  });

  it("of a gently bent surface are shared even in a design", () => {
    const points = Float32Array.from([0, 0, 0, 1, 0, 0, 0, 1, 0, 1, 1, 0.2]);
    const { normals } = creasedNormals(points, Uint32Array.from([0, 1, 2, 1, 3, 2]), 40);
    expect(normals.length / 2).toBe(4);
  });
});
