// What the page and its worker say to each other.
import type { Level } from "../engine/level";
import type { Triple } from "../state/manifest";

/** A ray in file coordinates; `direction` need not be of length one. */
export interface Ray {
  origin: Triple;
  direction: Triple;
}

/** A scan as it stands in the scene: what turns a seen point to its file coordinates, column-major; null as scanned. */
export interface Standing {
  record: string;
  toOwn: number[] | null;
}

export interface Hit {
  record: string;
  /** File coordinates, mm. */
  point: Triple;
  normal: Triple;
  /** The vertex of the stream that lies nearest. */
  vertex: number;
}

export interface Requests {
  /** Takes the compressed bytes over, keeps them, and answers the level. */
  open: { ask: { record: string; bytes: ArrayBuffer; frame: number[]; isDesign: boolean; lean: boolean }; answer: Level };
  /** The level again, after the graphics card lost it. */
  reopen: { ask: { record: string }; answer: Level };
  /** Nearest surface of the named records along the ray; the hit is in that record's file coordinates. */
  pick: { ask: { records: Standing[]; ray: Ray }; answer: Hit | null };
  /** For each ray whether a surface stands in its way. */
  blocked: { ask: { records: Standing[]; rays: Ray[] }; answer: boolean[] };
  /** Where a plane meets each record: pairs of points, six numbers a piece. */
  section: { ask: { records: string[]; point: Triple; normal: Triple }; answer: Float32Array[] };
  /** The way along one surface between two of its points, in the plane of both and the normal; null where it breaks off. */
  path: { ask: { record: string; from: Triple; to: Triple; normal: Triple }; answer: { points: Triple[]; mm: number } | null };
  /** From a point of a surface straight through its material to the other side. */
  thickness: { ask: { record: string; point: Triple; normal: Triple }; answer: { point: Triple; mm: number } | null };
  /** Forgets a scan. */
  close: { ask: { record: string }; answer: null };
  /** For each vertex of a coarse level as it is drawn, the vertex of the full level's stream that lies nearest. */
  alike: { ask: { record: string; coarse: ArrayBuffer }; answer: Uint32Array };
  /** The nearest surface of the named records to a point. */
  nearest: { ask: { records: string[]; point: Triple }; answer: (Hit & { mm: number }) | null };
}

export type Kind = keyof Requests;
export type Request = { [K in Kind]: { number: number; kind: K; ask: Requests[K]["ask"] } }[Kind];
export type Answer = { number: number; answer: Requests[Kind]["answer"] } | { number: number; failure: string };
