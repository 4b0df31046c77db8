// Reads the one mesh of a GLB as the platform writes it: quantised points, perhaps colours, meshopt-compressed.
// Without three.js: the worker loads this first and should be small.

export interface Decoder {
  ready: Promise<void>;
  decodeGltfBuffer(target: Uint8Array, count: number, size: number, source: Uint8Array, mode: string, filter?: string): void;
}

export type PointNumbers = Uint16Array | Int16Array | Float32Array;

/** A mesh as it is stored: `points` has `pointStride` numbers a vertex, `colours` four bytes a vertex. */
export interface StoredMesh {
  vertices: number;
  points: PointNumbers;
  pointStride: number;
  colours: Uint8Array | null;
  index: Uint32Array;
  /** Turns stored points to file coordinates in mm, column-major. */
  toFile: number[];
}

interface Accessor {
  bufferView: number;
  byteOffset?: number;
  componentType: number;
  count: number;
  type: string;
  normalized?: boolean;
}

interface Block {
  buffer: number;
  byteOffset?: number;
  byteLength: number;
  byteStride?: number;
  count?: number;
  mode?: string;
  filter?: string;
}

interface Gltf {
  accessors: Accessor[];
  bufferViews: (Block & { extensions?: { EXT_meshopt_compression?: Block } })[];
  meshes: { primitives: { attributes: Partial<Record<string, number>>; indices: number }[] }[];
  nodes: { mesh?: number; matrix?: number[]; scale?: number[]; rotation?: number[]; translation?: number[] }[];
}

const MAGIC = 0x46546c67;
const JSON_CHUNK = 0x4e4f534a;
const BINARY_CHUNK = 0x004e4942;
const [BYTE_UNSIGNED, SHORT, SHORT_UNSIGNED, INT_UNSIGNED, FLOAT] = [5121, 5122, 5123, 5125, 5126];

/** Reads and decompresses; throws where the bytes are not such a GLB. Nothing returned shares memory with `bytes`. */
export function readGlb(bytes: Uint8Array, decoder: Decoder): StoredMesh {
  const { gltf, binary } = chunks(bytes);
  const node = gltf.nodes.find((candidate) => candidate.mesh !== undefined);
  const primitive = gltf.meshes[node?.mesh ?? -1]?.primitives[0];
  if (!node || !primitive) throw new Error("GLB without a mesh");

  const take = (number: number | undefined): { accessor: Accessor; data: Uint8Array; stride: number } => {
    const accessor = gltf.accessors[number ?? -1];
    const view = gltf.bufferViews[accessor?.bufferView ?? -1];
    if (!accessor || !view) throw new Error("GLB names data it does not hold");
    const packed = view.extensions?.EXT_meshopt_compression;
    const start = accessor.byteOffset ?? 0;
    if (!packed) {
      const from = (view.byteOffset ?? 0) + start;
      const data = slice(binary, from, view.byteLength - start);
      return { accessor, data, stride: view.byteStride ?? 0 };
    }
    const [count, stride] = [packed.count ?? 0, packed.byteStride ?? 0];
    const data = new Uint8Array(count * stride);
    const source = slice(binary, packed.byteOffset ?? 0, packed.byteLength);
    decoder.decodeGltfBuffer(data, count, stride, source, packed.mode ?? "", packed.filter);
    return { accessor, data: start ? data.slice(start) : data, stride };
  };

  const points = take(primitive.attributes["POSITION"]);
  const { numbers, stride, unit } = pointNumbers(points.accessor, points.data, points.stride);
  const colours = primitive.attributes["COLOR_0"];
  return {
    vertices: points.accessor.count,
    points: numbers,
    pointStride: stride,
    colours: colours === undefined ? null : fourBytes(take(colours)),
    index: indexes(take(primitive.indices)),
    toFile: placement(node).map((value, place) => (place < 12 ? value * unit : value)),
  };
}

function chunks(bytes: Uint8Array): { gltf: Gltf; binary: Uint8Array } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 20 || view.getUint32(0, true) !== MAGIC || view.getUint32(4, true) !== 2) throw new Error("not a GLB");
  let gltf: Gltf | null = null;
  let binary = new Uint8Array(0);
  for (let at = 12; at + 8 <= bytes.length; ) {
    const length = view.getUint32(at, true);
    const kind = view.getUint32(at + 4, true);
    const body = slice(bytes, at + 8, length);
    if (kind === JSON_CHUNK) gltf = JSON.parse(new TextDecoder().decode(body)) as Gltf;
    if (kind === BINARY_CHUNK) binary = body;
    at += 8 + length;
  }
  if (!gltf) throw new Error("GLB without its JSON");
  return { gltf, binary };
}

function slice(bytes: Uint8Array, from: number, length: number): Uint8Array<ArrayBuffer> {
  if (from + length > bytes.length) throw new Error("GLB is cut off");
  return new Uint8Array(bytes.buffer as ArrayBuffer, bytes.byteOffset + from, length);
}

function pointNumbers(accessor: Accessor, data: Uint8Array, byteStride: number) {
  const whole = data.byteOffset % 4 === 0 ? data : data.slice();
  const place: [ArrayBuffer, number] = [whole.buffer as ArrayBuffer, whole.byteOffset];
  const unit = (largest: number): number => (accessor.normalized ? 1 / largest : 1);
  switch (accessor.componentType) {
    case SHORT_UNSIGNED:
      return { numbers: new Uint16Array(...place, whole.length >> 1).slice(), stride: byteStride / 2 || 3, unit: unit(65535) };
    case SHORT:
      return { numbers: new Int16Array(...place, whole.length >> 1).slice(), stride: byteStride / 2 || 3, unit: unit(32767) };
    case FLOAT:
      return { numbers: new Float32Array(...place, whole.length >> 2).slice(), stride: byteStride / 4 || 3, unit: 1 };
    default:
      throw new Error(`GLB points of type ${accessor.componentType} are not known`);
  }
}

function fourBytes({ accessor, data, stride }: { accessor: Accessor; data: Uint8Array; stride: number }): Uint8Array {
  if (accessor.componentType !== BYTE_UNSIGNED) throw new Error("GLB colours are not bytes");
  const step = stride || (accessor.type === "VEC4" ? 4 : 3);
  if (step === 4) return data.slice(0, accessor.count * 4);
  const four = new Uint8Array(accessor.count * 4);
  for (let vertex = 0; vertex < accessor.count; vertex++) four.set(data.subarray(vertex * step, vertex * step + 3), vertex * 4);
  return four;
}

function indexes({ accessor, data }: { accessor: Accessor; data: Uint8Array }): Uint32Array {
  const whole = data.slice().buffer;
  if (accessor.componentType === INT_UNSIGNED) return new Uint32Array(whole, 0, accessor.count);
  if (accessor.componentType === SHORT_UNSIGNED) return Uint32Array.from(new Uint16Array(whole, 0, accessor.count));
  throw new Error("GLB indexes are neither 16 nor 32 bits");
}

/** The node's matrix, column-major. */
function placement(node: Gltf["nodes"][number]): number[] {
  if (node.matrix) return node.matrix;
  const [x = 0, y = 0, z = 0] = node.translation ?? [];
  const [sx = 1, sy = 1, sz = 1] = node.scale ?? [];
  if (node.rotation?.some((value, place) => value !== (place === 3 ? 1 : 0))) throw new Error("GLB with a turned mesh");
  return [sx, 0, 0, 0, 0, sy, 0, 0, 0, 0, sz, 0, x, y, z, 1];
}
