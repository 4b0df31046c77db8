// Comments that stand on a point of a surface: where they are in the picture, and the way to each of them.
import { Vector3 } from "three";
import type { Drawn } from "../engine/engine";
import { project, restored, towardsEye, type Pose } from "../engine/pose";
import { element, press } from "../../markup";
import { isSurfacePin, type SurfacePin, type Thread, type Triple } from "../state/manifest";
import type { Tool, Viewer } from "./tool";

interface Placed {
  thread: Thread;
  pin: SurfacePin;
  button: HTMLButtonElement;
  point: Vector3;
  normal: Vector3;
}

const DIMMED = "0.35";

export class Pins implements Tool {
  readonly id = "pins";
  private viewer!: Viewer;
  private ending = new AbortController();
  private placed: Placed[] = [];
  private draft: { dot: HTMLElement; point: Vector3 } | null = null;
  private chosen: string | null = null;
  private asking = false;
  private askedFor: Pose | null = null;
  private behind = new Set<Placed>();

  attach(viewer: Viewer): void {
    this.viewer = viewer;
    this.ending = new AbortController();
    const listen = { signal: this.ending.signal };
    document.addEventListener("arcada:threads", (event) => this.place((event as CustomEvent<{ threads: Thread[] }>).detail.threads), listen);
    document.addEventListener("arcada:show-thread", (event) => this.show((event as CustomEvent<{ id: string }>).detail.id), listen);
    document.addEventListener("arcada:pin", (event) => this.sketch((event as CustomEvent<{ point: Triple }>).detail.point), listen);
    document.addEventListener("arcada:pin-cancelled", () => this.sketch(null), listen);
    const offs = [
      viewer.engine.onDrawn(this.follow),
      viewer.state.onChange(() => {
        this.askedFor = null;
      }),
    ];
    this.ending.signal.addEventListener("abort", () => offs.forEach((off) => off()));
    this.place(viewer.manifest.threads);
  }

  detach(): void {
    this.ending.abort();
    this.sketch(null);
    for (const { button } of this.placed) button.remove();
    this.placed = [];
  }

  private place(threads: Thread[]): void {
    const { scene, engine, words } = this.viewer;
    this.sketch(null);
    for (const { button } of this.placed) button.remove();
    // The server may have written the pins of the poster; these take their place.
    for (const stale of scene.querySelectorAll(".pin")) stale.remove();
    this.placed = threads
      .toSorted((one, other) => one.number - other.number)
      .flatMap((thread) => {
        const { pin } = thread;
        if (!isSurfacePin(pin) || !this.viewer.state.scan(pin.record)) return [];
        const label = words(thread.state === "open" ? "pin.open" : "pin.resolved", { number: thread.number });
        const button = element("button", { type: "button", class: "pin", "aria-label": label, "data-thread": thread.id }, String(thread.number));
        if (thread.state === "resolved") button.dataset["state"] = "done";
        const placed: Placed = {
          thread,
          pin,
          button,
          point: new Vector3(...pin.point).applyMatrix3(engine.frame),
          normal: new Vector3(...pin.normal).applyMatrix3(engine.frame),
        };
        button.addEventListener("click", () => this.choose(thread.id, true));
        button.addEventListener("focus", () => {
          if (button.matches(":focus-visible")) this.travel(placed);
        });
        scene.append(button);
        return [placed];
      });
    this.choose(this.chosen, false);
    this.askedFor = null;
    engine.draw();
  }

  private show(id: string): void {
    const placed = this.placed.find(({ thread }) => thread.id === id);
    this.choose(id, false);
    if (placed) this.travel(placed);
  }

  private travel({ pin }: Placed): void {
    const { state, engine } = this.viewer;
    const scan = state.scan(pin.record);
    if (scan && !state.shown(scan)) state.show(scan, true);
    engine.travelTo(restored(pin.camera, engine.frame));
  }

  private choose(id: string | null, tell: boolean): void {
    this.chosen = id;
    for (const { thread, button } of this.placed) press(button, thread.id === id);
    if (tell) document.dispatchEvent(new CustomEvent("arcada:pin-chosen", { detail: { id } }));
  }

  /** Marks the point a comment is being written for. */
  private sketch(point: Triple | null): void {
    this.draft?.dot.remove();
    this.draft = null;
    if (!point) return;
    const dot = element("span", { class: "pin", "aria-hidden": "true" });
    dot.style.pointerEvents = "none";
    this.viewer.scene.append(dot);
    this.draft = { dot, point: new Vector3(...point).applyMatrix3(this.viewer.engine.frame) };
    this.viewer.engine.draw();
  }

  private readonly follow = ({ pose, size }: Drawn): void => {
    const { state } = this.viewer;
    const eye = towardsEye(pose);
    const put = (one: HTMLElement, point: Vector3): void => {
      const spot = project(pose, size, point);
      one.style.left = `${spot.x}px`;
      one.style.top = `${spot.y}px`;
    };
    for (const placed of this.placed) {
      const scan = state.scan(placed.pin.record);
      placed.button.hidden = !scan || !state.shown(scan);
      put(placed.button, state.opening ? this.viewer.seen(placed.pin.record, placed.pin.point) : placed.point);
      const dim = placed.normal.dot(eye) < 0 || this.behind.has(placed);
      placed.button.style.opacity = dim ? DIMMED : "";
      placed.button.toggleAttribute("data-behind", dim);
    }
    if (this.draft) put(this.draft.dot, this.draft.point);
    if (pose !== this.askedFor) this.look(pose);
  };

  /** Asks which pins have a scan before them; one question at a time, the newest pose last. */
  private look(pose: Pose): void {
    if (this.asking || this.placed.length === 0) return;
    const { engine, blocked } = this.viewer;
    const direction = towardsEye(pose).applyMatrix3(engine.frame.clone().transpose()).toArray();
    const asked = this.placed;
    const answer = blocked(asked.map(({ pin }) => ({ origin: pin.point, direction })));
    if (!answer) return;
    this.asking = true;
    this.askedFor = pose;
    answer
      .then((hidden) => {
        if (asked === this.placed) this.behind = new Set(asked.filter((_, place) => hidden[place]));
      })
      .catch(() => this.behind.clear())
      .finally(() => {
        this.asking = false;
        engine.draw();
      });
  }
}
