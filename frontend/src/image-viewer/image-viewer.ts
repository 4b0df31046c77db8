// Photographs and radiographs: every grey, zoom, turn, measure, draw, up to four side by side, comments on a place.
import { onGestures, type Spot } from "../gestures";
import { element, found, press } from "../markup";
import { isImagePin, readManifest, type ImageMark, type Manifest, type SceneRecord, type Thread } from "../viewer/state/manifest";
import { bring, readWords, type WordKey } from "../words";
import { Drawing, type DrawTool } from "./drawing";
import { ImagePanel, type Measured } from "./image-panel";
import { ImagePins } from "./image-pins";
import { imageTools, ZOOM_STEP, type ImageActs } from "./image-tools";
import { IMAGE_ENGLISH } from "./image-words";
import type { Drawn } from "./marks";
import { angleAt, lengthOf, ruledScale } from "./measuring";
import { Pane, type Shown } from "./pane";
import { atZoom, centredOn, fitScale, panned, UPRIGHT, WHOLE, zoomed, type Window } from "./placement";
import { dragged, type Tone } from "./tone";

const STEP_PX = 40;
const FINE_STEP_PX = 4;
const PIN_ZOOM = 2;
const RESTS_AFTER_MS = 120;
const PANORAMIC = "PX";

interface Measure {
  id: number;
  number: number;
  kind: "length" | "angle";
  pane: Pane;
  points: Spot[];
}

bring(IMAGE_ENGLISH);
const manifest = readManifest(document);
for (const stage of document.querySelectorAll<HTMLElement>(".stage[data-image-viewer]")) mount(stage, manifest);

