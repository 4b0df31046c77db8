// The way along a surface between two of its points, as a flexible ruler held over both would lie.
import { Vector3, type BufferAttribute, type InterleavedBufferAttribute } from "three";
import type { Triple } from "../state/manifest";
import { cross, type End } from "./section";
import type { Tree } from "./tree";

interface Piece {
  keys: [string, string];
  ends: [Vector3, Vector3];
}

/** In file coordinates; null where the surface breaks off between the points. `normal`: of the surface about there. */
export function surfacePath(tree: Tree, from: Triple, to: Triple, normal: Triple): { points: Triple[]; mm: number } | null {
  const [start, end] = [new Vector3(...from), new Vector3(...to)];
  const across = end.clone().sub(start).cross(new Vector3(...normal));
  if (across.lengthSq() < 1e-12) return null;
  const pieces = piecesOf(tree, from, across.toArray());
  const [first, last] = [nearestPiece(pieces, start), nearestPiece(pieces, end)];
  if (!first || !last) return null;
  if (first === last) return { points: [from, to], mm: start.distanceTo(end) };
  const ways = [walk(pieces, first, last, 0), walk(pieces, first, last, 1)].flatMap((middle) => {
    if (!middle) return [];
    const points = [start, ...middle, end];
    return [{ points: points.map((point) => point.toArray()), mm: lengthOf(points) }];
  });
  return ways.sort((one, other) => one.mm - other.mm)[0] ?? null;
}

function piecesOf(tree: Tree, point: Triple, normal: Triple): Piece[] {
  const pieces: Piece[] = [];
  const index = tree.bvh.geometry.index as BufferAttribute;
  const stored = tree.bvh.geometry.attributes["position"] as InterleavedBufferAttribute;
  // By place, not by number: an edge of a design has its vertices twice.
  const corner = (triangle: number, place: number): string => {
    const vertex = index.getX(triangle * 3 + (place % 3));
    return `${stored.getX(vertex)},${stored.getY(vertex)},${stored.getZ(vertex)}`;
  };
  const keyOf = (triangle: number, { side }: End): string => [corner(triangle, side), corner(triangle, side + 1)].sort().join(";");
  const inFile = ({ x, y, z }: End): Vector3 => new Vector3(x, y, z).applyMatrix4(tree.toFile);
  cross(tree, point, normal, (triangle, [one, other]) => {
    pieces.push({ keys: [keyOf(triangle, one), keyOf(triangle, other)], ends: [inFile(one), inFile(other)] });
  });
  return pieces;
}

/** From `first` out of its end number `out` to `last`; null where the line ends before. */
function walk(pieces: readonly Piece[], first: Piece, last: Piece, out: 0 | 1): Vector3[] | null {
  const at = joints(pieces);
  const points = [first.ends[out]];
  let [key, before] = [first.keys[out], first];
  for (let step = 0; step < pieces.length; step++) {
    const next = at.get(key)?.find((piece) => piece !== before);
    if (!next || next === first) return null;
    if (next === last) return points;
    const far = next.keys[0] === key ? 1 : 0;
    points.push(next.ends[far]);
    [key, before] = [next.keys[far], next];
  }
  return null;
}

function joints(pieces: readonly Piece[]): Map<string, Piece[]> {
  const at = new Map<string, Piece[]>();
  for (const piece of pieces) for (const key of piece.keys) at.set(key, [...(at.get(key) ?? []), piece]);
  return at;
}

function nearestPiece(pieces: readonly Piece[], point: Vector3): Piece | null {
  let [best, nearest]: [Piece | null, number] = [null, Infinity];
  for (const piece of pieces) {
    const [one, other] = piece.ends;
    const along = other.clone().sub(one);
    const t = Math.min(1, Math.max(0, point.clone().sub(one).dot(along) / (along.lengthSq() || 1)));
    const distance = one.clone().addScaledVector(along, t).distanceToSquared(point);
    if (distance < nearest) [best, nearest] = [piece, distance];
  }
  return best;
}

const lengthOf = (points: readonly Vector3[]): number =>
  points.slice(1).reduce((sum, point, place) => sum + point.distanceTo(points[place] as Vector3), 0);
