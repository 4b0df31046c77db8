// Finds surfaces along a ray: a bounding volume tree over the stored points, exact to their quantisation.
import { BufferAttribute, BufferGeometry, DoubleSide, InterleavedBuffer, InterleavedBufferAttribute, Matrix4, Ray as Line, Vector3 } from "three";
import { MeshBVH } from "three-mesh-bvh";
import type { Level } from "../engine/level";
import type { Triple } from "../state/manifest";
import type { Ray } from "./messages";

export interface Found {
  point: Triple;
  normal: Triple;
  vertex: number;
  /** In lengths of the ray's direction. */
  distance: number;
}

export class Tree {
  readonly bvh: MeshBVH;
  readonly toFile: Matrix4;
  readonly toStored: Matrix4;
  private readonly source: Uint32Array | null;

  constructor(level: Pick<Level, "points" | "pointStride" | "index" | "toFile" | "source">) {
    const geometry = new BufferGeometry();
    const points = new InterleavedBuffer(level.points, level.pointStride);
    geometry.setAttribute("position", new InterleavedBufferAttribute(points, 3, 0));
    geometry.setIndex(new BufferAttribute(level.index, 1));
    this.bvh = new MeshBVH(geometry, { setBoundingBox: false });
    this.toFile = new Matrix4().fromArray(level.toFile);
    this.source = level.source;
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
      vertex: this.vertex(hit.faceIndex, point),
      distance: point.clone().sub(origin).dot(direction) / direction.lengthSq(),
    };
  }

  nearest(point: Triple): { point: Triple; normal: Triple; vertex: number; mm: number } {
    const found = this.bvh.closestPointToPoint(new Vector3(...point).applyMatrix4(this.toStored));
    if (!found) throw new Error("a surface without triangles");
    const on = found.point.applyMatrix4(this.toFile);
    return { point: on.toArray(), normal: this.normal(found.faceIndex), vertex: this.vertex(found.faceIndex, on), mm: on.distanceTo(new Vector3(...point)) };
  }

  private normal(face: number): Triple {
    const [a, b, c] = this.corners(face).map(({ place }) => place) as [Vector3, Vector3, Vector3];
    return b.sub(a).cross(c.sub(a)).normalize().toArray();
  }

  /** The corner of a face that lies nearest to a point, as the stream numbers it. */
  private vertex(face: number, point: Vector3): number {
    const [nearest] = this.corners(face).sort((one, other) => one.place.distanceTo(point) - other.place.distanceTo(point));
    return this.source?.[nearest?.vertex ?? 0] ?? nearest?.vertex ?? 0;
  }

  private corners(face: number): { vertex: number; place: Vector3 }[] {
    const { index, attributes } = this.bvh.geometry;
    return [0, 1, 2].map((corner) => {
      const vertex = (index as BufferAttribute).getX(face * 3 + corner);
      const place = new Vector3().fromBufferAttribute(attributes["position"] as InterleavedBufferAttribute, vertex).applyMatrix4(this.toFile);
      return { vertex, place };
    });
  }
}
