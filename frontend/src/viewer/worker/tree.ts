// Finds surfaces along a ray: a bounding volume tree over the stored points, exact to their quantisation.
import { BufferAttribute, BufferGeometry, DoubleSide, InterleavedBuffer, InterleavedBufferAttribute, Matrix4, Ray as Line, Vector3 } from "three";
import { MeshBVH } from "three-mesh-bvh";
import type { Level } from "../engine/level";
import type { Triple } from "../state/manifest";
import type { Ray } from "./messages";

export interface Found {
  point: Triple;
  normal: Triple;
  /** In lengths of the ray's direction. */
  distance: number;
}

export class Tree {
  readonly bvh: MeshBVH;
  readonly toFile: Matrix4;
  readonly toStored: Matrix4;

  constructor(level: Pick<Level, "points" | "pointStride" | "index" | "toFile">) {
    const geometry = new BufferGeometry();
    const points = new InterleavedBuffer(level.points, level.pointStride);
    geometry.setAttribute("position", new InterleavedBufferAttribute(points, 3, 0));
    geometry.setIndex(new BufferAttribute(level.index, 1));
    this.bvh = new MeshBVH(geometry, { setBoundingBox: false });
    this.toFile = new Matrix4().fromArray(level.toFile);
    this.toStored = this.toFile.clone().invert();
  }

  /** The first surface along the ray, either side of it. */
  first(ray: Ray, beyond = 0): Found | null {
    const origin = new Vector3(...ray.origin);
    const direction = new Vector3(...ray.direction);
    const line = new Line(
      origin.clone().addScaledVector(direction, beyond).applyMatrix4(this.toStored),
      origin.clone().addScaledVector(direction, beyond + 1).applyMatrix4(this.toStored),
    );
    line.direction.sub(line.origin).normalize();
    const hit = this.bvh.raycastFirst(line, DoubleSide);
    if (!hit || hit.faceIndex == null) return null;
    const point = hit.point.applyMatrix4(this.toFile);
    return {
      point: point.toArray(),
      normal: this.normal(hit.faceIndex),
      distance: point.clone().sub(origin).dot(direction) / direction.lengthSq(),
    };
  }

  nearest(point: Triple): { point: Triple; normal: Triple; mm: number } {
    const found = this.bvh.closestPointToPoint(new Vector3(...point).applyMatrix4(this.toStored));
    if (!found) throw new Error("a surface without triangles");
    const on = found.point.applyMatrix4(this.toFile);
    return { point: on.toArray(), normal: this.normal(found.faceIndex), mm: on.distanceTo(new Vector3(...point)) };
  }

  private normal(face: number): Triple {
    const { index, attributes } = this.bvh.geometry;
    const [a, b, c] = [0, 1, 2].map((corner) =>
      new Vector3()
        .fromBufferAttribute(attributes["position"] as InterleavedBufferAttribute, (index as BufferAttribute).getX(face * 3 + corner))
        .applyMatrix4(this.toFile),
    ) as [Vector3, Vector3, Vector3];
    return b.sub(a).cross(c.sub(a)).normalize().toArray();
  }
}
