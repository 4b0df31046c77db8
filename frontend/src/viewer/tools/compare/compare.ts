// What changed from one version to the next: the new surface coloured by the change, or both side by side under a swipe.
import { Matrix4, Vector3 } from "three";
import { element, press } from "../../../markup";
import type { Comparison, Triple } from "../../state/manifest";
import { towardsEye, turnOfView } from "../../engine/pose";
import { fetchFull } from "../../state/loader";
import type { ScanState } from "../../state/scene-state";
import { CHANGE_BANDS, micrometres, paired, paletteOf } from "../heat/bands";
import { colourScan } from "../heat/colouring";
import { legend } from "../heat/legend";
import { valuesOf } from "../heat/values";
import { aim } from "../aim";
import { Marks } from "../marks";
import "../tool-words";
import type { Tool, Viewer } from "../tool";

const AROUND_MM = 16;
type Mode = "change" | "swipe";

interface Summary {
  changed_share: number;
  changed_over_um: number;
  greatest_um: number;
  greatest_at: Triple | null;
  /** In the reader's notation, where it is labelled. */
  tooth?: string;
  alignment: { moved: boolean; residual_um: number; rotation: Triple[] | null; translation_mm: Triple | null };
}

export class Compare implements Tool {
  readonly id = "compare";
  private viewer!: Viewer;
  private marks!: Marks;
  private panel!: HTMLElement;
  private body!: HTMLElement;
  private told!: HTMLElement;
  private chosen!: Comparison;
  private mode: Mode = "change";
  private readonly modes = new Map<Mode, HTMLElement>();
  private undo: (() => void)[] = [];
  private bytes: Uint8Array | null = null;
  private line: HTMLElement | null = null;
  private asBefore: () => void = () => {};
  private offTap: () => void = () => {};

  attach(viewer: Viewer): void {
    this.viewer = viewer;
    // A jaw that is seen opened would seem to have changed.
    if (viewer.state.opening) viewer.state.set({ opening: 0 });
    this.marks = new Marks(viewer);
    const shown = viewer.state.scans.map((scan) => [scan, scan.visible] as const);
    this.asBefore = () => shown.forEach(([scan, visible]) => viewer.state.show(scan, visible));
    const all = (viewer.manifest.comparisons ?? []).filter(({ kind }) => kind === "deviation");
    this.chosen = all[0] as Comparison;
    this.panel = this.build(all);
    this.offTap = aim(viewer, (hit) => hit.record === this.chosen.record && this.read(hit.vertex, hit.point), () => false);
    this.choose("change");
  }

  detach(): void {
    this.offTap();
    this.clear();
    this.asBefore();
    this.marks.free();
    this.panel.remove();
    this.modes.clear();
  }

  private get scan(): ScanState | null {
    return this.viewer.state.scan(this.chosen.record);
  }

  private build(all: readonly Comparison[]): HTMLElement {
    const { words, state } = this.viewer;
    const panel = this.viewer.panel(words("tools.compare"));
    const choice = element("div", { role: "group", class: "segment", "aria-label": words("tools.compare") });
    for (const mode of ["change", "swipe"] as const) {
      const button = element("button", { type: "button", "data-mode": mode }, words(`compare.${mode}`));
      button.addEventListener("click", () => this.choose(mode));
      this.modes.set(mode, button);
      choice.append(button);
    }
    const head = element("header", {}, choice);
    if (all.length > 1) {
      const select = element("select", { "aria-label": words("compare.which") });
      for (const one of all) select.append(element("option", { value: one.id }, state.scan(one.record)?.record.label ?? ""));
      select.addEventListener("change", () => {
        this.chosen = all.find(({ id }) => id === select.value) ?? this.chosen;
        this.choose(this.mode);
      });
      head.append(select);
    }
    this.told = element("p", { class: "hint", role: "status" });
    this.body = element("div", { class: "hands" });
    panel.append(head, this.told, this.body);
    return panel;
  }

  private choose(mode: Mode): void {
    this.clear();
    this.mode = mode;
    for (const [one, button] of this.modes) press(button, one === mode);
    const { state } = this.viewer;
    if (this.scan && !state.shown(this.scan)) state.show(this.scan, true);
    if (mode === "change") void this.showChange();
    else void this.showSwipe();
  }

  private clear(): void {
    for (const undo of this.undo.splice(0)) undo();
    this.body.replaceChildren();
    this.marks.show([]);
  }

  private async showChange(): Promise<void> {
    const { words, engine } = this.viewer;
    const { chosen } = this;
    this.tell(this.summed());
    const { greatest_at: at } = chosen.summary as unknown as Partial<Summary>;
    if (at) {
      const show = element("button", { type: "button", class: "small" }, words("compare.show"));
      show.addEventListener("click", () => void this.fly(at));
      this.body.append(show);
    }
    if (!chosen.url) return;
    this.body.append(legend(CHANGE_BANDS, words("compare.legend", { version: chosen.against_version }), words));
    const bytes = await valuesOf(chosen).catch(() => null);
    if (chosen !== this.chosen || this.mode !== "change" || !this.panel.isConnected) return;
    if (!bytes) {
      this.tell(words("contacts.not_loaded"));
      return;
    }
    this.bytes = bytes;
    colourScan(this.viewer, chosen.record, { values: paired(bytes), palette: paletteOf(CHANGE_BANDS, chosen) });
    this.undo.push(() => engine.heat(chosen.record, null));
  }

