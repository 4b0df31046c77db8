// One picture in its pane: drawn by the browser, placed and toned by style.
import { element } from "../markup";
import type { Words } from "../words";
import { cssTransform, UPRIGHT, type Size, type Turning, type Window } from "./placement";

export interface Tone {
  brightness: number;
  contrast: number;
}

export const PLAIN_TONE: Tone = { brightness: 1, contrast: 1 };

export class Pane {
  readonly box = element("div", { class: "pane" });
  turning: Turning = UPRIGHT;
  tone: Tone = PLAIN_TONE;
  private readonly mark: HTMLElement;
  /** Round the picture that the tools speak of, when there are two. */
  private readonly ring = element("span", { "aria-hidden": "true" });

  constructor(
    readonly record: string,
    readonly version: number,
    private readonly picture: HTMLImageElement,
    words: Words,
  ) {
    Object.assign(this.box.style, { position: "relative", overflow: "clip", minInlineSize: "0", minBlockSize: "0" });
    Object.assign(picture.style, { position: "absolute", left: "50%", top: "50%", maxInlineSize: "none", inlineSize: "auto", blockSize: "auto" });
    picture.draggable = false;
    this.mark = element("b", { class: "mirrored" }, words("image.mirrored"));
    Object.assign(this.mark.style, { position: "absolute", left: "0.75rem", top: "0.75rem", padding: "0.1rem 0.4rem", background: "#fff", color: "#111" });
    Object.assign(this.ring.style, { position: "absolute", inset: "0", border: "3px solid var(--accent)", pointerEvents: "none" });
    this.box.append(picture, this.mark, this.ring);
  }

  get size(): Size {
    return { width: this.box.clientWidth || 1, height: this.box.clientHeight || 1 };
  }

  /** Of the picture, in its own pixels; 1 × 1 until it has come. */
  get pixels(): Size {
    return { width: this.picture.naturalWidth || 1, height: this.picture.naturalHeight || 1 };
  }

  onLoad(listener: () => void): void {
    this.picture.addEventListener("load", listener);
    if (this.picture.complete) listener();
  }

  draw(window: Window, isChosen: boolean): void {
    this.ring.hidden = !isChosen;
    this.picture.style.transform = cssTransform(window, this.pixels, this.size, this.turning);
    this.picture.style.filter = `brightness(${this.tone.brightness}) contrast(${this.tone.contrast})`;
    this.mark.hidden = !this.turning.mirrored;
  }
}
