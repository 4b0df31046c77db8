// The page's viewer: finds the server's HTML and ties levels, engine, tools and panels together.
import { Matrix3, Vector3, type Matrix4 } from "three";
import type { Spot } from "../gestures";
import { element, found } from "../markup";
import { readWords, type WordKey } from "../words";
import { Engine, NoWebGL } from "./engine/engine";
import { opened } from "./engine/hinge";
import { towardsEye, turnOfView, unproject, type Pose } from "./engine/pose";
import { VIEWS, viewNamed, type View } from "./engine/views";
import { fill, posterViewer } from "./panels/posters";
import { scansPanel } from "./panels/scans";
import { toolbar } from "./panels/toolbar";
import { Levels, type Receiver } from "./state/levels";
import { readManifest, type Manifest } from "./state/manifest";
import { SceneState, type ScanState } from "./state/scene-state";
import { Bearings } from "./tools/bearings";
import { CommentOnPoint } from "./tools/comment-on-point";
import { Navigate } from "./tools/navigate";
import { savePicture } from "./tools/picture";
import { Pins } from "./tools/pins";
import { SharedViews } from "./tools/shared-views";
import { Shelf } from "./tools/shelf";
import type { News } from "./tools/together";
import type { Tool, Viewer } from "./tools/tool";
import type { Standing } from "./worker/messages";

/** A pick starts this far before the target, beyond any scan: the eye of an orthographic picture has no place. */
const BEFORE_ALL_MM = 1000;

const root = document.querySelector<HTMLElement>(".viewer");
const stage = root?.querySelector<HTMLElement>(".stage:not([data-image-viewer])");
const manifest = readManifest(document);
if (root && stage && manifest) start(root, stage, manifest);

function start(root: HTMLElement, stage: HTMLElement, manifest: Manifest): void {
  const state = new SceneState(manifest);
  if (state.scans.length === 0) return;
  const words = readWords(document);
  const isLean = matchMedia("(pointer: coarse)").matches;
  const leaving = new AbortController();
  const records = state.scans.map(({ record }) => record);
  // Before anything else: the way is longer than the work.
  const levels = new Levels(document, records, manifest.frame.flat(), isLean, leaving.signal);
  const scene = found(stage, ".scene", () => put(stage, element("div", { class: "scene" })));
  const level = found(stage, ".level", () => put(stage, element("span", { class: "level" })));
  const pressed = root.querySelector<HTMLElement>('[data-view][aria-pressed="true"]')?.dataset["view"];
  let view: View = viewNamed(pressed ?? "") ?? (VIEWS[0] as View);

  const engine = makeEngine(stage, manifest, view);
  scansPanel(root, state, words, stage);
  if (!engine) {
    leaving.abort();
    levels.worker.end();
    posterViewer(root, stage, scene, state, words);
    return;
  }
  Object.assign(engine.canvas.style, { position: "absolute", inset: "0", inlineSize: "100%", blockSize: "100%", visibility: "hidden" });
  scene.append(engine.canvas);
  const dock = found(root, ".dock", () => put(root, element("div", { class: "dock" })));
  const spoken = put(root, element("p", { class: "sr", role: "status" }));
  const taps: ((spot: Spot) => void)[] = [];
  const arrived = new Set<string>();
  let failed = false;
  /** The pose that shows everything in a standard view, until the reader moves it. */
  let standing: Pose | null = null;

  let shownOpening = 0;

  const tell = (): void => {
    const { detail, triangles } = engine.loaded;
    const key: WordKey = detail === null ? "level.none" : detail === "coarse" && failed ? "level.not_loaded" : `level.${detail}`;
    level.textContent = words(key, { count: triangles });
  };
  /** Only the lower jaw is ever moved, and only for the eye. */
  const lowerJaw = (): ScanState | undefined => state.scans.find(({ record }) => record.jaw === "mandible");
  const placementOf = ({ record, jaw }: ScanState): Matrix4 | null =>
    state.opening && jaw === "mandible" ? opened(state.opening, engine.boxOf(lowerJaw()?.record.id ?? record.id), engine.frame) : null;
  const standsAt = (id: string): Standing => {
    const scan = state.scan(id);
    return { record: id, toOwn: (scan && placementOf(scan)?.invert().toArray()) ?? null };
  };
  const look = (): void => {
    for (const scan of state.scans) {
      engine.look(scan.record.id, state.look(scan));
      engine.place(scan.record.id, placementOf(scan));
    }
    // A jaw that opens stays in sight, until the reader moves the picture.
    if (state.opening !== shownOpening && engine.goal === standing) stand((pose) => engine.moveTo(pose));
    shownOpening = state.opening;
    engine.cutAt(state.cutsAway ? state.cut : null);
    tell();
  };
  const stand = (move: (pose: Pose) => void): void => {
    standing = engine.fit(turnOfView(view));
    move(standing);
  };
  const receiver: Receiver = {
    put(record, detail, made) {
      const isNew = !arrived.has(record.id);
      arrived.add(record.id);
      engine.put(record.id, detail, made);
      assignJaws(state, engine);
      look();
      if (isNew && engine.goal === standing) stand((pose) => engine.moveTo(pose));
    },
    failed() {
      failed = true;
      tell();
    },
  };

  const viewer: Viewer = {
    root,
    stage,
    scene,
    engine,
    state,
    manifest,
    words,
    geometry: levels.worker,
    ready: (ids) => levels.settled(ids),
    see(chosen) {
      view = chosen;
      state.makeWayFor(chosen);
      stand((pose) => engine.travelTo(pose));
      bar.mark(chosen);
      viewer.say(words(`view.seen.${chosen.name}`));
    },
    reset() {
      state.restore();
      viewer.see(view);
    },
    async pick(spot) {
      const toFile = engine.frame.clone().transpose();
      const eye = towardsEye(engine.pose);
      const origin = unproject(engine.pose, engine.size, spot).addScaledVector(eye, BEFORE_ALL_MM).applyMatrix3(toFile);
      const ray = { origin: origin.toArray(), direction: eye.negate().applyMatrix3(toFile).toArray() };
      return levels.worker.ask("pick", { records: (await levels.settled(state.shownIds)).map(standsAt), ray });
    },
    blocked(rays) {
      if (isLean || !state.shownIds.every((id) => levels.isReady(id))) return null;
      return levels.worker.ask("blocked", { records: state.opaqueIds.map(standsAt), rays });
    },
    seen(record, point) {
      const scan = state.scan(record);
      const placed = scan ? placementOf(scan) : null;
      const seen = new Vector3(...point);
      return (placed ? seen.applyMatrix4(placed) : seen).applyMatrix3(engine.frame);
    },
    onTap(listener) {
      taps.push(listener);
      return () => void taps.splice(taps.lastIndexOf(listener) >>> 0, 1);
    },
    tap(spot) {
      taps.at(-1)?.(spot);
    },
    panel(label) {
      return put(dock, element("section", { class: "tool-panel", "aria-label": label }));
    },
    say(sentence) {
      spoken.textContent = sentence;
    },
  };

  const bar = toolbar(root, words, viewer.see, {
    picture: () => void savePicture(viewer),
    reset: viewer.reset,
    ...(document.fullscreenEnabled ? { fullscreen: () => void toggleFullscreen(root) } : {}),
  });
  let shownSize = engine.size;
  engine.onDrawn(({ size }) => {
    const isStanding = engine.goal === standing;
    bar.mark(isStanding || engine.goal.turn.angleTo(turnOfView(view)) < 0.01 ? view : null);
    if (size !== shownSize && isStanding) stand((pose) => engine.moveTo(pose));
    shownSize = size;
  });
  uncover(scene, engine);
  state.onChange(look);
  const shelf = new Shelf();
  const tools: Tool[] = [new Navigate(), new Bearings(), new Pins(shelf), new CommentOnPoint(), shelf, new SharedViews(shelf)];
  for (const tool of tools) tool.attach(viewer);

  meetOthers(viewer);

  engine.onContext = (lost) => {
    if (lost) level.textContent = words("level.rebuilding");
    else void levels.again(receiver);
  };
  state.makeWayFor(view);
  stand((pose) => engine.moveTo(pose));
  void levels.bring(receiver);
  addEventListener("pagehide", (event) => {
    if (!event.persisted) leaving.abort();
  });
}