  /** "Changed by more than 50 µm: 3.1 % of the surface, at most 120 µm." */
  private summed(): string {
    const { words } = this.viewer;
    const { state, summary, against_version: version } = this.chosen;
    if (state === "no_fit") return words("compare.no_fit", { version });
    if (!this.chosen.url) return words(state === "failed" ? "contacts.failed" : "contacts.coming");
    const { changed_share: share, changed_over_um: over, greatest_um: most, alignment, tooth } = summary as unknown as Summary;
    const percent = Math.round(share * 1000) / 10;
    const said = words(most < 0 ? "compare.summed_away" : "compare.summed_added", { version, over, percent, most: Math.round(Math.abs(most)) });
    const place = tooth ? ` ${words("compare.at_tooth", { tooth })}` : "";
    return alignment.moved ? `${said}${place} ${words("compare.aligned", { residual: Math.round(alignment.residual_um) })}` : said + place;
  }

  private async showSwipe(): Promise<void> {
    const { words, engine, state, geometry, manifest } = this.viewer;
    const { chosen, scan } = this;
    if (!chosen.against_full || !scan) {
      this.tell(words("compare.no_older"));
      return;
    }
    this.tell(words("compare.loading"));
    const older = chosen.against;
    const bytes = await fetchFull(chosen.against_full.url, AbortSignal.timeout(60_000)).catch(() => null);
    if (!bytes || chosen !== this.chosen || this.mode !== "swipe" || !this.panel.isConnected) {
      if (!bytes) this.tell(words("contacts.not_loaded"));
      return;
    }
    const ask = { record: older, bytes, frame: manifest.frame.flat(), isDesign: scan.record.kind === "design", lean: true };
    const level = await geometry.ask("open", ask, [bytes]);
    if (chosen !== this.chosen || this.mode !== "swipe" || !this.panel.isConnected) return;
    engine.put(older, "full", level);
    engine.place(older, olderPlacement(chosen.summary as unknown as Partial<Summary>));
    const look = (): void => engine.look(older, { ...state.look(scan), half: "left" });
    scan.half = "right";
    const off = state.onChange(look);
    state.set({});
    this.undo.push(() => {
      off();
      scan.half = undefined;
      engine.drop(older);
      void geometry.ask("close", { record: older });
      this.line?.remove();
      state.set({});
    });
    this.swipe(chosen.against_version, scan.record.version);
  }

  private swipe(older: number, newer: number): void {
    const { words, scene, engine } = this.viewer;
    this.tell(words("compare.swiping", { older, newer }));
    const line = element("i", { class: "swipe-line", "aria-hidden": "true" });
    scene.append(line);
    this.line = line;
    const range = element("input", { type: "range", min: "0", max: "100", value: "50", "aria-label": words("compare.swipe_place") });
    const to = (): void => {
      line.style.left = `${range.value}%`;
      engine.swipeTo(Number(range.value) / 100);
    };
    range.addEventListener("input", to);
    to();
    this.body.append(range);
  }

  /** Straight onto the place, with nothing before it: what changed at a contact hides behind its neighbour. */
  private async fly(point: Triple): Promise<void> {
    const { engine, geometry, state } = this.viewer;
    const { scan } = this;
    if (!scan) return;
    state.only(scan);
    const target = new Vector3(...point).applyMatrix3(engine.frame);
    const found = await geometry.ask("nearest", { records: await this.viewer.ready([scan.record.id]), point });
    const from = found ? new Vector3(...found.normal).applyMatrix3(engine.frame).toArray() : towardsEye(engine.goal).toArray();
    const up: Triple = Math.abs(from[1]) > 0.9 ? [0, 0, 1] : [0, 1, 0];
    engine.travelTo({ target, turn: turnOfView({ from, up }), span: AROUND_MM });
    this.marks.show([{ points: [point] }]);
  }

  private read(vertex: number, point: Triple): void {
    const byte = this.bytes?.[vertex];
    if (this.mode !== "change" || byte === undefined) return;
    const { words } = this.viewer;
    const um = Math.round(micrometres(byte, this.chosen));
    const text = byte === 0 ? words("compare.nothing") : words(um < 0 ? "compare.away" : "compare.added", { um: Math.abs(um) });
    this.tell(text);
    this.marks.show([{ points: [point], label: text }]);
  }

  private tell(text: string): void {
    this.told.textContent = text;
    this.viewer.say(text);
  }
}

/** Lays the older version on the newer one where they lie in frames of their own: the fit the other way round. */
function olderPlacement({ alignment }: Partial<Summary>): Matrix4 | null {
  const { rotation, translation_mm: shift } = alignment ?? {};
  if (!rotation || !shift) return null;
  const [a, b, c] = rotation as [Triple, Triple, Triple];
  return new Matrix4().set(...a, shift[0], ...b, shift[1], ...c, shift[2], 0, 0, 0, 1).invert();
}
