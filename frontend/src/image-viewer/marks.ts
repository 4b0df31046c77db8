// What is drawn over a picture: measures, and what was drawn for a comment. Lines keep their width at every zoom.
import type { Spot } from "../gestures";
import type { ImageMark } from "../viewer/state/manifest";

const SVG = "http://www.w3.org/2000/svg";
const HEAD_PX = 12;

export interface Drawn {
  kind: ImageMark["kind"] | "length" | "angle";
  points: readonly Spot[];
  text?: string;
  /** Still being drawn, or of a comment that is not the chosen one. */
  faint?: boolean;
}

export function marksLayer(): SVGSVGElement {
  const layer = document.createElementNS(SVG, "svg");
  layer.setAttribute("class", "picture-marks");
  layer.setAttribute("aria-hidden", "true");
  return layer;
}

/** `seen` turns a place of the picture into CSS pixels of the pane. */
export function drawMarks(layer: SVGSVGElement, drawn: readonly Drawn[], seen: (place: Spot) => Spot): void {
  layer.replaceChildren(...drawn.flatMap((mark) => shapesOf(mark, mark.points.map(seen))));
}

function shapesOf({ kind, text, faint }: Drawn, spots: readonly Spot[]): SVGElement[] {
  const path = pathOf(kind, spots);
  const shapes = path
    ? ["halo", "line"].map((name) => made("path", { d: path, class: faint ? `${name} faint` : name }))
    : [];
  if (kind !== "arrow" && kind !== "text" && kind !== "region") {
    shapes.push(...spots.map(({ x, y }) => made("circle", { cx: x, cy: y, r: 4, class: "dot" })));
  }
  const at = spots.at(-1);
  if (text && at) {
    const label = made("text", { x: at.x + (kind === "text" ? 0 : 8), y: at.y - 8 });
    label.textContent = text;
    shapes.push(label);
  }
  return shapes;
}

function pathOf(kind: Drawn["kind"], spots: readonly Spot[]): string {
  const [from, to] = spots;
  if (!from || !to) return "";
  if (kind === "region") return `M${from.x},${from.y}H${to.x}V${to.y}H${from.x}Z`;
  const line = `M${spots.map(({ x, y }) => `${x},${y}`).join("L")}`;
  if (kind !== "arrow") return line;
  const turn = Math.atan2(to.y - from.y, to.x - from.x);
  const barb = (side: number): string =>
    `M${to.x},${to.y}L${to.x - HEAD_PX * Math.cos(turn + side)},${to.y - HEAD_PX * Math.sin(turn + side)}`;
  return line + barb(0.45) + barb(-0.45);
}

function made(name: string, attributes: Record<string, string | number>): SVGElement {
  const shape = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) shape.setAttribute(key, String(value));
  return shape;
}
