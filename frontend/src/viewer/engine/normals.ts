// Normals of a mesh that was stored without them: area-weighted, with creases kept where a design has them.

export interface Corners {
  /** Two 16-bit numbers a vertex: the normal folded on an octahedron. */
  normals: Int16Array;
  index: Uint32Array;
  /** For each vertex the stored one it came from; null where none was doubled. */
  source: Uint32Array | null;
}

/** Area-weighted normals, one a vertex. `points` are mm, three a vertex. */
export function smoothNormals(points: Float32Array, index: Uint32Array): Corners {
  const faces = faceVectors(points, index);
  const sums = new Float32Array(points.length);
  for (let corner = 0; corner < index.length; corner++) {
    const face = Math.trunc(corner / 3) * 3;
    const vertex = (index[corner] as number) * 3;
    for (let axis = 0; axis < 3; axis++) sums[vertex + axis] = (sums[vertex + axis] as number) + (faces[face + axis] as number);
  }
  return { normals: folded(sums), index, source: null };
}

/**
 * Area-weighted normals that do not run over an edge sharper than `degrees`: such a vertex is doubled,
 * so that a margin stays a line.
 */
export function creasedNormals(points: Float32Array, index: Uint32Array, degrees: number): Corners {
  const faces = faceVectors(points, index);
  const lengths = new Float32Array(faces.length / 3);
  for (let face = 0; face < lengths.length; face++) {
    lengths[face] = Math.hypot(faces[face * 3] as number, faces[face * 3 + 1] as number, faces[face * 3 + 2] as number);
  }
  const { first, corners } = cornersByVertex(index, points.length / 3);
  const limit = Math.cos((degrees * Math.PI) / 180);
  const creased = new Uint32Array(index.length);
  const source: number[] = [];
  const sums: number[] = [];

  for (let vertex = 0; vertex + 1 < first.length; vertex++) {
    const made = source.length;
    for (let mine = first[vertex] as number; mine < (first[vertex + 1] as number); mine++) {
      const corner = corners[mine] as number;
      const face = Math.trunc(corner / 3);
      const sum: [number, number, number] = [0, 0, 0];
      for (let other = first[vertex] as number; other < (first[vertex + 1] as number); other++) {
        const beside = Math.trunc((corners[other] as number) / 3);
        const cosine = dot(faces, face, beside) / ((lengths[face] as number) * (lengths[beside] as number));
        // A face without area says nothing of its direction: it never splits.
        if (cosine < limit) continue;
        for (let axis = 0; axis < 3; axis++) sum[axis] = (sum[axis] as number) + (faces[beside * 3 + axis] as number);
      }
      let found = made;
      while (found < source.length && !sameAt(sums, found, sum)) found++;
      if (found === source.length) {
        source.push(vertex);
        sums.push(...sum);
      }
      creased[corner] = found;
    }
  }
  return { normals: folded(Float32Array.from(sums)), index: creased, source: Uint32Array.from(source) };
}

/** Twice the area along the normal, three numbers a face. */
function faceVectors(points: Float32Array, index: Uint32Array): Float32Array {
  const faces = new Float32Array(index.length);
  for (let at = 0; at < index.length; at += 3) {
    const a = (index[at] as number) * 3;
    const b = (index[at + 1] as number) * 3;
    const c = (index[at + 2] as number) * 3;
    const ax = points[a] as number, ay = points[a + 1] as number, az = points[a + 2] as number;
    const ux = (points[b] as number) - ax, uy = (points[b + 1] as number) - ay, uz = (points[b + 2] as number) - az;
    const vx = (points[c] as number) - ax, vy = (points[c + 1] as number) - ay, vz = (points[c + 2] as number) - az;
    faces[at] = uy * vz - uz * vy;
    faces[at + 1] = uz * vx - ux * vz;
    faces[at + 2] = ux * vy - uy * vx;
  }
  return faces;
}

function cornersByVertex(index: Uint32Array, vertices: number): { first: Uint32Array; corners: Uint32Array } {
  const first = new Uint32Array(vertices + 1);
  for (const vertex of index) first[vertex + 1] = (first[vertex + 1] as number) + 1;
  for (let vertex = 0; vertex < vertices; vertex++) first[vertex + 1] = (first[vertex + 1] as number) + (first[vertex] as number);
  const next = first.slice();
  const corners = new Uint32Array(index.length);
  for (let corner = 0; corner < index.length; corner++) {
    const vertex = index[corner] as number;
    const place = next[vertex] as number;
    corners[place] = corner;
    next[vertex] = place + 1;
  }
  return { first, corners };
}

function dot(faces: Float32Array, one: number, other: number): number {
  const [a, b] = [one * 3, other * 3];
  return (
    (faces[a] as number) * (faces[b] as number) +
    (faces[a + 1] as number) * (faces[b + 1] as number) +
    (faces[a + 2] as number) * (faces[b + 2] as number)
  );
}

function sameAt(sums: number[], place: number, sum: readonly number[]): boolean {
  return sums[place * 3] === sum[0] && sums[place * 3 + 1] === sum[1] && sums[place * 3 + 2] === sum[2];
}

/** Directions folded on an octahedron: the shader's `unfolded` is the way back. */
export function folded(vectors: Float32Array): Int16Array {
  const normals = new Int16Array((vectors.length / 3) * 2);
  for (let vertex = 0; vertex < normals.length / 2; vertex++) {
    const x = vectors[vertex * 3] as number, y = vectors[vertex * 3 + 1] as number, z = vectors[vertex * 3 + 2] as number;
    const sum = Math.abs(x) + Math.abs(y) + Math.abs(z);
    if (!(sum > 0)) continue;
    let u = x / sum, v = y / sum;
    if (z < 0) [u, v] = [(1 - Math.abs(v)) * Math.sign(u || 1), (1 - Math.abs(u)) * Math.sign(v || 1)];
    normals[vertex * 2] = Math.round(u * 32767);
    normals[vertex * 2 + 1] = Math.round(v * 32767);
  }
  return normals;
}
