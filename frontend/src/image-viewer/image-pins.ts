// Comments on a place of a picture: buttons that follow it, and placing a new one.
import type { Spot } from "../gestures";
import { element, press } from "../markup";
import { isImagePin, type ImagePin, type Thread } from "../viewer/state/manifest";
import type { Words } from "../words";
import type { Pane } from "./pane";
import type { Window } from "./placement";

interface Placed {
  thread: Thread;
  pin: ImagePin;
  button: HTMLElement;
}

export class ImagePins {
  private placed: Placed[] = [];
  private draft: { pane: Pane; place: Spot; dot: HTMLElement } | null = null;
  /** Id of the thread that was asked for last. */
  chosen: string | null = null;

  constructor(
    private readonly words: Words,
    private readonly redraw: () => void,
  ) {}

  /** The threads of the shown pictures, in order of their numbers. */
  set(threads: readonly Thread[], panes: readonly Pane[]): void {
    this.sketch(null);
    for (const { button } of this.placed) button.remove();
    this.placed = threads
      .toSorted((one, other) => one.number - other.number)
      .flatMap((thread) => {
        const { pin } = thread;
        const pane = isImagePin(pin) && panes.find(({ shown }) => shown.record === pin.record);
        if (!isImagePin(pin) || !pane) return [];
        const label = this.words(thread.state === "open" ? "pin.open" : "pin.resolved", { number: thread.number });
        const button = element("button", { type: "button", class: "pin", "aria-label": label, "data-thread": thread.id }, String(thread.number));
        if (thread.state === "resolved") button.dataset["state"] = "done";
        button.addEventListener("click", () => {
          this.choose(thread.id);
          document.dispatchEvent(new CustomEvent("arcada:pin-chosen", { detail: { id: thread.id } }));
        });
        pane.box.append(button);
        return [{ thread, pin, button }];
      });
    this.choose(this.chosen);
    this.redraw();
  }

  choose(id: string | null): ImagePin | null {
    this.chosen = id;
    for (const { thread, button } of this.placed) press(button, thread.id === id);
    return this.placed.find(({ thread }) => thread.id === id)?.pin ?? null;
  }

  /** Says where a comment belongs, if the spot lies on the picture. */
  take(pane: Pane, window: Window, spot: Spot): boolean {
    const place = pane.placeAt(window, spot);
    if (place.x < 0 || place.x > 1 || place.y < 0 || place.y > 1) return false;
    this.sketch({ pane, place });
    document.dispatchEvent(new CustomEvent("arcada:pin", { detail: { record: pane.shown.record, version: pane.shown.version, ...place } }));
    return true;
  }

  sketch(at: { pane: Pane; place: Spot } | null): void {
    this.draft?.dot.remove();
    this.draft = null;
    if (!at) return;
    const dot = element("span", { class: "pin", "aria-hidden": "true" });
    dot.style.pointerEvents = "none";
    at.pane.box.append(dot);
    this.draft = { ...at, dot };
    this.redraw();
  }

  draw(panes: readonly Pane[], window: Window): void {
    const put = (one: HTMLElement, pane: Pane, place: Spot): void => {
      const spot = pane.seen(window, place);
      one.style.left = `${spot.x}px`;
      one.style.top = `${spot.y}px`;
    };
    for (const { pin, button } of this.placed) {
      const pane = panes.find(({ shown }) => shown.record === pin.record);
      if (pane) put(button, pane, pin);
    }
    if (this.draft) put(this.draft.dot, this.draft.pane, this.draft.place);
  }
}
