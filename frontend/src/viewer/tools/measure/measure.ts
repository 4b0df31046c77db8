// Measures on the surfaces: from point to point, along the surface, an angle, the thickness of a restoration.
import { element, icon, press } from "../../../markup";
import type { WordKey } from "../../../words";
import { saved } from "../../engine/pose";
import type { Triple } from "../../state/manifest";
import type { Hit } from "../../worker/messages";
import "../tool-words";
import { aim } from "../aim";
import { Marks } from "../marks";
import type { Tool, Viewer } from "../tool";
import { angle, distance, KINDS, POINTS, told, type Kind, type Measurement } from "./measurement";
import { measurementsOf, type Kept } from "./kept";

export class Measure implements Tool {
  readonly id = "measure";
  private viewer!: Viewer;
  private marks!: Marks;
  private kept!: Kept;
  private stopAiming: () => void = () => {};
  private panel!: HTMLElement;
  private list!: HTMLElement;
  private hint!: HTMLElement;
  private readonly kinds = new Map<Kind, HTMLElement>();
  private kind: Kind = "distance";
  private taken: Hit[] = [];

  attach(viewer: Viewer): void {
    this.viewer = viewer;
    this.kept = measurementsOf(viewer);
    this.marks = new Marks(viewer);
    this.panel = this.build();
    this.choose(this.kind);
    this.stopAiming = aim(viewer, (hit) => void this.take(hit), () => this.stepBack());
    // Who opened the bite sees jaws where they were not scanned: nothing may be measured between them.
    if (viewer.state.opening) {
      viewer.state.set({ opening: 0 });
      viewer.say(viewer.words("measure.bite_closed"));
    }
    this.show();
  }

  detach(): void {
    this.stopAiming();
    this.marks.free();
    this.panel.remove();
    this.kinds.clear();
    this.taken = [];
  }

  private build(): HTMLElement {
    const { viewer } = this;
    const { words } = viewer;
    const panel = viewer.panel(words("tools.measure"));
    const choice = element("div", { role: "group", class: "segment", "aria-label": words("measure.kind") });
    for (const kind of KINDS) {
      const button = element("button", { type: "button", "data-kind": kind }, words(`measure.${kind}`));
      button.addEventListener("click", () => this.choose(kind));
      this.kinds.set(kind, button);
      choice.append(button);
    }
    this.hint = element("p", { class: "hint", role: "status" });
    this.list = element("ol", { class: "measures", role: "list" });
    panel.append(element("header", {}, choice, this.hint), this.list);
    return panel;
  }

  private choose(kind: Kind): void {
    this.kind = kind;
    this.taken = [];
    for (const [one, button] of this.kinds) press(button, one === kind);
    this.tell(this.viewer.words(`measure.hint.${kind}`));
    this.show();
  }

  private stepBack(): boolean {
    if (this.taken.length === 0) return false;
    this.taken.pop();
    this.show();
    return true;
  }

  private async take(hit: Hit): Promise<void> {
    const { words } = this.viewer;
    this.taken.push(hit);
    const left = POINTS[this.kind] - this.taken.length;
    if (left > 0) {
      this.tell(words("measure.next", { count: left }));
      this.show();
      return;
    }
    const hits = this.taken;
    this.taken = [];
    const made = await this.measured(this.kind, hits);
    if (typeof made === "string") this.tell(words(made));
    else {
      this.kept.add(made);
      this.tell(`${words(`measure.${made.kind}`)}: ${told(made)}`);
    }
    this.show();
  }

  /** The measurement, or why there is none. */
  private async measured(kind: Kind, hits: readonly Hit[]): Promise<Measurement | WordKey> {
    const points = hits.map(({ point }) => point);
    const [one, other, third] = points as [Triple, Triple, Triple];
    const first = hits[0] as Hit;
    const made = { id: crypto.randomUUID(), kind, name: "", records: hits.map(({ record }) => record), points, way: points };
    switch (kind) {
      case "distance":
        return { ...made, value: distance(one, other) };
      case "angle":
        return { ...made, value: angle(one, other, third) };
      case "thickness": {
        const found = await this.viewer.geometry.ask("thickness", first);
        if (!found) return "measure.no_other_side";
        return { ...made, records: [first.record, first.record], points: [one, found.point], way: [one, found.point], value: found.mm };
      }
      case "path": {
        const last = hits[1] as Hit;
        if (first.record !== last.record) return "measure.one_scan";
        const normal = first.normal.map((value, axis) => value + (last.normal[axis] as number)) as Triple;
        const found = await this.viewer.geometry.ask("path", { record: first.record, from: one, to: other, normal });
        return found ? { ...made, way: found.points, value: found.mm } : "measure.broken";
      }
    }
  }

  private tell(sentence: string): void {
    this.hint.textContent = sentence;
    this.viewer.say(sentence);
  }

  private show(): void {
    const pending = this.taken.map(({ point }) => point);
    this.marks.show([
      ...this.kept.all.map((one) => ({ points: one.way, dots: one.points, label: one.name ? `${one.name} ${told(one)}` : told(one) })),
      ...(pending.length ? [{ points: pending, isFaint: true }] : []),
    ]);
    this.list.replaceChildren(...this.kept.all.map((one) => this.row(one)));
  }

  private row(one: Measurement): HTMLElement {
    const { words } = this.viewer;
    const kind = words(`measure.${one.kind}`);
    const name = element("input", { value: one.name, maxlength: "80", placeholder: kind, "aria-label": words("measure.name", { value: told(one) }) });
    name.addEventListener("change", () => {
      this.kept.rename(one, name.value.trim());
      this.show();
    });
    const act = (label: string, symbol: string, press: () => void): HTMLElement => {
      const button = element("button", { type: "button", class: "icon-only small quiet", "aria-label": label, title: label }, icon(symbol));
      button.addEventListener("click", press);
      return button;
    };
    const row = element("li", {}, name, element("b", {}, told(one)));
    if (this.viewer.manifest.permissions.includes("comment")) {
      row.append(act(words("measure.comment", { value: told(one) }), "chat", () => this.comment(one)));
    }
    row.append(
      act(words("measure.remove", { value: told(one) }), "x", () => {
        this.kept.remove(one);
        this.show();
        this.viewer.stage.focus({ preventScroll: true });
      }),
    );
    return row;
  }

  /** A comment that carries the measurement: the page's form opens with it. */
  private comment(one: Measurement): void {
    const { engine, manifest } = this.viewer;
    const record = one.records[0] as string;
    const version = manifest.records.find(({ id }) => id === record)?.version ?? 1;
    const camera = saved(engine.pose, engine.frame);
    const measure = { ...one, way: one.kind === "path" ? one.way : [] };
    const normal = camera.position.map((value, axis) => (value - (camera.target[axis] as number)) / 100);
    document.dispatchEvent(new CustomEvent("arcada:pin", { detail: { record, version, point: one.points[0], normal, camera, measure } }));
  }
}
