// Cuts everything shown by one plane: by a slider along the mouth's axes, or by three points. The profile lies beside it.
import { Vector3 } from "three";
import { element, press } from "../../../markup";
import type { Plane } from "../../engine/engine";
import type { SceneRecord, ToothLabel, Triple } from "../../state/manifest";
import type { Hit } from "../../worker/messages";
import "../tool-words";
import { aim } from "../aim";
import { Marks } from "../marks";
import { standing } from "../teeth/labels";
import { allWritten, written } from "../teeth/notation";
import type { Tool, Viewer } from "../tool";
import { Contours } from "./contours";
import { Profile } from "./profile";

/** Named as the planes of the body; the normal in the patient's frame, towards the eye that looks at the profile. */
const AXES = { sagittal: [-1, 0, 0], coronal: [0, 0, 1], horizontal: [0, 1, 0] } as const satisfies Record<string, Triple>;
type Axis = keyof typeof AXES;

export class Section implements Tool {
  readonly id = "section";
  private viewer!: Viewer;
  private contours!: Contours;
  private profile!: Profile;
  private marks!: Marks;
  private panel!: HTMLElement;
  private slider!: HTMLInputElement;
  private away!: HTMLInputElement;
  /** The plane that the hands show; another one in the scene came from elsewhere. */
  private laid: Plane | null = null;
  private readonly buttons = new Map<Axis | "points", HTMLElement>();
  private shown: Plane | null = null;
  private stopAiming: (() => void) | null = null;
  private taken: Hit[] = [];
  private busy = false;
  private stale = false;
  private off: () => void = () => {};

  attach(viewer: Viewer): void {
    this.viewer = viewer;
    if (viewer.state.opening) viewer.state.set({ opening: 0 });
    this.contours = new Contours(viewer.engine);
    this.marks = new Marks(viewer);
    this.profile = new Profile(viewer.words, (sentence) => viewer.say(sentence));
    this.panel = this.build();
    this.off = viewer.state.onChange(() => this.heed());
    if (viewer.state.cut) this.heed();
    else this.along("sagittal");
  }

  detach(): void {
    this.off();
    this.stopAiming?.();
    this.stopAiming = null;
    this.marks.free();
    this.contours.free();
    this.profile.free();
    this.panel.remove();
    this.buttons.clear();
    this.shown = null;
    this.laid = null;
    this.viewer.state.set({ cut: null, cutsAway: false });
  }

  private build(): HTMLElement {
    const { words } = this.viewer;
    const panel = this.viewer.panel(words("tools.section"));
    const choice = element("div", { role: "group", class: "segment", "aria-label": words("section.plane") });
    for (const name of [...(Object.keys(AXES) as Axis[]), "points" as const]) {
      const button = element("button", { type: "button", "data-plane": name, "aria-pressed": "false" }, words(`section.${name}`));
      button.addEventListener("click", () => (name === "points" ? this.byPoints() : this.along(name)));
      this.buttons.set(name, button);
      choice.append(button);
    }
    this.slider = element("input", { type: "range", step: "0.1", "aria-label": words("section.place") });
    this.slider.addEventListener("input", () => this.slide());
    this.away = element("input", { type: "checkbox" });
    this.away.addEventListener("change", () => this.viewer.state.set({ cutsAway: this.away.checked }));
    const flip = element("button", { type: "button", class: "small" }, words("section.flip"));
    flip.addEventListener("click", () => this.flip());
    const fit = element("button", { type: "button", class: "small" }, words("section.fit"));
    fit.addEventListener("click", () => this.profile.fit());
    const teeth = this.byTooth();
    const hands = element("div", { class: "hands" }, ...(teeth ? [teeth] : []), this.slider, element("label", { class: "inline-check" }, this.away, words("section.away")), flip, fit);
    panel.append(element("header", {}, choice, hands), this.profile.element);
    return panel;
  }

  /** A choice of the labelled teeth; null where none is. */
  private byTooth(): HTMLElement | null {
    const { words, manifest } = this.viewer;
    const labels = standing(manifest.teeth ?? [], this.viewer.state);
    if (labels.length === 0) return null;
    const choice = element("select", { "aria-label": words("section.tooth") }, element("option", { value: "" }, words("section.tooth")));
    for (const { tooth_fdi: tooth } of labels) {
      choice.append(element("option", { value: String(tooth), title: allWritten(tooth) }, written(tooth, manifest.notation ?? "fdi")));
    }
    choice.addEventListener("change", () => {
      const label = labels.find(({ tooth_fdi }) => tooth_fdi === Number(choice.value));
      if (label) this.through(label);
    });
    return choice;
  }

  /** Across the row at a tooth, from cheek to tongue: upright, and through the middle of the arch. */
  private through({ point, record }: ToothLabel): void {
    this.leavePoints();
    const { engine } = this.viewer;
    const box = this.viewer.state.scan(record) ? engine.boxOf(record) : engine.box();
    const outwards = new Vector3(...point).applyMatrix3(engine.frame).sub(box.getCenter(new Vector3())).setY(0);
    const normal = new Vector3(0, 1, 0).cross(outwards).normalize();
    // Towards the front, where one looks from.
    if (normal.z < 0) normal.negate();
    this.mark(null);
    this.lay({ point, normal: normal.applyMatrix3(engine.frame.clone().transpose()).toArray() });
    this.profile.fit();
  }

