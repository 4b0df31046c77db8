// What the server says of a case's scene: the JSON block `#manifest` of the page.
import type { Measurement } from "../tools/measure/measurement";

export type Triple = [number, number, number];
export type RecordKind = "scan" | "design" | "photograph" | "radiograph" | "document";
export type Jaw = "maxilla" | "mandible" | "unknown";
export type Permission = "view" | "comment" | "decide" | "download";

export interface SceneRecord {
  id: string;
  slot: string;
  label: string;
  kind: RecordKind;
  jaw: Jaw;
  version: number;
  state: string;
  sha256: string;
  has_colour: boolean;
  triangles: number;
  /** Id of the element that holds the coarse level in base64. */
  coarse: string | null;
  full: { url: string; bytes: number } | null;
  posters: Partial<Record<string, string>>;
  image: SceneImage | null;
  /** sRGB of a scan without colours of its own, `#rrggbb`. */
  swatch: string | null;
  visible: boolean;
}

/** Width and height of the whole picture; `url` may show it smaller. */
export interface SceneImage {
  url: string;
  width: number;
  height: number;
  bits?: number;
  /** Every grey of it, losslessly. */
  depth?: { url: string; bytes: number } | null;
  /** Between rows and between columns. */
  spacing_mm?: [number, number] | null;
  calibration?: "calibrated" | "estimated" | "detector" | "none";
  modality?: string;
}

/** A camera as it is kept with a pin: file coordinates in mm; `zoom` is 100 mm over what the shorter side shows. */
export interface SavedCamera {
  position: Triple;
  target: Triple;
  up: Triple;
  zoom: number;
}

export interface SurfacePin {
  record: string;
  version: number;
  point: Triple;
  normal: Triple;
  camera: SavedCamera;
  section?: SavedSection | null;
  /** Where it is on the version that is shown now, when that is a newer one. */
  found?: FoundPlace;
}

/** A plane that cuts what is shown, as it is kept with a pin or a quoted view. */
export interface SavedSection {
  point: Triple;
  normal: Triple;
  /** Whether what lies along the normal is taken off. */
  away?: boolean;
}

/** A pin or a tooth label on a newer version than it was set on. */
export interface FoundPlace {
  record: string;
  version: number;
  /** Missing where its surface is gone. */
  point?: Triple;
  normal?: Triple;
  moved_mm?: number;
  has_moved?: boolean;
  gone?: boolean;
}

export interface ImagePin {
  record: string;
  x: number;
  y: number;
  marks?: ImageMark[];
}

/** Drawn over a picture for a comment; points are shares of its width and height. */
export interface ImageMark {
  kind: "arrow" | "line" | "text" | "region";
  points: [number, number][];
  text?: string;
}

export interface Thread {
  id: string;
  number: number;
  state: "open" | "resolved";
  pin: SurfacePin | ImagePin | null;
}

/** One place where two jaws touch. */
export interface Spot {
  /** File coordinates, mm. */
  point: Triple;
  area_mm2: number;
  /** Negative where they overlap. */
  deepest_um: number;
  /** "left molar" …; null where no arch was found. */
  region: string | null;
  tooth_fdi?: number;
  /** The labelled tooth it lies on, in the reader's notation. */
  tooth?: string | null;
}

/** One surface measured against another by the server: a byte a vertex of its stream. */
export interface Comparison {
  id: string;
  kind: "contacts" | "deviation";
  record: string;
  against: string;
  against_version: number;
  state: string;
  url: string | null;
  /** A byte b says (b - zero) * step_um; 0 says nothing. */
  step_um: number;
  zero: number;
  cutoff_mm: number;
  spots: Spot[];
  summary: Record<string, unknown>;
  /** The other surface's full level, where one may see it. */
  against_full?: { url: string; bytes: number } | null;
}

export interface ToothLabel {
  tooth_fdi: number;
  record: string;
  /** File coordinates of the record, mm. */
  point: Triple;
  found?: FoundPlace;
}

export interface Manifest {
  version: 1;
  permissions: Permission[];
  /** Rows that turn file coordinates to the patient's: left, superior, anterior. */
  frame: [Triple, Triple, Triple];
  records: SceneRecord[];
  threads: Thread[];
  comparisons?: Comparison[];
  teeth?: ToothLabel[];
  /** Whether somebody turned the scene by hand. */
  is_oriented?: boolean;
  /** How the reader writes tooth numbers, and how everybody in the case does. */
  notation?: "fdi" | "universal" | "palmer";
  notations?: string[];
  /** The reader's own, seen by nobody else. */
  measurements?: Measurement[];
  /** Where changes go; null where the reader may not change it. */
  save?: { orientation: string | null; teeth: string | null; presence: string | null; measurements: string | null };
}

/** The page's manifest, or null where the page has none. */
export function readManifest(page: Document): Manifest | null {
  const block = page.getElementById("manifest")?.textContent;
  if (!block) return null;
  const manifest = JSON.parse(block) as Manifest;
  if (manifest.version !== 1) throw new Error(`manifest version ${String(manifest.version)} is not known`);
  return manifest;
}

export const isSurface = (record: SceneRecord): boolean => record.kind === "scan" || record.kind === "design";

export const isSurfacePin = (pin: Thread["pin"]): pin is SurfacePin => pin !== null && "point" in pin;

export const isImagePin = (pin: Thread["pin"]): pin is ImagePin => pin !== null && "x" in pin;
