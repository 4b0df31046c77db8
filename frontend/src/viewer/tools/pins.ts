// Comments that stand on a point of a surface: where they are in the picture, and the way to each of them.
import { Vector3 } from "three";
import type { Drawn } from "../engine/engine";
import { project, restored, towardsEye, type Pose } from "../engine/pose";
import { element, press } from "../../markup";
import { isSurfacePin, type SurfacePin, type Thread, type Triple } from "../state/manifest";
import { cutAs } from "../state/shared-view";
import type { Shelf } from "./shelf";
import type { Tool, Viewer } from "./tool";

/** A pin on a scan that is there: where it was set, or where it was found again on the newer version. */
interface Standing {
  record: string;
  point: Triple;
  normal: Triple;
}

interface Placed {
  thread: Thread;
  at: Standing;
  button: HTMLButtonElement;
  point: Vector3;
  normal: Vector3;
}

const DIMMED = "0.35";

export class Pins implements Tool {
  readonly id = "pins";
  private viewer!: Viewer;
  private ending = new AbortController();
  private threads: readonly Thread[] = [];
  private placed: Placed[] = [];
  private draft: { dot: HTMLElement; point: Vector3 } | null = null;
  private chosen: string | null = null;
  private asking = false;
  private askedFor: Pose | null = null;
  private behind = new Set<Placed>();
  private areApart = false;

  constructor(private readonly shelf: Shelf) {}

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
    this.areApart = false;
  }

  private place(threads: Thread[]): void {
    const { scene, engine, words } = this.viewer;
    this.sketch(null);
    for (const { button } of this.placed) button.remove();
    // The server may have written the pins of the poster; these take their place.
    for (const stale of scene.querySelectorAll(".pin")) stale.remove();
    this.threads = threads;
    this.placed = threads
      .toSorted((one, other) => one.number - other.number)
      .flatMap((thread) => {
        const { pin } = thread;
        const at = isSurfacePin(pin) ? this.standing(pin) : null;
        if (!isSurfacePin(pin) || !at) return [];
        const label = words(thread.state === "open" ? "pin.open" : "pin.resolved", { number: thread.number });
        const button = element("button", { type: "button", class: "pin", "aria-label": label, "data-thread": thread.id }, String(thread.number));
        if (thread.state === "resolved") button.dataset["state"] = "done";
        button.toggleAttribute("data-moved", at !== pin && !!pin.found?.has_moved);
        const placed: Placed = {
          thread,
          at,
          button,
          point: new Vector3(...at.point).applyMatrix3(engine.frame),
          normal: new Vector3(...at.normal).applyMatrix3(engine.frame),
        };
        button.addEventListener("click", () => this.choose(thread.id, true));
        button.addEventListener("focus", () => {
          if (button.matches(":focus-visible")) this.travel(pin);
        });
        scene.append(button);
        return [placed];
      });
    this.choose(this.chosen, false);
    this.askedFor = null;
    // What keeps pins from lying upon each other comes with the second one.
    if (!this.areApart && this.placed[1]) {
      this.areApart = true;
      void import("./pins-apart").then(({ keepApart }) => keepApart(this.viewer, this.ending.signal));
    }
    engine.draw();
  }

  private show(id: string): void {
    const pin = this.threads.find((thread) => thread.id === id)?.pin ?? null;
    this.choose(id, false);
    if (!isSurfacePin(pin)) return;
    const beside = this.travel(pin);
    const { section } = pin;
    if (!section) return;
    void this.shelf.take("section").then(() => {
      if (this.shelf.taken === "section") cutAs(this.viewer.state, { ...section, point: beside(section.point) });
    });
  }

  private standing(pin: SurfacePin): Standing | null {
    const { state } = this.viewer;
    if (state.scan(pin.record)) return pin;
    const { record, point, normal } = pin.found ?? {};
    return record && point && normal && state.scan(record) ? { record, point, normal } : null;
  }

  /** The camera that was kept with it, as far beside it as it was; where its surface is gone, as it was. Returns the shift. */
  private travel(pin: SurfacePin): (place: Triple) => Triple {
    const { state, engine } = this.viewer;
    const at = this.standing(pin);
    const scan = at && state.scan(at.record);
    if (scan && !state.shown(scan)) state.show(scan, true);
    const beside = (place: Triple): Triple =>
      place.map((value, axis) => value + ((at ?? pin).point[axis] as number) - (pin.point[axis] as number)) as Triple;
    const { camera } = pin;
    const moved = { ...camera, position: beside(camera.position), target: beside(camera.target) };
    engine.travelTo(restored(moved, engine.frame));
    return beside;
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
      const scan = state.scan(placed.at.record);
      placed.button.hidden = !scan || !state.shown(scan);
      put(placed.button, state.opening ? this.viewer.seen(placed.at.record, placed.at.point) : placed.point);
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
    const answer = blocked(asked.map(({ at }) => ({ origin: at.point, direction })));
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
