// One picture in its pane: placed by style, painted anew when its tone changes, marks over it.
import type { Spot } from "../gestures";
import { element } from "../markup";
import type { SceneImage } from "../viewer/state/manifest";
import type { Words } from "../words";
import { drawMarks, marksLayer, type Drawn } from "./marks";
import { scaleOf, type Scale } from "./measuring";
import { cssTransform, fromPane, toPane, UPRIGHT, type Size, type Turning, type Window } from "./placement";
import { colourRaster, readDepth, type Raster } from "./raster";
import { plainTone, sameTone, type Tone } from "./tone";

export interface Shown {
  record: string;
  version: number;
  label: string;
  isFilm: boolean;
  image: SceneImage | null;
}

export class Pane {
  readonly box = element("div", { class: "pane" });
  turning: Turning = UPRIGHT;
  scale: Scale | null;
  /** Why every grey is not there, as a word's key; null when it is, or never was meant to be. */
  waits: "image.depth_loading" | "image.depth_failed" | null = null;
  private raster: Raster | null = null;
  private toned: Tone = plainTone(0, 255);
  /** A hand is moving the tone: what is painted may be coarse until it rests. */
  isMoving = false;
  private painted: { tone: Tone; coarse: boolean } | null = null;
  private readonly canvas = element("canvas", { "aria-hidden": "true", hidden: "" });
  private readonly marks = marksLayer();
  private readonly mirrored: HTMLElement;
  /** Round the picture that the tools speak of, when there are several. */
  private readonly ring = element("span", { class: "ring", "aria-hidden": "true" });

  constructor(
    readonly shown: Shown,
    private readonly picture: HTMLImageElement,
    words: Words,
  ) {
    picture.draggable = false;
    this.scale = scaleOf(shown.image?.spacing_mm, shown.image?.calibration);
    this.mirrored = element("b", { class: "mirrored" }, words("image.mirrored"));
    this.box.append(picture, this.canvas, this.marks, this.mirrored, this.ring);
  }

  get size(): Size {
    return { width: this.box.clientWidth || 1, height: this.box.clientHeight || 1 };
  }

  /** Of what is shown, in its own pixels; 1 × 1 until it has come. */
  get pixels(): Size {
    if (this.raster) return this.raster;
    return { width: this.picture.naturalWidth || 1, height: this.picture.naturalHeight || 1 };
  }

  /** Of the whole picture, however large it is shown. */
  get whole(): Size {
    const { image } = this.shown;
    return image?.width ? image : this.pixels;
  }

  get tone(): Tone {
    return this.toned;
  }

  get first(): Tone {
    return this.raster?.first ?? plainTone(0, 255);
  }

  get top(): number {
    return this.raster?.top ?? 255;
  }

  get bits(): number {
    return this.raster?.bits ?? 8;
  }

  set tone(tone: Tone) {
    this.toned = tone;
    if (!this.raster && this.picture.complete && this.picture.naturalWidth) this.raster = colourRaster(this.picture);
  }

  onLoad(listener: () => void): void {
    this.picture.addEventListener("load", listener);
    if (this.picture.complete) listener();
  }

  /** Every grey of the picture, where it has more than a screen shows. */
  async deepen(changed: () => void): Promise<void> {
    const depth = this.shown.image?.depth;
    if (!depth) return;
    this.waits = "image.depth_loading";
    changed();
    try {
      const answer = await fetch(depth.url);
      if (!answer.ok) throw new Error(String(answer.status));
      this.raster = await readDepth(await answer.arrayBuffer());
      this.toned = this.raster.first;
      this.waits = null;
    } catch {
      this.waits = "image.depth_failed";
    }
    changed();
  }

  draw(window: Window, isChosen: boolean, drawn: readonly Drawn[]): void {
    this.ring.hidden = !isChosen;
    this.paint();
    const transform = cssTransform(window, this.pixels, this.size, this.turning);
    this.picture.style.transform = this.canvas.style.transform = transform;
    this.mirrored.hidden = !this.turning.mirrored;
    drawMarks(this.marks, drawn, (place) => this.seen(window, place));
  }

  seen(window: Window, place: Spot): Spot {
    return toPane(window, this.pixels, this.size, this.turning, place);
  }

  placeAt(window: Window, spot: Spot): Spot {
    return fromPane(window, this.pixels, this.size, this.turning, spot);
  }

  private paint(): void {
    const { raster } = this;
    const { toned: tone, isMoving: coarse, painted } = this;
    if (!raster || (painted && sameTone(painted.tone, tone) && (coarse || !painted.coarse))) return;
    raster.paint(this.canvas, tone, coarse);
    this.painted = { tone, coarse };
    Object.assign(this.canvas.style, { inlineSize: `${raster.width}px`, blockSize: `${raster.height}px` });
    this.canvas.hidden = false;
    this.picture.hidden = true;
  }
}
