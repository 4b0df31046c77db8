// Points that a tool takes on a picture, one by one, until it has all it needs.
import type { Spot } from "../gestures";
import type { Drawn } from "./marks";

export type DrawTool = "length" | "angle" | "ruler" | "arrow" | "line" | "text" | "region";

const NEEDED: Record<DrawTool, number> = { length: 2, angle: 3, ruler: 2, arrow: 2, line: 2, text: 1, region: 2 };

export class Drawing<Where> {
  tool: DrawTool | null = null;
  private points: Spot[] = [];
  private where: Where | null = null;
  private hovered: Spot | null = null;

  constructor(private readonly done: (tool: DrawTool, where: Where, points: Spot[]) => void) {}

  choose(tool: DrawTool | null): void {
    this.tool = tool;
    this.forget();
  }

  /** How many points are still to come. */
  get missing(): number {
    return this.tool ? NEEDED[this.tool] - this.points.length : 0;
  }

  /** False where a place lies beside the picture, or on another one than the points before. */
  take(where: Where, place: Spot): boolean {
    const { tool } = this;
    if (!tool || place.x < 0 || place.x > 1 || place.y < 0 || place.y > 1) return false;
    if (this.points.length && where !== this.where) return false;
    this.where = where;
    this.points.push(place);
    if (this.missing > 0) return true;
    const { points } = this;
    this.forget();
    this.done(tool, where, points);
    return true;
  }

  /** One point back; false when there was none. */
  back(): boolean {
    return this.points.pop() !== undefined;
  }

  hover(where: Where, place: Spot): boolean {
    this.hovered = where === this.where && this.points.length ? place : null;
    return this.hovered !== null;
  }

  forget(): void {
    this.points = [];
    this.where = null;
    this.hovered = null;
  }

  /** What is drawn so far, up to the pointer. */
  sketch(where: Where): Drawn | null {
    if (!this.tool || where !== this.where || !this.points.length) return null;
    const points = this.hovered ? [...this.points, this.hovered] : this.points;
    const kind = this.tool === "ruler" ? "length" : this.tool;
    return { kind, points, faint: true };
  }
}
