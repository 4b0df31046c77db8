// Where a plane meets a surface: one piece of line for each triangle it crosses.
import { Vector3, type Box3 } from "three";
import type { Triple } from "../state/manifest";
import type { Tree } from "./tree";

/** Called with the crossed triangle and the two points of its sides that lie in the plane, in stored coordinates. */
export type Crossed = (triangle: number, ends: [End, End]) => void;

export interface End {
  x: number;
  y: number;
  z: number;
  /** Which of the triangle's sides it lies on: from corner `side` to the next. */
  side: number;
}

interface Corner {
  x: number;
  y: number;
  z: number;
}

/** Pairs of points in file coordinates, six numbers a piece. */
export function section(tree: Tree, point: Triple, normal: Triple): Float32Array {
  const out: number[] = [];
  const m = tree.toFile.elements as unknown as number[];
  const write = ({ x, y, z }: Corner): void => {
    for (let row = 0; row < 3; row++) {
      out.push((m[row] as number) * x + (m[4 + row] as number) * y + (m[8 + row] as number) * z + (m[12 + row] as number));
    }
  };
  cross(tree, point, normal, (_, [from, to]) => {
    write(from);
    write(to);
  });
  return new Float32Array(out);
}

/** Tells every triangle that the plane crosses. A corner in the plane counts to its positive side, so none is told twice. */
export function cross(tree: Tree, point: Triple, normal: Triple, crossed: Crossed): void {
  // The stored grid differs from the file by one scale and a shift: a plane stays a plane.
  const { x: nx, y: ny, z: nz } = new Vector3(...normal).normalize();
  const { x: px, y: py, z: pz } = new Vector3(...point).applyMatrix4(tree.toStored);
  const away = (corner: Corner): number => (corner.x - px) * nx + (corner.y - py) * ny + (corner.z - pz) * nz;
  const meets = ({ min, max }: Box3): boolean => {
    const middle = ((min.x + max.x) / 2 - px) * nx + ((min.y + max.y) / 2 - py) * ny + ((min.z + max.z) / 2 - pz) * nz;
    const reach = ((max.x - min.x) * Math.abs(nx) + (max.y - min.y) * Math.abs(ny) + (max.z - min.z) * Math.abs(nz)) / 2;
    return Math.abs(middle) <= reach;
  };
  tree.bvh.shapecast({
    intersectsBounds: meets,
    intersectsTriangle({ a, b, c }, triangle) {
      const corners = [a, b, c] as const;
      const from = [away(a), away(b), away(c)] as const;
      const ends: End[] = [];
      for (let side = 0; side < 3; side++) {
        const next = (side + 1) % 3;
        const [here, there] = [from[side] as number, from[next] as number];
        if (here >= 0 === there >= 0) continue;
        const [one, other] = [corners[side] as Vector3, corners[next] as Vector3];
        const t = here / (here - there);
        ends.push({ x: one.x + (other.x - one.x) * t, y: one.y + (other.y - one.y) * t, z: one.z + (other.z - one.z) * t, side });
      }
      if (ends.length === 2) crossed(triangle, ends as [End, End]);
      return false;
    },
  });
}
