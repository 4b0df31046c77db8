// What the reader chose to see: scans shown, their opacity, colours, the grey of the stage. It draws nothing.
import type { View } from "../engine/views";
import type { Plane } from "../engine/engine";
import type { Look } from "../engine/scan-material";
import { isSurface, type Jaw, type Manifest, type SceneRecord } from "./manifest";

export type Colouring = "scanned" | "stone";
export type Grey = "light" | "middle" | "dark";

export interface ScanState {
  readonly record: SceneRecord;
  /** The jaw it belongs to; a design or a preparation that does not say so belongs to the jaw it lies at. */
  jaw: Jaw;
  visible: boolean;
  /** In the way of the chosen view, so not shown until another view is chosen. */
  opposed: boolean;
  opacity: number;
  /** Where it is drawn while two versions are swiped. */
  half?: "left" | "right" | undefined;
}

/** The posters' colour of dental stone. */
const STONE = "#dfd4c0";
const DESIGN = "#c3cad1";

export class SceneState {
  readonly scans: readonly ScanState[];
  colouring: Colouring = "scanned";
  grey: Grey = "middle";
  /** Where everything is cut, and whether what lies beyond is taken away. */
  cut: Plane | null = null;
  cutsAway = false;
  /** How far the lower jaw is opened, degrees. */
  opening = 0;
  private readonly listeners = new Set<() => void>();

  constructor(manifest: Manifest) {
    this.scans = manifest.records
      .filter((record) => isSurface(record) && record.state === "ready")
      .map((record) => ({ record, jaw: record.jaw, visible: record.visible, opposed: false, opacity: 1 }));
  }

  scan(id: string): ScanState | null {
    return this.scans.find((scan) => scan.record.id === id) ?? null;
  }

  shown(scan: ScanState): boolean {
    return scan.visible && !scan.opposed;
  }

  get shownIds(): string[] {
    return this.scans.filter((scan) => this.shown(scan)).map((scan) => scan.record.id);
  }

  /** Those that hide what is behind them. */
  get opaqueIds(): string[] {
    return this.scans.filter((scan) => this.shown(scan) && scan.opacity > 0.5).map((scan) => scan.record.id);
  }

  look(scan: ScanState): Look {
    const isDesign = scan.record.kind === "design";
    const own = scan.record.swatch ?? (isDesign ? DESIGN : STONE);
    return {
      visible: this.shown(scan),
      opacity: scan.opacity,
      coloured: this.colouring === "scanned",
      plain: this.colouring === "stone" && !isDesign ? STONE : own,
      ...(scan.half ? { half: scan.half } : {}),
    };
  }

  /** Shows a scan or hides it; what is asked for by hand wins over the view. */
  show(scan: ScanState, visible: boolean): void {
    scan.visible = visible;
    scan.opposed = false;
    this.changed();
  }

  /** Takes the opposing jaw out of an occlusal view, unless nothing would be left. */
  makeWayFor(view: View | null): void {
    const inTheWay = (scan: ScanState): boolean => view?.hides != null && scan.jaw === view.hides;
    const somethingIsLeft = this.scans.some((scan) => scan.visible && !inTheWay(scan));
    for (const scan of this.scans) scan.opposed = somethingIsLeft && inTheWay(scan);
    this.changed();
  }

  /** Shows nothing but one scan. */
  only(scan: ScanState): void {
    for (const one of this.scans) Object.assign(one, { visible: one === scan, opposed: false });
    this.changed();
  }

  /** As the page came. */
  restore(): void {
    for (const scan of this.scans) Object.assign(scan, { visible: scan.record.visible, opacity: 1 });
    this.opening = 0;
    this.changed();
  }

  set(values: { colouring?: Colouring; grey?: Grey; cut?: Plane | null; cutsAway?: boolean; opening?: number }): void {
    Object.assign(this, values);
    this.changed();
  }

  fade(scan: ScanState, opacity: number): void {
    scan.opacity = opacity;
    this.changed();
  }

  onChange(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  private changed(): void {
    for (const listener of this.listeners) listener();
  }
}
