// Labels of teeth on the arch, set by hand: choose a number, press on its tooth, the next one follows by itself.
import { Vector3 } from "three";
import { element, press } from "../../../markup";
import type { WordKey } from "../../../words";
import type { Drawn } from "../../engine/engine";
import { project } from "../../engine/pose";
import type { Manifest, ToothLabel } from "../../state/manifest";
import type { Hit } from "../../worker/messages";
import { aim } from "../aim";
import { saver } from "../save";
import "../tool-words";
import type { Tool, Viewer } from "../tool";
import { standing } from "./labels";
import { allWritten, DECIDUOUS_ROWS, ROWS, written, type Notation } from "./notation";

type SetLabel = Pick<ToothLabel, "tooth_fdi" | "record" | "point">;

// What the server last heard of this page: only the difference is this person's, the rest may be another's by now.
const told = new WeakMap<Manifest, SetLabel[]>();

export class Teeth implements Tool {
  readonly id = "teeth";
  private viewer!: Viewer;
  private panel!: HTMLElement;
  private hint!: HTMLElement;
  private notes!: HTMLElement;
  private chips = new Map<number, HTMLElement>();
  private flags = new Map<number, HTMLElement>();
  private chosen = 0;
  private rows = ROWS;
  private save!: (made: () => { before: SetLabel[]; teeth: SetLabel[] }) => void;
  private offs: (() => void)[] = [];

  attach(viewer: Viewer): void {
    this.viewer = viewer;
    if (viewer.state.opening) viewer.state.set({ opening: 0 });
    const { manifest } = viewer;
    if (!told.has(manifest)) told.set(manifest, this.asSet);
    this.save = saver(
      manifest.save?.teeth,
      () => this.tell(viewer.words("tools.not_saved")),
      ({ teeth }) => told.set(manifest, teeth),
    );
    this.panel = this.build();
    this.offs = [viewer.engine.onDrawn(this.follow)];
    if (this.mayChange) this.offs.push(aim(viewer, (hit) => this.place(hit), () => false));
    this.show();
    const first = this.rows.flat().find((tooth) => !this.flags.has(tooth));
    this.choose(first ?? (this.rows[0]?.[0] as number));
  }

  detach(): void {
    for (const off of this.offs) off();
    for (const flag of this.flags.values()) flag.remove();
    this.flags.clear();
    this.chips.clear();
    this.panel.remove();
  }

  private get labels(): ToothLabel[] {
    return (this.viewer.manifest.teeth ??= []);
  }

  /** The labels as people set them, without where they were found since. */
  private get asSet(): SetLabel[] {
    return this.labels.map(({ tooth_fdi, record, point }) => ({ tooth_fdi, record, point }));
  }

  private get standing(): ToothLabel[] {
    return standing(this.labels, this.viewer.state);
  }

  private get mayChange(): boolean {
    return Boolean(this.viewer.manifest.save?.teeth);
  }

  private get notation(): Notation {
    return this.viewer.manifest.notation ?? "fdi";
  }

  private build(): HTMLElement {
    const { words } = this.viewer;
    const panel = this.viewer.panel(words("tools.teeth"));
    this.hint = element("p", { class: "hint", role: "status" });
    const chart = element("div", { class: "teeth-chart", role: "group", "aria-label": words("teeth.chart") });
    const fill = (): void => {
      this.chips.clear();
      chart.replaceChildren(
        ...this.rows.map((row) =>
          element(
            "div",
            {},
            ...row.map((tooth) => {
              const chip = element("button", { type: "button", title: allWritten(tooth), "data-tooth": String(tooth) }, written(tooth, this.notation));
              chip.addEventListener("click", () => this.choose(tooth));
              chip.addEventListener("dblclick", () => this.remove(tooth));
              chip.addEventListener("keydown", (event) => {
                if (event.key === "Delete" || event.key === "Backspace") this.remove(tooth);
              });
              this.chips.set(tooth, chip);
              return chip;
            }),
          ),
        ),
      );
    };
    fill();
    const milk = element("button", { type: "button", class: "small", "aria-pressed": "false" }, words("teeth.deciduous"));
    milk.addEventListener("click", () => {
      this.rows = this.rows === ROWS ? DECIDUOUS_ROWS : ROWS;
      press(milk, this.rows !== ROWS);
      fill();
      this.show();
      this.choose(this.rows[0]?.[0] as number);
    });
    const away = element("button", { type: "button", class: "small" }, words("teeth.remove"));
    away.addEventListener("click", () => this.remove(this.chosen));
    this.notes = element("div");
    panel.append(chart, element("div", { class: "hands" }, milk, ...(this.mayChange ? [away] : []), this.hint), this.notes);
    return panel;
  }

