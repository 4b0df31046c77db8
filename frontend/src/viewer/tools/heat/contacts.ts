// Where jaws and restorations meet and how far apart they are elsewhere: the server's distances as colours, every contact
// in a list.
import { Vector3 } from "three";
import { element } from "../../../markup";
import type { WordKey } from "../../../words";
import { turnOfView } from "../../engine/pose";
import { viewNamed, type View } from "../../engine/views";
import type { Comparison, SceneRecord, Spot, Triple } from "../../state/manifest";
import { aim } from "../aim";
import { Marks } from "../marks";
import { allWritten } from "../teeth/notation";
import "../tool-words";
import type { Tool, Viewer } from "../tool";
import { CONTACT_BANDS, micrometres, paired, paletteOf } from "./bands";
import { colourScan } from "./colouring";
import { legend } from "./legend";
import { valuesOf } from "./values";

/** What the stage shows around a contact that one flies to. */
const AROUND_MM = 14;

export class Contacts implements Tool {
  readonly id = "contacts";
  private viewer!: Viewer;
  private marks!: Marks;
  private panel!: HTMLElement;
  private told!: HTMLElement;
  private readonly values = new Map<string, { bytes: Uint8Array; comparison: Comparison }>();
  private offs: (() => void)[] = [];

  attach(viewer: Viewer): void {
    this.viewer = viewer;
    if (viewer.state.opening) viewer.state.set({ opening: 0 });
    this.marks = new Marks(viewer);
    this.panel = this.build();
    this.offs = [aim(viewer, (hit) => this.read(hit.record, hit.vertex, hit.point), () => false)];
    void this.colour();
  }

  detach(): void {
    for (const off of this.offs) off();
    for (const record of this.values.keys()) this.viewer.engine.heat(record, null);
    this.values.clear();
    this.marks.free();
    this.panel.remove();
  }

  private get comparisons(): readonly Comparison[] {
    return (this.viewer.manifest.comparisons ?? []).filter(({ kind }) => kind === "contacts");
  }

  private async colour(): Promise<void> {
    const { engine } = this.viewer;
    for (const comparison of this.comparisons.filter(({ url }) => url)) {
      const bytes = await valuesOf(comparison).catch(() => null);
      if (!this.panel.isConnected) return;
      if (!bytes) {
        this.tell(this.viewer.words("contacts.not_loaded"));
        continue;
      }
      // One scan may be compared with several: the nearest of them counts.
      const known = this.values.get(comparison.record);
      const all = known ? nearer(known.bytes, bytes) : bytes;
      this.values.set(comparison.record, { bytes: all, comparison });
      colourScan(this.viewer, comparison.record, { values: paired(all), palette: paletteOf(CONTACT_BANDS, comparison) });
    }
    const off = engine.onDrawn(() => {
      off();
      performance.mark("arcada:heated");
    });
    engine.draw();
  }

  private build(): HTMLElement {
    const { state, words } = this.viewer;
    const panel = this.viewer.panel(words("tools.contacts"));
    this.told = element("p", { class: "hint", role: "status" }, words("contacts.hint"));
    panel.append(legend(CONTACT_BANDS, words("contacts.legend"), words), this.told);
    const said = new Set<string>();
    for (const comparison of this.comparisons) {
      const [of, against] = [comparison.record, comparison.against].map((id) => state.scan(id)?.record);
      const reason = sayWhy(comparison);
      if (!reason) {
        const count = words("contacts.count", { scan: of?.label ?? "", against: against?.label ?? "", count: comparison.spots.length });
        panel.append(comparison.spots.length ? this.table(count, comparison) : element("p", {}, count));
        continue;
      }
      // True either way, so said once: of two jaws, or of a restoration, whichever jaw it was held against.
      const restoration = [of, against].find(isRestoration);
      const once = `${restoration?.id ?? [comparison.record, comparison.against].toSorted().join()} ${reason}`;
      if (said.has(once)) continue;
      said.add(once);
      const mm = (key: string): number => Math.round(Number(comparison.summary[key] ?? 0) * 100) / 100;
      const why = words(reason, { gap: mm("gap_mm"), depth: mm("penetration_mm") });
      panel.append(element("p", {}, element("b", {}, (restoration ?? of)?.label ?? ""), " ", why));
    }
    return panel;
  }

  private table(count: string, comparison: Comparison): HTMLElement {
    const { words } = this.viewer;
    const rows = comparison.spots.map((spot, place) => {
      const go = element("button", { type: "button", class: "quiet small" }, String(place + 1));
      go.setAttribute("aria-label", words("contacts.show", { number: place + 1 }));
      go.addEventListener("click", () => this.fly(comparison, spot));
      const where = spot.tooth ?? (spot.region ? words(`region.${spot.region.replace(" ", "_")}` as WordKey) : "");
      const label = element("span", spot.tooth_fdi ? { title: allWritten(spot.tooth_fdi) } : {}, where);
      const cells = [go, label, words("contacts.area", { area: spot.area_mm2 }), depth(spot.deepest_um, this.viewer.words)];
      return element("tr", {}, ...cells.map((cell) => element("td", {}, cell)));
    });
    const head = element("tr", {}, ...["contacts.number", "contacts.where", "contacts.size", "contacts.depth"].map((key) => element("th", { scope: "col" }, words(key as WordKey))));
    const table = element("table", { class: "spots" }, element("thead", {}, head), element("tbody", {}, ...rows));
    return element("details", {}, element("summary", {}, count), table);
  }

  private fly({ record, summary }: Comparison, spot: Spot): void {
    const { state, engine } = this.viewer;
    const scan = state.scan(record);
    // A restoration is looked at as the jaw that it sits on.
    const jaw = isRestoration(scan?.record) ? summary["seated_on"] : scan?.record.jaw;
    const view = viewNamed(jaw === "maxilla" ? "upper" : "lower") as View;
    state.makeWayFor(view);
    if (scan) state.show(scan, true);
    const target = new Vector3(...spot.point).applyMatrix3(engine.frame);
    engine.travelTo({ target, turn: turnOfView(view), span: AROUND_MM });
    this.marks.show([{ points: [spot.point], label: depth(spot.deepest_um, this.viewer.words) }]);
  }

  private read(record: string, vertex: number, point: Triple): void {
    const known = this.values.get(record);
    const byte = known?.bytes[vertex];
    const { words } = this.viewer;
    const text = known && byte ? depth(micrometres(byte, known.comparison), words) : words("contacts.nothing");
    this.tell(text);
    this.marks.show([{ points: [point], label: text }]);
  }

  private tell(text: string): void {
    this.told.textContent = text;
    this.viewer.say(text);
  }
}

const isRestoration = (record: SceneRecord | undefined): boolean => record?.kind === "design";

/** Why there is no picture, if there is none. */
function sayWhy({ state, url, summary }: Comparison): WordKey | null {
  if (url) return null;
  if (state === "not_in_occlusion") return summary["gap_mm"] || !summary["penetration_mm"] ? "contacts.not_in_occlusion" : "contacts.too_deep";
  if (state === "no_antagonist") return `contacts.${String(summary["why_none"])}` as WordKey;
  return state === "failed" ? "contacts.failed" : "contacts.coming";
}

function nearer(one: Uint8Array, other: Uint8Array): Uint8Array {
  return one.map((byte, vertex) => {
    const another = other[vertex] ?? 0;
    return byte && another ? Math.min(byte, another) : byte || another;
  });
}

const depth = (um: number, words: Viewer["words"]): string =>
  um < 0 ? words("contacts.overlap", { um: Math.round(-um) }) : words("contacts.gap", { um: Math.round(um) });