  private along(axis: Axis): void {
    this.leavePoints();
    const { engine } = this.viewer;
    const toFile = engine.frame.clone().transpose();
    const normal = new Vector3(...AXES[axis]).applyMatrix3(toFile);
    const middle = engine.box().getCenter(new Vector3()).applyMatrix3(toFile);
    this.mark(axis);
    this.lay({ point: middle.toArray(), normal: normal.toArray() });
    this.profile.fit();
  }

  private byPoints(): void {
    this.leavePoints();
    this.mark("points");
    this.viewer.say(this.viewer.words("section.hint"));
    this.stopAiming = aim(
      this.viewer,
      (hit) => this.take(hit),
      () => this.taken.pop() !== undefined && (this.marks.show([{ points: this.taken.map(({ point }) => point) }]), true),
    );
  }

  private leavePoints(): void {
    this.stopAiming?.();
    this.stopAiming = null;
    this.taken = [];
    this.marks.show([]);
  }

  private take(hit: Hit): void {
    const { words, engine } = this.viewer;
    this.taken.push(hit);
    this.marks.show([{ points: this.taken.map(({ point }) => point) }]);
    const [one, other, third] = this.taken.map(({ point }) => new Vector3(...point));
    if (!one || !other || !third) {
      this.viewer.say(words("measure.next", { count: 3 - this.taken.length }));
      return;
    }
    const normal = other.sub(one).cross(third.sub(one));
    this.leavePoints();
    if (normal.lengthSq() < 1e-6) {
      this.byPoints();
      this.viewer.say(words("section.one_line"));
      return;
    }
    // The side that the eye is on is taken away, as one expects of a cut.
    const eye = new Vector3(0, 0, 1).applyQuaternion(engine.pose.turn).applyMatrix3(engine.frame.clone().transpose());
    normal.normalize().multiplyScalar(normal.dot(eye) < 0 ? -1 : 1);
    this.lay({ point: hit.point, normal: normal.toArray() });
    this.profile.fit();
  }

  private flip(): void {
    const { cut } = this.viewer.state;
    if (cut) this.lay({ point: cut.point, normal: cut.normal.map((value) => -value) as Triple });
  }

  private lay(plane: Plane): void {
    this.laid = plane;
    this.placeSlider(plane);
    this.viewer.state.set({ cut: plane });
  }

  /** A plane that came with a comment or a quoted view: the hands show it too. */
  private heed(): void {
    const { cut, cutsAway } = this.viewer.state;
    this.away.checked = cutsAway;
    if (cut && cut !== this.laid) {
      this.laid = cut;
      this.leavePoints();
      this.mark(null);
      this.placeSlider(cut);
      this.profile.fit();
    }
    void this.update();
  }

  private placeSlider(plane: Plane): void {
    const { engine } = this.viewer;
    const box = engine.box();
    const normal = new Vector3(...plane.normal).applyMatrix3(engine.frame);
    const corners = [0, 1, 2, 3, 4, 5, 6, 7].map((corner) =>
      new Vector3(corner & 1 ? box.max.x : box.min.x, corner & 2 ? box.max.y : box.min.y, corner & 4 ? box.max.z : box.min.z).dot(normal),
    );
    this.slider.min = Math.min(...corners).toFixed(1);
    this.slider.max = Math.max(...corners).toFixed(1);
    this.slider.value = new Vector3(...plane.point).applyMatrix3(engine.frame).dot(normal).toFixed(1);
  }

  private slide(): void {
    const { state } = this.viewer;
    if (!state.cut) return;
    const normal = new Vector3(...state.cut.normal);
    const point = new Vector3(...state.cut.point);
    const at = Number(this.slider.value);
    point.addScaledVector(normal, at - point.dot(normal));
    this.laid = { ...state.cut, point: point.toArray() };
    state.set({ cut: this.laid });
  }

  private mark(name: Axis | "points" | null): void {
    for (const [one, button] of this.buttons) press(button, one === name);
  }

  /** Cuts again; while a cut is being made the newest wish waits, the ones between are dropped. */
  private async update(): Promise<void> {
    const { state, geometry, engine } = this.viewer;
    const plane = state.cut;
    if (!plane) return;
    if (this.busy) {
      this.stale = true;
      return;
    }
    this.busy = true;
    try {
      const records = await this.viewer.ready(state.shownIds);
      const pieces = await geometry.ask("section", { records, ...plane });
      if (!this.panel.isConnected) return;
      this.shown = plane;
      this.contours.show(pieces);
      this.profile.show(
        plane,
        records.map((id, place) => contourOf(state.scan(id)?.record, pieces[place] ?? new Float32Array())),
        engine.frame,
      );
    } finally {
      this.busy = false;
    }
    if (this.stale || this.shown !== state.cut) {
      this.stale = false;
      void this.update();
    }
  }
}

function contourOf(record: SceneRecord | undefined, pieces: Float32Array): { name: string; label: string; pieces: Float32Array } {
  const name = record?.kind === "design" ? "design" : record?.jaw === "maxilla" || record?.jaw === "mandible" ? record.jaw : "other";
  return { name, label: record?.label ?? "", pieces };
}