/** Most are alone with a case: what several need comes when a second one does. */
function meetOthers(viewer: Viewer): void {
  const met = (event: Event): void => {
    const news = (event as CustomEvent<News>).detail;
    if (news.people.length < 2) return;
    document.removeEventListener("arcada:presence", met);
    void import("./tools/together").then(({ Together }) => {
      const together = new Together();
      together.attach(viewer);
      together.hear(news);
    });
  };
  if (viewer.manifest.save?.presence) document.addEventListener("arcada:presence", met);
}

/** What does not say which jaw it belongs to goes with the one whose height it lies at. */
function assignJaws(state: SceneState, engine: Engine): void {
  const heightOf = (scan: ScanState): number => engine.boxOf(scan.record.id).getCenter(new Vector3()).y;
  const jaws = state.scans.filter(({ record }) => record.jaw !== "unknown" && !engine.boxOf(record.id).isEmpty());
  for (const scan of state.scans) {
    if (scan.record.jaw !== "unknown" || engine.boxOf(scan.record.id).isEmpty()) continue;
    const away = (jaw: ScanState): number => Math.abs(heightOf(jaw) - heightOf(scan));
    scan.jaw = jaws.toSorted((one, other) => away(one) - away(other))[0]?.record.jaw ?? "unknown";
  }
}

function makeEngine(stage: HTMLElement, manifest: Manifest, view: View): Engine | null {
  const frame = new Matrix3().fromArray(manifest.frame.flat()).transpose();
  const pose = { target: new Vector3(), turn: turnOfView(view), span: 100 };
  const still = (): boolean => matchMedia("(prefers-reduced-motion: reduce)").matches;
  try {
    return new Engine(stage, frame, pose, still);
  } catch (failure) {
    if (failure instanceof NoWebGL) return null;
    throw failure;
  }
}

/** The poster stays until the first frame is drawn; then the canvas takes the whole stage. */
function uncover(scene: HTMLElement, engine: Engine): void {
  const off = engine.onDrawn(() => {
    const { detail } = engine.loaded;
    if (detail && !scene.dataset["drawn"]) {
      fill(scene);
      for (const poster of scene.querySelectorAll<HTMLElement>(":scope > img, :scope > svg")) poster.remove();
      engine.canvas.style.visibility = "";
    }
    if (detail && scene.dataset["drawn"] !== detail) {
      scene.dataset["drawn"] = detail;
      performance.mark(`arcada:${detail}-drawn`);
    }
    if (detail === "full") off();
  });
}

async function toggleFullscreen(root: HTMLElement): Promise<void> {
  if (document.fullscreenElement) await document.exitFullscreen();
  else await root.requestFullscreen();
}

function put<T extends HTMLElement>(within: HTMLElement, made: T): T {
  within.append(made);
  return made;
}
