// The section as a drawing: every contour in its plane, with a ruler and distances of its own.
import { Matrix3, Vector3 } from "three";
import { onGestures, type Spot } from "../../../gestures";
import { element } from "../../../markup";
import type { Words } from "../../../words";
import { scaleBar } from "../../engine/scale-bar";
import type { Plane } from "../../engine/engine";
import { told } from "../measure/measurement";

export interface Contour {
  /** "maxilla", "mandible", "design" or "other": how it is drawn. */
  name: string;
  label: string;
  /** Pairs of points in file coordinates. */
  pieces: Float32Array;
}

/** Millimetres in the plane: to the right and down. */
interface At {
  x: number;
  y: number;
}

const SVG = "http://www.w3.org/2000/svg";
const SNAP_PX = 14;
const MARGIN = 1.12;
const KEY_STEP_MM = 0.5;

export class Profile {
  readonly element = element("figure", { class: "profile" });
  private readonly svg = document.createElementNS(SVG, "svg");
  private readonly ruler = element("figcaption", {});
  private contours: { contour: Contour; flat: Float32Array }[] = [];
  private picked: At[] = [];
  private cursor: At | null = null;
  private centre: At = { x: 0, y: 0 };
  /** Millimetres of the drawing's shorter side. */
  private span = 0;
  private readonly ending = new AbortController();
  private readonly resized = new ResizeObserver(() => this.draw());

  constructor(
    private readonly words: Words,
    private readonly tell: (sentence: string) => void,
  ) {
    this.svg.setAttribute("tabindex", "0");
    this.svg.setAttribute("role", "img");
    this.svg.setAttribute("aria-label", words("section.profile"));
    this.element.append(this.svg, this.ruler);
    const target = this.svg as unknown as HTMLElement;
    onGestures(
      target,
      {
        drag: (step) => this.shift(step.x, step.y),
        pinch: (step, factor) => {
          this.shift(step.x, step.y);
          this.zoom(factor);
        },
        wheel: (factor) => this.zoom(factor),
        tap: (spot) => this.take(this.snapped(this.placeOf(spot))),
      },
      this.ending.signal,
    );
    target.addEventListener("keydown", this.key, { signal: this.ending.signal });
    this.resized.observe(this.svg);
  }

  /** `frame`: file to patient, so that up in the drawing is up in the mouth. */
  show(plane: Plane, contours: readonly Contour[], frame: Matrix3): void {
    const { right, up } = axesOf(plane, frame);
    const [px, py, pz] = plane.point;
    this.contours = contours.map((contour) => {
      const flat = new Float32Array((contour.pieces.length / 3) * 2);
      for (let from = 0, to = 0; from < contour.pieces.length; from += 3, to += 2) {
        const x = (contour.pieces[from] as number) - px;
        const y = (contour.pieces[from + 1] as number) - py;
        const z = (contour.pieces[from + 2] as number) - pz;
        flat[to] = x * right.x + y * right.y + z * right.z;
        flat[to + 1] = -(x * up.x + y * up.y + z * up.z);
      }
      return { contour, flat };
    });
    this.picked = [];
    if (this.span === 0) this.fit();
    this.draw();
  }

  /** Everything in sight. */
  fit(): void {
    let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
    for (const { flat } of this.contours) {
      for (let at = 0; at < flat.length; at += 2) {
        left = Math.min(left, flat[at] as number);
        right = Math.max(right, flat[at] as number);
        top = Math.min(top, flat[at + 1] as number);
        bottom = Math.max(bottom, flat[at + 1] as number);
      }
    }
    if (left > right) return;
    const { width, height } = this.size();
    const shorter = Math.min(width, height);
    this.centre = { x: (left + right) / 2, y: (top + bottom) / 2 };
    this.span = Math.max(((right - left) * shorter) / width, ((bottom - top) * shorter) / height, 1) * MARGIN;
    this.draw();
  }

  free(): void {
    this.ending.abort();
    this.resized.disconnect();
    this.element.remove();
  }

  private size(): { width: number; height: number } {
    const { width, height } = this.svg.getBoundingClientRect();
    return { width: width || 1, height: height || 1 };
  }

  private mmPerPixel(): number {
    const { width, height } = this.size();
    return (this.span || 1) / Math.min(width, height);
  }

  private placeOf(spot: Spot): At {
    const [{ width, height }, mm] = [this.size(), this.mmPerPixel()];
    return { x: this.centre.x + (spot.x - width / 2) * mm, y: this.centre.y + (spot.y - height / 2) * mm };
  }

  private shift(x: number, y: number): void {
    const mm = this.mmPerPixel();
    this.centre = { x: this.centre.x - x * mm, y: this.centre.y - y * mm };
    this.draw();
  }

