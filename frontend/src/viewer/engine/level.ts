// One level of detail ready for the graphics card, made from a GLB: the same code for the coarse look and the full one.
import { readGlb, type Decoder, type PointNumbers } from "./glb";
import { creasedNormals, smoothNormals } from "./normals";

/** Plain arrays, so that a worker can hand them over without a copy. */
export interface Level {
  triangles: number;
  points: PointNumbers;
  pointStride: number;
  colours: Uint8Array | null;
  normals: Int16Array;
  index: Uint32Array;
  /** The stream's vertex that each vertex is; null where they are the same. */
  source: Uint32Array | null;
  /** 16 numbers, column-major: stored points to file coordinates in mm. */
  toFile: number[];
  /** Lowest and highest corner in the patient's frame, mm. */
  box: { min: [number, number, number]; max: [number, number, number] };
}

/** Beyond this angle an edge of a design is meant as an edge. */
const CREASE_DEGREES = 40;

/** Decodes a level; `frame` is 9 numbers by rows, file to patient. */
export function readLevel(bytes: Uint8Array, decoder: Decoder, frame: readonly number[], isDesign: boolean): Level {
  const mesh = readGlb(bytes, decoder);
  const { toFile } = mesh;
  const inFile = placed(mesh.points, mesh.pointStride, mesh.vertices, toFile);
  const corners = isDesign ? creasedNormals(inFile, mesh.index, CREASE_DEGREES) : smoothNormals(inFile, mesh.index);
  return {
    triangles: mesh.index.length / 3,
    points: repeated(mesh.points, mesh.pointStride, corners.source),
    pointStride: mesh.pointStride,
    colours: mesh.colours && repeated(mesh.colours, 4, corners.source),
    normals: corners.normals,
    index: corners.index,
    source: corners.source,
    toFile,
    box: boxIn(frame, inFile),
  };
}

/** Where each vertex lies, in file coordinates. */
export function placesOf({ points, pointStride, toFile, normals }: Level): [number, number, number][] {
  const flat = placed(points, pointStride, normals.length / 2, toFile);
  return Array.from({ length: flat.length / 3 }, (_, at) => [...flat.subarray(at * 3, at * 3 + 3)] as [number, number, number]);
}

export const buffersOf = (level: Level): ArrayBufferLike[] => [
  level.points.buffer,
  level.normals.buffer,
  level.index.buffer,
  ...(level.colours ? [level.colours.buffer] : []),
  ...(level.source ? [level.source.buffer] : []),
];

/** Stored points as file coordinates, three a vertex. */
function placed(points: PointNumbers, stride: number, vertices: number, m: readonly number[]): Float32Array {
  const out = new Float32Array(vertices * 3);
  for (let vertex = 0; vertex < vertices; vertex++) {
    const x = points[vertex * stride] as number, y = points[vertex * stride + 1] as number, z = points[vertex * stride + 2] as number;
    for (let row = 0; row < 3; row++) {
      out[vertex * 3 + row] =
        (m[row] as number) * x + (m[4 + row] as number) * y + (m[8 + row] as number) * z + (m[12 + row] as number);
    }
  }
  return out;
}

function repeated<T extends PointNumbers | Uint8Array>(numbers: T, stride: number, source: Uint32Array | null): T {
  if (!source) return numbers;
  const out = new (numbers.constructor as new (length: number) => T)(source.length * stride);
  source.forEach((from, to) => out.set(numbers.subarray(from * stride, (from + 1) * stride), to * stride));
  return out;
}

function boxIn(frame: readonly number[], points: Float32Array): Level["box"] {
  const min: [number, number, number] = [Infinity, Infinity, Infinity];
  const max: [number, number, number] = [-Infinity, -Infinity, -Infinity];
  for (let at = 0; at < points.length; at += 3) {
    for (let row = 0; row < 3; row++) {
      const value =
        (frame[row * 3] as number) * (points[at] as number) +
        (frame[row * 3 + 1] as number) * (points[at + 1] as number) +
        (frame[row * 3 + 2] as number) * (points[at + 2] as number);
      if (value < (min[row] as number)) min[row] = value;
      if (value > (max[row] as number)) max[row] = value;
    }
  }
  return { min, max };
}
