// A view given to who asks for it, and shown when somebody wants it: a quoted view of a comment, a led camera.
import { restored, saved } from "../engine/pose";
import { showView, viewOf, type SharedView } from "../state/shared-view";
import type { Shelf } from "./shelf";
import type { Tool, Viewer } from "./tool";

export class SharedViews implements Tool {
  readonly id = "shared-views";
  private ending = new AbortController();

  constructor(private readonly shelf: Shelf) {}

  attach(viewer: Viewer): void {
    const { engine, state } = viewer;
    this.ending = new AbortController();
    const listen = { signal: this.ending.signal };
    document.addEventListener(
      "arcada:quote-view",
      (event) => {
        const { give } = (event as CustomEvent<{ give(view: SharedView): void }>).detail;
        give(viewOf(state, saved(engine.goal, engine.frame), this.shelf.taken));
      },
      listen,
    );
    document.addEventListener(
      "arcada:show-view",
      (event) => {
        const view = (event as CustomEvent<SharedView>).detail;
        void this.shelf.take(view.tool).then(() => {
          showView(state, view);
          engine.travelTo(restored(view.camera, engine.frame));
        });
      },
      listen,
    );
  }

  detach(): void {
    this.ending.abort();
  }
}
