// One scan on the graphics card: its levels of detail, its look, and the arrays let go once they are uploaded.
import { Box3, BufferAttribute, BufferGeometry, Group, InterleavedBuffer, InterleavedBufferAttribute, Matrix4, Mesh, Sphere, Vector3 } from "three";
import type { Level } from "./level";
import { scanMaterials, type Look, type Shared } from "./scan-material";

export type Detail = "coarse" | "full";

interface Part {
  group: Group;
  geometry: BufferGeometry;
  triangles: number;
  hasColours: boolean;
}

/** What was measured at each corner of the full level. */
export interface Heat {
  /** Two bytes a vertex of the stream: the place in the palette, and 255 where anything was measured there. */
  values: Uint8Array;
  /** 256 RGBA colours, sRGB. */
  palette: Uint8Array<ArrayBuffer>;
}

export class Scan {
  readonly group = new Group();
  /** In the patient's frame. */
  readonly box = new Box3();
  look: Look = { visible: true, opacity: 1, coloured: false, plain: "#dfd4c0" };
  private readonly parts = new Map<Detail, Part>();
  private readonly materials;

  private heat: Heat | null = null;
  private source: Uint32Array | null = null;
  /** The full level's vertex that each one of the coarse level is alike; null until somebody asked. */
  private alike: Uint32Array | null = null;

  constructor(shared: Shared) {
    this.group.matrixAutoUpdate = false;
    this.materials = scanMaterials(shared);
    this.materials.apply(this.look);
  }

  get best(): Detail | null {
    return this.parts.has("full") ? "full" : this.parts.has("coarse") ? "coarse" : null;
  }

  /** Of the best level there is. */
  get triangles(): number {
    return (this.best && this.parts.get(this.best)?.triangles) ?? 0;
  }

  put(detail: Detail, level: Level): void {
    this.drop(detail);
    const geometry = geometryOf(level);
    const group = new Group();
    const depth = new Mesh(geometry, this.materials.depth);
    const surface = new Mesh(geometry, this.materials.surface);
    const placement = new Matrix4().fromArray(level.toFile);
    for (const mesh of [depth, surface]) {
      mesh.matrixAutoUpdate = false;
      mesh.matrix.copy(placement);
      mesh.frustumCulled = false;
      group.add(mesh);
    }
    if (detail === "full") this.source = level.source;
    this.parts.set(detail, { group, geometry, triangles: level.triangles, hasColours: level.colours !== null });
    this.group.add(group);
    this.box.set(new Vector3(...level.box.min), new Vector3(...level.box.max));
    this.warm();
  }

  /** Colours it by what was measured on the full level; null gives it back its own colours. */
  setHeat(heat: Heat | null): void {
    this.heat = heat;
    this.materials.setPalette(heat?.palette ?? null);
    this.warm();
  }

  get hasAlike(): boolean {
    return this.alike !== null;
  }

  /** With it the coarse level has the colours too, while a slow machine draws it. */
  setAlike(alike: Uint32Array): void {
    this.alike = alike;
    this.warm();
  }

  isPlaced = false;

  /** Where it is seen, in the patient's frame. */
  seenBox(frame: Matrix4): Box3 {
    if (!this.isPlaced) return this.box;
    const moved = frame.clone().multiply(this.group.matrix).multiply(frame.clone().transpose());
    return this.box.clone().applyMatrix4(moved);
  }

  /** Moves it in file coordinates, for the eye alone; null: as scanned. */
  place(placement: Matrix4 | null): void {
    this.isPlaced = placement !== null;
    this.group.matrix.copy(placement ?? AS_SCANNED);
    this.group.matrixWorldNeedsUpdate = true;
  }

  private warm(): void {
    const { heat, alike } = this;
    const pairs: Record<Detail, Uint8Array | null> = {
      full: heat && spread(heat.values, this.source),
      coarse: heat && alike && spread(heat.values, alike),
    };
    for (const [detail, { geometry }] of this.parts) {
      geometry.deleteAttribute("heat");
      const values = pairs[detail];
      if (values) geometry.setAttribute("heat", new BufferAttribute(values, 2, true));
    }
  }

  setLook(look: Look): void {
    this.look = look;
  }

  /** Chooses what the next frame draws and answers it. */
  prepare(wanted: Detail): Detail | null {
    const detail = this.parts.has(wanted) ? wanted : this.best;
    const part = detail && this.parts.get(detail);
    this.group.visible = Boolean(part) && this.look.visible && this.look.opacity > 0;
    if (!part || !detail || !this.group.visible) return null;
    this.materials.apply({ ...this.look, coloured: this.look.coloured && part.hasColours });
    for (const other of this.parts.values()) other.group.visible = other === part;
    const [depth] = part.group.children;
    if (depth) depth.visible = this.look.opacity < 1;
    return detail;
  }

  /** Place in the order of drawing, farthest first; it matters for what one sees through. */
  rank(place: number): void {
    for (const { group } of this.parts.values()) group.children.forEach((mesh, pass) => (mesh.renderOrder = 2 * place + pass));
  }

  drop(detail: Detail): void {
    const part = this.parts.get(detail);
    if (!part) return;
    this.group.remove(part.group);
    part.geometry.dispose();
    this.parts.delete(detail);
  }

  dispose(): void {
    this.drop("coarse");
    this.drop("full");
    this.materials.dispose();
  }
}

function geometryOf(level: Level): BufferGeometry {
  const geometry = new BufferGeometry();
  const points = new InterleavedBuffer(level.points, level.pointStride);
  const folded = new BufferAttribute(level.normals, 2, true);
  const colours = new BufferAttribute(level.colours ?? new Uint8Array(0), 4, true);
  const index = new BufferAttribute(level.index, 1);
  geometry.setAttribute("position", new InterleavedBufferAttribute(points, 3, 0));
  geometry.setAttribute("folded", folded);
  if (level.colours) geometry.setAttribute("colour", colours);
  geometry.setIndex(index);
  // What is on the card need not be in memory too: after a context loss it is made again from the compressed bytes.
  for (const buffer of [points, folded, colours, index]) buffer.onUpload(letGo);
  // Nothing is culled and `rank` orders the drawing: a sphere only has to be there, or it would be sought in the arrays.
  geometry.boundingSphere = new Sphere();
  return geometry;
}

const AS_SCANNED = new Matrix4();

/** Two bytes a vertex of the stream, as two bytes a vertex that is drawn: an edge of a design is there twice, of a coarse level a part. */
function spread(values: Uint8Array, source: Uint32Array | null): Uint8Array {
  if (!source) return values;
  const out = new Uint8Array(source.length * 2);
  source.forEach((from, to) => out.set(values.subarray(from * 2, from * 2 + 2), to * 2));
  return out;
}

function letGo(this: BufferAttribute | InterleavedBuffer): void {
  this.array = new Uint8Array(0);
}
