// What a tool is, and what the viewer gives it.
import type { Vector3 } from "three";
import type { Spot } from "../../gestures";
import type { Words } from "../../words";
import type { Engine } from "../engine/engine";
import type { View } from "../engine/views";
import type { Manifest, Triple } from "../state/manifest";
import type { SceneState } from "../state/scene-state";
import type { GeometryWorker } from "../worker/client";
import type { Hit, Ray } from "../worker/messages";

export interface Viewer {
  readonly root: HTMLElement;
  readonly stage: HTMLElement;
  /** Fills the stage; what lies over the scan is placed in it, in CSS pixels. */
  readonly scene: HTMLElement;
  readonly engine: Engine;
  readonly state: SceneState;
  readonly manifest: Manifest;
  readonly words: Words;
  /** Measures on full levels; ask it only for scans that `ready` named. */
  readonly geometry: GeometryWorker;
  /** Those of the named scans whose full level is there, once all have come or failed. */
  ready(ids: readonly string[]): Promise<string[]>;
  see(view: View): void;
  reset(): void;
  /** The surface at a spot of the stage, on the full level: waits for it. */
  pick(spot: Spot): Promise<Hit | null>;
  /** For each ray (file coordinates) whether a scan stands in its way; null while that cannot be told. */
  blocked(rays: Ray[]): Promise<boolean[]> | null;
  /** Where a point of a record is seen, in the patient's frame: elsewhere than scanned only while the bite is open. */
  seen(record: string, point: Triple): Vector3;
  /** A press without a movement on the scan, for the last who asked. */
  onTap(listener: (spot: Spot) => void): () => void;
  tap(spot: Spot): void;
  /** A place for a tool's panel, below the stage; whoever takes it removes it. */
  panel(label: string): HTMLElement;
  /** Says it to those who listen instead of looking. */
  say(sentence: string): void;
}

/** A tool frees on `detach` whatever it made on `attach`. */
export interface Tool {
  readonly id: string;
  attach(viewer: Viewer): void;
  detach(): void;
}