  private choose(tooth: number): void {
    this.chosen = tooth;
    for (const [one, chip] of this.chips) press(chip, one === tooth);
    if (!this.mayChange) this.tell(this.viewer.words("teeth.read_only"));
    else this.tell(this.viewer.words(this.flags.has(tooth) ? "teeth.again" : "teeth.hint", { tooth: written(tooth, this.notation) }));
    for (const [one, flag] of this.flags) press(flag, one === tooth);
  }

  private place(hit: Hit): void {
    const label = { tooth_fdi: this.chosen, record: hit.record, point: hit.point };
    const rest = this.labels.filter(({ tooth_fdi }) => tooth_fdi !== this.chosen);
    this.keep([...rest, label]);
    const row = this.rows.flat();
    const next = row[row.indexOf(this.chosen) + 1];
    if (next && !this.flags.has(next)) this.choose(next);
  }

  private remove(tooth: number): void {
    if (!this.mayChange) return;
    this.keep(this.labels.filter(({ tooth_fdi }) => tooth_fdi !== tooth));
    this.choose(tooth);
  }

  private keep(labels: ToothLabel[]): void {
    const { manifest } = this.viewer;
    manifest.teeth = labels;
    this.save(() => ({ before: told.get(manifest) ?? [], teeth: this.asSet }));
    this.show();
  }

  /** What became of labels of an earlier version. */
  private note(): void {
    const { words } = this.viewer;
    const about: [WordKey, (label: ToothLabel) => boolean][] = [
      ["teeth.moved", ({ tooth_fdi, found }) => this.flags.has(tooth_fdi) && !!found?.has_moved],
      ["teeth.gone", ({ found }) => !!found?.gone],
      ["teeth.not_here", ({ tooth_fdi, found }) => !this.flags.has(tooth_fdi) && !found?.gone],
    ];
    this.notes.replaceChildren(
      ...about.flatMap(([key, fits]) => {
        const teeth = this.labels.filter(fits).map(({ tooth_fdi }) => written(tooth_fdi, this.notation));
        return teeth.length ? [element("p", { class: "hint" }, words(key, { teeth: teeth.join(", ") }))] : [];
      }),
    );
  }

  private show(): void {
    const { scene, engine } = this.viewer;
    for (const flag of this.flags.values()) flag.remove();
    this.flags.clear();
    for (const { tooth_fdi: tooth, point, found } of this.standing) {
      const flag = element("button", { type: "button", class: "tooth-flag", title: allWritten(tooth), "data-tooth": String(tooth) }, written(tooth, this.notation));
      flag.addEventListener("click", () => this.choose(tooth));
      flag.toggleAttribute("data-moved", !!found?.has_moved);
      if (this.mayChange) this.drag(flag, tooth);
      scene.append(flag);
      this.flags.set(tooth, flag);
      flag.dataset["point"] = point.join(" ");
    }
    for (const [tooth, chip] of this.chips) chip.toggleAttribute("data-placed", this.flags.has(tooth));
    this.note();
    engine.draw();
  }

  /** A label follows the finger and lands on the surface below it. */
  private drag(flag: HTMLElement, tooth: number): void {
    let moved = false;
    flag.addEventListener("pointerdown", (event) => {
      flag.setPointerCapture(event.pointerId);
      moved = false;
    });
    flag.addEventListener("pointermove", (event) => {
      if (!flag.hasPointerCapture(event.pointerId)) return;
      moved = true;
      const { left, top } = this.viewer.scene.getBoundingClientRect();
      flag.style.left = `${event.clientX - left}px`;
      flag.style.top = `${event.clientY - top}px`;
    });
    flag.addEventListener("pointerup", (event) => {
      if (!moved) return;
      const { left, top } = this.viewer.scene.getBoundingClientRect();
      void this.viewer.pick({ x: event.clientX - left, y: event.clientY - top }).then((hit) => {
        if (hit) this.keep(this.labels.map((label) => (label.tooth_fdi === tooth ? { tooth_fdi: tooth, record: hit.record, point: hit.point } : label)));
        else this.viewer.engine.draw();
      });
    });
  }

  private readonly follow = ({ pose, size }: Drawn): void => {
    for (const { tooth_fdi, point, record } of this.standing) {
      const flag = this.flags.get(tooth_fdi);
      const scan = this.viewer.state.scan(record);
      if (!flag || !scan) continue;
      flag.hidden = !this.viewer.state.shown(scan);
      if (flag.matches(":active")) continue;
      const { x, y } = project(pose, size, new Vector3(...point).applyMatrix3(this.viewer.engine.frame));
      flag.style.left = `${x}px`;
      flag.style.top = `${y}px`;
    }
  };

  private tell(text: string): void {
    this.hint.textContent = text;
    this.viewer.say(text);
  }
}