function mount(stage: HTMLElement, manifest: Manifest | null): void {
  const picture = stage.querySelector("img");
  if (!picture) return;
  const words = readWords(document);
  const decimal = new Intl.NumberFormat(document.documentElement.lang || "en", { minimumFractionDigits: 1, maximumFractionDigits: 1 });
  const root = stage.closest<HTMLElement>(".viewer") ?? stage;
  const records = manifest?.records.filter(({ image }) => image !== null) ?? [];
  const own = records.find(({ id }) => id === stage.dataset["record"]);
  const form = document.querySelector<HTMLFormElement>("#new-thread");
  const mayDraw = form !== null && Boolean(manifest?.permissions.includes("comment"));
  let threads = manifest?.threads ?? [];

  const scene = element("div", { class: "scene pictures" });
  const level = found(stage, ".level", () => element("span", { class: "level" }));
  const aim = element("span", { class: "aim", "aria-hidden": "true" });
  if (own?.kind === "radiograph") stage.dataset["film"] = "";
  stage.append(scene, level);
  stage.setAttribute("aria-description", (["image.keys", "image.keys_tools", "image.keys_cross"] as const).map((key) => words(key)).join(" "));

  const first = own ? shownOf(own) : { record: stage.dataset["record"] ?? "", version: Number(stage.dataset["version"] ?? 1), label: "", isFilm: false, image: null };
  const panes: Pane[] = [new Pane(first, picture, words)];
  let active = panes[0] as Pane;
  let window: Window = WHOLE;
  let placing = false;
  let windowing = false;
  let cross: Spot | null = null;
  let measures: Measure[] = [];
  let numbered = 0;
  let waiting: { pane: Pane; points: Spot[] } | null = null;
  let drafts: { pane: Pane; mark: ImageMark }[] = [];
  let frame = 0;
  let resting: ReturnType<typeof setTimeout> | undefined;

  const draw = (): void => {
    frame = 0;
    for (const pane of panes) pane.draw(window, panes.length > 1 && pane === active, drawnOn(pane));
    pins.draw(panes, window);
    const { width, height } = active.whole;
    const zoom = Math.round(100 * scaleOnScreen() * devicePixelRatio);
    const deep = active.bits > 8 ? words("image.level_deep", { width, height, zoom, bits: active.bits }) : words("image.level", { width, height, zoom });
    level.textContent = active.waits ? `${deep}. ${words(active.waits)}` : deep;
    tools.show({ mirrored: active.turning.mirrored, inverted: active.tone.inverted, windowing, tool: drawing.tool });
    panel.show({
      tone: active.tone, top: active.top, tool: drawing.tool, missing: drawing.missing, waitsForRuler: waiting !== null,
      measured: measures.map(told), scale: scaleSaid(), marks: drafts.length,
    });
    scene.classList.toggle("drawing", drawing.tool !== null);
    aim.hidden = cross === null;
    if (cross) Object.assign(aim.style, { left: `${cross.x}px`, top: `${cross.y}px` });
  };
  const later = (): void => {
    frame ||= requestAnimationFrame(draw);
  };
  const move = (to: Window): void => {
    window = to;
    later();
  };
  /** CSS pixels on the screen for a pixel of the whole picture. */
  const scaleOnScreen = (): number => (window.zoom * fitScale(active.pixels, active.size, active.turning) * active.pixels.width) / active.whole.width;
  const middle = (): Spot => ({ x: active.size.width / 2, y: active.size.height / 2 });
  const choosePane = (pane: Pane): void => {
    active = pane;
    later();
  };
  const addPane = (pane: Pane): void => {
    scene.append(pane.box);
    listen(pane);
    pane.onLoad(later);
    void pane.deepen(later);
  };
  const toned = (tone: Tone): void => {
    const pane = active;
    pane.tone = tone;
    pane.isMoving = true;
    clearTimeout(resting);
    resting = setTimeout(() => {
      for (const one of panes) one.isMoving = false;
      later();
    }, RESTS_AFTER_MS);
    later();
  };

  // ---------------------------------------------------------------- what is measured and drawn

  const named = ({ kind, number }: Measure): string => words("image.named", { kind: words(`image.${kind}`), number });
  const valueOf = ({ kind, pane, points }: Measure): string => {
    if (kind === "angle") return words("image.degrees", { angle: decimal.format(angleAt(points, pane.whole, pane.scale)) });
    const { value, unit } = lengthOf(points[0] as Spot, points[1] as Spot, pane.whole, pane.scale);
    return unit === "mm" ? words("image.mm", { length: decimal.format(value) }) : words("image.px", { length: Math.round(value) });
  };
  const told = (measure: Measure): Measured => ({ id: measure.id, name: named(measure), value: valueOf(measure) });
  const scaleSaid = (): WordKey[] => {
    const { scale, shown } = active;
    if (!scale) return ["image.no_scale"];
    const said: WordKey[] = [scale.source === "ruler" ? (shown.isFilm ? "image.scale.ruler_film" : "image.scale.ruler") : `image.scale.${scale.source}`];
    if (shown.image?.modality === PANORAMIC && scale.source !== "calibrated") said.push("image.scale.panoramic");
    return said;
  };
  const drawnOn = (pane: Pane): Drawn[] => {
    const of = (mark: ImageMark, faint: boolean): Drawn => ({ ...mark, points: mark.points.map(([x, y]) => ({ x, y })), faint });
    const said = threads.flatMap(({ id, pin, state }) =>
      isImagePin(pin) && pin.record === pane.shown.record && (state === "open" || id === pins.chosen) ? (pin.marks ?? []).map((mark) => of(mark, id !== pins.chosen)) : [],
    );
    const mine = drafts.filter((draft) => draft.pane === pane).map(({ mark }) => of(mark, false));
    const measured = measures.filter((measure) => measure.pane === pane).map((measure) => ({ kind: measure.kind, points: measure.points, text: valueOf(measure) }));
    const ruler: Drawn[] = waiting?.pane === pane ? [{ kind: "length", points: waiting.points }] : [];
    const sketch = drawing.sketch(pane);
    return [...said, ...mine, ...measured, ...ruler, ...(sketch ? [sketch] : [])];
  };
  const finished = (tool: DrawTool, pane: Pane, points: Spot[]): void => {
    if (tool === "ruler") {
      waiting = { pane, points };
      drawing.choose(null);
      draw();
      panel.box.querySelector<HTMLInputElement>("form.picture-ask input")?.select();
    } else if (tool === "length" || tool === "angle") {
      numbered += 1;
      const measure = { id: numbered, number: measures.filter(({ kind }) => kind === tool).length + 1, kind: tool, pane, points };
      measures.push(measure);
      panel.say(`${named(measure)}: ${valueOf(measure)}`);
    } else {
      const mark: ImageMark = { kind: tool, points: points.map(({ x, y }) => [x, y]) };
      if (tool === "text") mark.text = panel.text;
      if (drafts.some((draft) => draft.pane !== pane)) drafts = [];
      drafts.push({ pane, mark });
      offer();
    }
  };
  /** What was drawn goes with the comment that is being written; the page keeps it in its form. */
  const offer = (): void => {
    const [draft] = drafts;
    if (!draft) return;
    const [x, y] = draft.mark.points[0] as [number, number];
    const { record, version } = draft.pane.shown;
    const kept = document.activeElement;
    document.dispatchEvent(new CustomEvent("arcada:pin", { detail: { record, version, x, y, marks: drafts.map(({ mark }) => mark) } }));
    // One may draw on: the page takes the focus to its form only when it is asked for.
    if (kept instanceof HTMLElement) kept.focus({ preventScroll: true });
  };
  const takePoint = (pane: Pane, spot: Spot): void => {
    if (drawing.tool === "text" && !panel.text) {
      panel.askForText();
      return;
    }
    if (drawing.take(pane, pane.placeAt(window, spot))) later();
  };

  // ---------------------------------------------------------------- tools

  const acts: ImageActs = {
    zoom: (factor) => move(zoomed(window, active.size, factor, middle())),
    oneToOne: () => move(atZoom(window, window.zoom / (scaleOnScreen() * devicePixelRatio))),
    rotate() {
      active.turning = { ...active.turning, quarters: (active.turning.quarters + (active.turning.mirrored ? 3 : 1)) % 4 };
      later();
    },
    mirror() {
      active.turning = { ...active.turning, mirrored: !active.turning.mirrored };
      later();
    },
    invert: () => toned({ ...active.tone, inverted: !active.tone.inverted }),
    reset() {
      for (const pane of panes) {
        pane.turning = UPRIGHT;
        if (pane.tone !== pane.first) pane.tone = pane.first;
      }
      windowing = false;
      move(WHOLE);
    },
    window() {
      windowing = !windowing;
      drawing.choose(null);
      later();
    },
    take(tool) {
      drawing.choose(drawing.tool === tool ? null : tool);
      windowing = false;
      waiting = null;
      cross = null;
      draw();
      if (drawing.tool === "text") panel.askForText();
    },
    compare(chosen) {
      for (const pane of panes.slice(1)) {
        if (chosen.some(({ id }) => id === pane.shown.record)) continue;
        pane.box.remove();
        panes.splice(panes.indexOf(pane), 1);
        measures = measures.filter((measure) => measure.pane !== pane);
      }
      for (const record of chosen) {
        if (panes.some(({ shown }) => shown.record === record.id)) continue;
        const image = element("img", { src: record.image?.url ?? "", alt: record.label });
        const pane = new Pane(shownOf(record), image, words);
        panes.push(pane);
        addPane(pane);
      }
      scene.dataset["count"] = String(panes.length);
      active = panes[0] as Pane;
      pins.set(threads, panes);
    },
  };

  const bar = found(root, ".tools", () => {
    const made = element("div", { class: "tools", role: "toolbar", "aria-label": words("image.tools") });
    stage.before(made);
    return made;
  });
  const drawing = new Drawing<Pane>(finished);
  const panel = new ImagePanel(words, {
    tone: toned,
    remove(id) {
      measures = measures.filter((measure) => measure.id !== id);
      later();
    },
    rule(mm) {
      const scale = waiting && ruledScale(waiting.points[0] as Spot, waiting.points[1] as Spot, waiting.pane.whole, mm);
      if (!waiting || !scale) return;
      waiting.pane.scale = scale;
      waiting = null;
      later();
      stage.focus({ preventScroll: true });
    },
    write: () => form?.querySelector("textarea")?.focus(),
    clearMarks() {
      drafts = [];
      form?.querySelector<HTMLElement>('[data-act="forget-point"]')?.click();
      later();
    },
  });
  const dock = found(root, ".dock", () => {
    const made = element("div", { class: "dock" });
    stage.after(made);
    return made;
  });
  dock.append(panel.box);
  const pins = new ImagePins(words, later);
  const tools = imageTools(bar, records.filter((record) => record !== own), mayDraw, words, acts);
  scene.append(aim);

  function listen(pane: Pane): void {
    onGestures(pane.box, {
      down() {
        cross = null;
        choosePane(pane);
      },
      drag(step, shifts) {
        if (windowing || shifts) toned(dragged(pane.tone, step.x, step.y, pane.size, pane.top));
        else move(panned(window, pane.size, step.x, step.y));
      },
      pinch: (step, factor, at) => move(zoomed(panned(window, pane.size, step.x, step.y), pane.size, factor, at)),
      wheel: (factor, at) => move(zoomed(window, pane.size, factor, at)),
      tap(at) {
        if (drawing.tool) takePoint(pane, at);
        else if (placing && pins.take(pane, window, at)) place(false);
      },
    });
    pane.box.addEventListener("pointermove", (event) => {
      if (!drawing.tool) return;
      const { left, top } = pane.box.getBoundingClientRect();
      if (drawing.hover(pane, pane.placeAt(window, { x: event.clientX - left, y: event.clientY - top }))) later();
    });
  }

  // ---------------------------------------------------------------- keys

  /** Arrow keys shift the picture; with a tool they move the cross that Enter takes a point at. */
  const arrow = (right: number, down: number, fine: boolean): void => {
    if (!drawing.tool && !placing) {
      move(panned(window, active.size, -right * STEP_PX, -down * STEP_PX));
      return;
    }
    const step = fine ? FINE_STEP_PX / 4 : FINE_STEP_PX * 3;
    const from = cross ?? middle();
    const { width, height } = active.size;
    cross = { x: Math.min(width, Math.max(0, from.x + right * step)), y: Math.min(height, Math.max(0, from.y + down * step)) };
    active.box.append(aim);
    drawing.hover(active, active.placeAt(window, cross));
    later();
  };
  const keys: Partial<Record<string, (fine: boolean) => void>> = {
    "+": () => acts.zoom(ZOOM_STEP),
    "=": () => acts.zoom(ZOOM_STEP),
    "-": () => acts.zoom(1 / ZOOM_STEP),
    "0": acts.reset,
    "1": acts.oneToOne,
    r: acts.rotate,
    m: acts.mirror,
    i: acts.invert,
    w: acts.window,
    l: () => acts.take("length"),
    a: () => acts.take("angle"),
    u: () => acts.take("ruler"),
    "[": () => toned(dragged(active.tone, -20, 0, active.size, active.top)),
    "]": () => toned(dragged(active.tone, 20, 0, active.size, active.top)),
    "{": () => toned(dragged(active.tone, 0, 10, active.size, active.top)),
    "}": () => toned(dragged(active.tone, 0, -10, active.size, active.top)),
    ArrowLeft: (fine) => arrow(-1, 0, fine),
    ArrowRight: (fine) => arrow(1, 0, fine),
    ArrowUp: (fine) => arrow(0, -1, fine),
    ArrowDown: (fine) => arrow(0, 1, fine),
    Escape() {
      if (drawing.tool && !drawing.back()) drawing.choose(null);
      if (placing) document.dispatchEvent(new CustomEvent("arcada:pin-cancelled"));
      cross = null;
      place(false);
      later();
    },
    Enter() {
      if (drawing.tool) takePoint(active, cross ?? middle());
      else if (placing && pins.take(active, window, cross ?? middle())) place(false);
    },
  };
  stage.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target !== stage) return;
    const act = keys[event.key] ?? keys[event.key.toLowerCase()];
    if (!act) return;
    event.preventDefault();
    act(event.shiftKey);
  });

  // ---------------------------------------------------------------- comments

  const start = root.querySelector<HTMLElement>('[data-act="comment-on-point"]');
  const place = (on: boolean): void => {
    placing = on;
    if (on) drawing.choose(null);
    if (start) press(start, on);
    scene.classList.toggle("aiming", on);
  };
  if (start) {
    start.hidden = !manifest?.permissions.includes("comment");
    press(start, false);
    start.addEventListener("click", () => {
      if (placing) document.dispatchEvent(new CustomEvent("arcada:pin-cancelled"));
      place(!placing);
      later();
    });
  }
  document.addEventListener("arcada:pin-cancelled", () => {
    drafts = [];
    pins.sketch(null);
    later();
  });
  document.addEventListener("arcada:threads", (event) => {
    threads = (event as CustomEvent<{ threads: Thread[] }>).detail.threads;
    pins.set(threads, panes);
  });
  document.addEventListener("arcada:show-thread", (event) => {
    const pin = pins.choose((event as CustomEvent<{ id: string }>).detail.id);
    const pane = pin && panes.find(({ shown }) => shown.record === pin.record);
    if (!pin || !pane) return;
    active = pane;
    const near = { ...window, zoom: Math.max(PIN_ZOOM, window.zoom) };
    move(centredOn(near, pane.pixels, pane.size, pane.turning, pin));
  });

  addPane(panes[0] as Pane);
  new ResizeObserver(later).observe(stage);
  pins.set(threads, panes);
}

function shownOf(record: SceneRecord): Shown {
  return { record: record.id, version: record.version, label: record.label, isFilm: record.kind === "radiograph", image: record.image };
}