  private zoom(factor: number): void {
    this.span = Math.min(400, Math.max(1, this.span / factor));
    this.draw();
  }

  /** The nearest point of a contour, where one is near. */
  private snapped(place: At): At {
    let [best, nearest] = [place, (SNAP_PX * this.mmPerPixel()) ** 2];
    for (const { flat } of this.contours) {
      for (let at = 0; at < flat.length; at += 4) {
        const [ax, ay, bx, by] = flat.subarray(at, at + 4) as unknown as [number, number, number, number];
        const [dx, dy] = [bx - ax, by - ay];
        const t = Math.min(1, Math.max(0, ((place.x - ax) * dx + (place.y - ay) * dy) / (dx * dx + dy * dy || 1)));
        const on = { x: ax + dx * t, y: ay + dy * t };
        const away = (on.x - place.x) ** 2 + (on.y - place.y) ** 2;
        if (away < nearest) [best, nearest] = [on, away];
      }
    }
    return best;
  }

  private take(place: At): void {
    if (this.picked.length === 2) this.picked = [];
    this.picked.push(place);
    const [one, other] = this.picked;
    this.tell(one && other ? `${this.words("measure.distance")}: ${told({ kind: "distance", value: apart(one, other) })}` : this.words("measure.next", { count: 1 }));
    this.draw();
  }

  private readonly key = (event: KeyboardEvent): void => {
    const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (step) {
      const by = event.shiftKey ? KEY_STEP_MM / 10 : KEY_STEP_MM;
      const from = this.cursor ?? this.centre;
      this.cursor = { x: from.x + (step[0] as number) * by, y: from.y + (step[1] as number) * by };
    } else if (event.key === "Enter") this.take(this.snapped(this.cursor ?? this.centre));
    else if (event.key === "+" || event.key === "=") this.zoom(1.25);
    else if (event.key === "-") this.zoom(0.8);
    else if (event.key === "0") this.fit();
    else if (event.key === "Escape" && this.picked.length) this.picked = [];
    else return;
    event.preventDefault();
    event.stopPropagation();
    this.draw();
  };

  private draw(): void {
    const [{ width, height }, mm] = [this.size(), this.mmPerPixel()];
    const x = (at: number): string => ((at - this.centre.x) / mm + width / 2).toFixed(1);
    const y = (at: number): string => ((at - this.centre.y) / mm + height / 2).toFixed(1);
    const shape = (tag: string, attributes: Record<string, string>): SVGElement => {
      const made = document.createElementNS(SVG, tag);
      for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
      return made;
    };
    const lines = this.contours.map(({ contour, flat }) => {
      const parts: string[] = [];
      for (let at = 0; at < flat.length; at += 4) {
        parts.push(`M${x(flat[at] as number)} ${y(flat[at + 1] as number)}L${x(flat[at + 2] as number)} ${y(flat[at + 3] as number)}`);
      }
      return shape("path", { class: `contour ${contour.name}`, d: parts.join("") });
    });
    const dots = this.picked.map((at) => shape("circle", { class: "dot", r: "4", cx: x(at.x), cy: y(at.y) }));
    const [one, other] = this.picked;
    const rule = one && other ? [shape("line", { class: "line", x1: x(one.x), y1: y(one.y), x2: x(other.x), y2: y(other.y) })] : [];
    const cursor = this.cursor && document.activeElement === this.svg ? [shape("circle", { class: "cursor", r: "6", cx: x(this.cursor.x), cy: y(this.cursor.y) })] : [];
    this.svg.replaceChildren(...lines, ...rule, ...dots, ...cursor);
    const bar = scaleBar(mm);
    const piece = element("i", {});
    piece.style.inlineSize = `${bar.pixels}px`;
    const value = one && other ? element("b", {}, told({ kind: "distance", value: apart(one, other) })) : "";
    this.ruler.replaceChildren(element("span", { class: "rule" }, this.words("scale", { length: bar.mm }), piece), value);
  }
}

const apart = (one: At, other: At): number => Math.hypot(one.x - other.x, one.y - other.y);

/** The drawing's right and up, in file coordinates, as one looks against the plane's normal. */
function axesOf(plane: Plane, frame: Matrix3): { right: Vector3; up: Vector3 } {
  const toFile = frame.clone().transpose();
  const normal = new Vector3(...plane.normal).normalize();
  const superior = new Vector3(0, 1, 0).applyMatrix3(toFile);
  const anterior = new Vector3(0, 0, 1).applyMatrix3(toFile);
  const above = Math.abs(superior.dot(normal)) > 0.9 ? anterior : superior;
  const right = above.clone().cross(normal).normalize();
  return { right, up: normal.clone().cross(right) };
}
