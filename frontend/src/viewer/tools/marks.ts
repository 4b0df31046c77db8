// Lines, points and values over the scan; they follow the eye.
import { Matrix4, Vector3 } from "three";
import { project } from "../engine/pose";
import type { Drawn } from "../engine/engine";
import type { Triple } from "../state/manifest";
import { element } from "../../markup";
import type { Viewer } from "./tool";

export interface Mark {
  /** File coordinates; one of them makes a dot. */
  points: readonly Triple[];
  /** Ends and corners that stand out as dots; all points where it is absent. */
  dots?: readonly Triple[];
  label?: string;
  isFaint?: boolean;
}

interface Drawing {
  mark: Mark;
  halo: SVGPolylineElement;
  line: SVGPolylineElement;
  dots: SVGCircleElement[];
  label: HTMLElement | null;
}

const SVG = "http://www.w3.org/2000/svg";

export class Marks {
  private readonly layer = element("div", { class: "marks", "aria-hidden": "true" });
  private readonly svg = document.createElementNS(SVG, "svg");
  private drawings: Drawing[] = [];
  private readonly off: () => void;
  private readonly toPatient: Matrix4;

  constructor(private readonly viewer: Viewer) {
    this.toPatient = new Matrix4().setFromMatrix3(viewer.engine.frame);
    this.layer.append(this.svg);
    viewer.scene.append(this.layer);
    this.off = viewer.engine.onDrawn(this.follow);
  }

  show(marks: readonly Mark[]): void {
    this.svg.replaceChildren();
    for (const { label } of this.drawings) label?.remove();
    this.drawings = marks.map((mark) => this.draw(mark));
    this.viewer.engine.draw();
  }

  free(): void {
    this.off();
    this.layer.remove();
  }

  private draw(mark: Mark): Drawing {
    const shape = <K extends "polyline" | "circle">(tag: K, name: string): SVGElementTagNameMap[K] => {
      const made = document.createElementNS(SVG, tag);
      made.setAttribute("class", mark.isFaint ? `${name} faint` : name);
      this.svg.append(made);
      return made;
    };
    const label = mark.label ? element("b", { class: "mm" }, mark.label) : null;
    if (label) this.layer.append(label);
    const [halo, line] = [shape("polyline", "halo"), shape("polyline", "line")];
    const dots = (mark.dots ?? mark.points).map(() => {
      const dot = shape("circle", "dot");
      dot.setAttribute("r", "4");
      return dot;
    });
    return { mark, halo, line, dots, label };
  }

  private readonly follow = ({ pose, size }: Drawn): void => {
    const spotOf = (point: Triple): [number, number] => {
      const { x, y } = project(pose, size, new Vector3(...point).applyMatrix4(this.toPatient));
      return [x, y];
    };
    for (const { mark, halo, line, dots, label } of this.drawings) {
      const spots = mark.points.map(spotOf);
      const text = spots.map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`).join(" ");
      halo.setAttribute("points", text);
      line.setAttribute("points", text);
      (mark.dots ?? mark.points).forEach((point, place) => {
        const [x, y] = spotOf(point);
        dots[place]?.setAttribute("cx", x.toFixed(1));
        dots[place]?.setAttribute("cy", y.toFixed(1));
      });
      const middle = spots[spots.length >> 1];
      if (label && middle) {
        // At the middle of the way, or at the corner of an angle.
        const before = spots.length === 2 ? (spots[0] as [number, number]) : middle;
        label.style.left = `${(middle[0] + before[0]) / 2}px`;
        label.style.top = `${(middle[1] + before[1]) / 2}px`;
      }
    }
  };
}
