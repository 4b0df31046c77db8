// Photographs and radiographs: zoom, shift, turn, mirror, tone, two side by side, and comments on a place.
import { onGestures, type Spot } from "../gestures";
import { element, found, press } from "../markup";
import { readManifest, type Manifest, type SceneRecord, type Thread } from "../viewer/state/manifest";
import { readWords } from "../words";
import { ImagePins } from "./image-pins";
import { imageTools, ZOOM_STEP, type ImageActs } from "./image-tools";
import { Pane, PLAIN_TONE } from "./pane";
import { centredOn, fitScale, panned, UPRIGHT, WHOLE, zoomed, type Window } from "./placement";

const PAN_PER_KEY_PX = 40;
const PIN_ZOOM = 2;

const manifest = readManifest(document);
for (const stage of document.querySelectorAll<HTMLElement>(".stage[data-image-viewer]")) mount(stage, manifest);

function mount(stage: HTMLElement, manifest: Manifest | null): void {
  const picture = stage.querySelector("img");
  if (!picture) return;
  const words = readWords(document);
  const root = stage.closest<HTMLElement>(".viewer") ?? stage;
  const records = manifest?.records.filter(({ image }) => image !== null) ?? [];
  const own = records.find(({ id }) => id === stage.dataset["record"]);
  let threads = manifest?.threads ?? [];

  const scene = element("div", { class: "scene" });
  Object.assign(scene.style, { position: "absolute", inset: "0", inlineSize: "auto", aspectRatio: "auto", display: "grid", gridAutoFlow: "column", gridAutoColumns: "minmax(0, 1fr)", gap: "2px" });
  const level = found(stage, ".level", () => element("span", { class: "level" }));
  // It may come to lie on a bright picture.
  Object.assign(level.style, { background: "rgb(0 0 0 / 0.65)", color: "#fff", padding: "0.1rem 0.4rem" });
  if (own?.kind === "radiograph") Object.assign(stage.style, { background: "var(--film)", color: "#fff" });
  stage.append(scene, level);

  const panes: Pane[] = [new Pane(stage.dataset["record"] ?? "", Number(stage.dataset["version"] ?? 1), picture, words)];
  let active = panes[0] as Pane;
  let window: Window = WHOLE;
  let placing = false;

  const draw = (): void => {
    for (const pane of panes) pane.draw(window, panes.length > 1 && pane === active);
    pins.draw(panes, window);
    const { width, height } = active.pixels;
    const zoom = Math.round(100 * window.zoom * fitScale(active.pixels, active.size, active.turning));
    level.textContent = words("image.level", { width: own?.image?.width ?? width, height: own?.image?.height ?? height, zoom });
    tools.show(active.tone, active.turning.mirrored);
  };
  const move = (to: Window): void => {
    window = to;
    draw();
  };
  const middle = (): Spot => ({ x: active.size.width / 2, y: active.size.height / 2 });
  const choosePane = (pane: Pane): void => {
    active = pane;
    draw();
  };
  const addPane = (pane: Pane): void => {
    scene.append(pane.box);
    listen(pane);
    pane.onLoad(draw);
  };
  const acts: ImageActs = {
    zoom: (factor) => move(zoomed(window, active.size, factor, middle())),
    rotate() {
      active.turning = { ...active.turning, quarters: (active.turning.quarters + (active.turning.mirrored ? 3 : 1)) % 4 };
      draw();
    },
    mirror() {
      active.turning = { ...active.turning, mirrored: !active.turning.mirrored };
      draw();
    },
    reset() {
      for (const pane of panes) Object.assign(pane, { turning: UPRIGHT, tone: PLAIN_TONE });
      move(WHOLE);
    },
    tone(tone) {
      active.tone = tone;
      draw();
    },
    compare(record) {
      for (const pane of panes.splice(1)) pane.box.remove();
      if (record) {
        const second = paneOf(record);
        panes.push(second);
        addPane(second);
      }
      active = panes[0] as Pane;
      pins.set(threads, panes);
    },
  };
  const paneOf = (record: SceneRecord): Pane => {
    const image = element("img", { src: record.image?.url ?? "", alt: record.label });
    return new Pane(record.id, record.version, image, words);
  };

  const bar = found(root, ".tools", () => {
    const made = element("div", { class: "tools", role: "toolbar", "aria-label": words("image.tools") });
    stage.before(made);
    return made;
  });
  const pins = new ImagePins(words, () => draw());
  const tools = imageTools(bar, records.filter((record) => record !== own), words, acts);

  function listen(pane: Pane): void {
    onGestures(pane.box, {
      down: () => choosePane(pane),
      drag: (step) => move(panned(window, pane.size, step.x, step.y)),
      pinch: (step, factor, at) => move(zoomed(panned(window, pane.size, step.x, step.y), pane.size, factor, at)),
      wheel: (factor, at) => move(zoomed(window, pane.size, factor, at)),
      tap(at) {
        if (placing && pins.take(pane, window, at)) place(false);
      },
    });
  }

  const keys: Partial<Record<string, () => void>> = {
    "+": () => acts.zoom(ZOOM_STEP),
    "=": () => acts.zoom(ZOOM_STEP),
    "-": () => acts.zoom(1 / ZOOM_STEP),
    "0": acts.reset,
    r: acts.rotate,
    m: acts.mirror,
    ArrowLeft: () => move(panned(window, active.size, PAN_PER_KEY_PX, 0)),
    ArrowRight: () => move(panned(window, active.size, -PAN_PER_KEY_PX, 0)),
    ArrowUp: () => move(panned(window, active.size, 0, PAN_PER_KEY_PX)),
    ArrowDown: () => move(panned(window, active.size, 0, -PAN_PER_KEY_PX)),
    Escape: () => {
      if (placing) document.dispatchEvent(new CustomEvent("arcada:pin-cancelled"));
      place(false);
    },
    Enter: () => {
      if (placing && pins.take(active, window, middle())) place(false);
    },
  };
  stage.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target !== stage) return;
    const act = keys[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });

  const start = root.querySelector<HTMLElement>('[data-act="comment-on-point"]');
  const place = (on: boolean): void => {
    placing = on;
    if (start) press(start, on);
    scene.style.cursor = on ? "crosshair" : "";
  };
  if (start) {
    start.hidden = !manifest?.permissions.includes("comment");
    press(start, false);
    start.addEventListener("click", () => {
      if (placing) document.dispatchEvent(new CustomEvent("arcada:pin-cancelled"));
      place(!placing);
    });
  }
  document.addEventListener("arcada:pin-cancelled", () => pins.sketch(null));
  document.addEventListener("arcada:threads", (event) => {
    threads = (event as CustomEvent<{ threads: Thread[] }>).detail.threads;
    pins.set(threads, panes);
  });
  document.addEventListener("arcada:show-thread", (event) => {
    const pin = pins.choose((event as CustomEvent<{ id: string }>).detail.id);
    const pane = pin && panes.find(({ record }) => record === pin.record);
    if (!pin || !pane) return;
    active = pane;
    const near = { ...window, zoom: Math.max(PIN_ZOOM, window.zoom) };
    move(centredOn(near, pane.pixels, pane.size, pane.turning, pin));
  });

  addPane(panes[0] as Pane);
  new ResizeObserver(draw).observe(stage);
  pins.set(threads, panes);
}
