// Draws the scene: scans, their levels and looks, one orthographic eye. Draws on demand; fetches and builds nothing.
import { Box3, Matrix3, Matrix4, OrthographicCamera, Scene, Vector3, Vector4, WebGLRenderer, type Object3D } from "three";
import { timeFrame } from "./frame-clock";
import type { Level } from "./level";
import { between, fitted, mmPerPixel, towardsEye, type Pose, type Size } from "./pose";
import { NO_CUT, type Look, type Shared } from "./scan-material";
import { Scan, type Detail, type Heat } from "./scan";

/** A plane in file coordinates; its normal points to what is taken away. */
export interface Plane {
  point: [number, number, number];
  normal: [number, number, number];
}

export interface Drawn {
  pose: Pose;
  size: Size;
}

/** The best there is of what is shown, whether or not a movement draws less of it for a moment. */
export interface Loaded {
  /** The coarser of what is shown; null where nothing is. */
  detail: Detail | null;
  triangles: number;
}

type Listener = (drawn: Drawn) => void;

const SLOW_FRAME_MS = 33;
const SETTLES_AFTER_MS = 160;
const TRAVEL_MS = 260;
const FINEST_PIXELS = 2;
const FINEST_PIXELS_MOVING = 1.5;

/** Thrown where the browser does not draw WebGL 2. */
export class NoWebGL extends Error {}

export class Engine {
  readonly canvas = document.createElement("canvas");
  /** File to patient. */
  readonly frame: Matrix3;
  private readonly renderer: WebGLRenderer;
  private readonly scene = new Scene();
  private readonly camera = new OrthographicCamera();
  private readonly scans = new Map<string, Scan>();
  private readonly shared: Shared = {
    turn: { value: new Matrix3() },
    cut: { value: NO_CUT.clone() },
    swipe: { value: 0 },
  };
  private cut: Plane | null = null;
  private swipeAt = 0.5;
  private readonly drawnListeners = new Set<Listener>();
  private readonly resized: ResizeObserver;
  private pose_: Pose;
  private size_: Size = { width: 1, height: 1 };
  private travel: { from: Pose; to: Pose; since: number } | null = null;
  private asked = 0;
  private moving = false;
  private held = false;
  private settling: ReturnType<typeof setTimeout> | undefined;
  /** Until a frame of it was timed at rest: a level that nobody tried does not get in a hand's way. */
  private fullIsSlow = true;
  private timing = false;
  /** Called when the context was lost (true) and when it is back (false): levels must then be put again. */
  onContext: (lost: boolean) => void = () => {};

  constructor(stage: HTMLElement, frame: Matrix3, start: Pose, private readonly still: () => boolean) {
    this.frame = frame;
    this.pose_ = start;
    const attributes = { alpha: true, antialias: true, depth: true, stencil: false, powerPreference: "high-performance" as const };
    const context = this.canvas.getContext("webgl2", attributes) as WebGL2RenderingContext | null;
    if (!context) throw new NoWebGL();
    this.renderer = new WebGLRenderer({ canvas: this.canvas, context });
    this.renderer.debug.checkShaderErrors = false;
    this.scene.matrixAutoUpdate = false;
    this.scene.matrix.copy(new Matrix4().setFromMatrix3(frame));
    this.scene.matrixWorldNeedsUpdate = true;
    this.camera.matrixAutoUpdate = false;
    this.canvas.addEventListener("webglcontextlost", this.lost);
    this.canvas.addEventListener("webglcontextrestored", this.back);
    this.resized = new ResizeObserver(() => this.measure(stage));
    this.resized.observe(stage);
    this.measure(stage);
  }

  get pose(): Pose {
    return this.pose_;
  }

  get size(): Size {
    return this.size_;
  }

  get loaded(): Loaded {
    const shown = [...this.scans.values()].filter((scan) => scan.look.visible && scan.best);
    const triangles = shown.reduce((sum, scan) => sum + scan.triangles, 0);
    const detail = shown.length === 0 ? null : shown.every((scan) => scan.best === "full") ? "full" : "coarse";
    return { detail, triangles };
  }

  put(id: string, detail: Detail, level: Level): void {
    let scan = this.scans.get(id);
    if (!scan) {
      scan = new Scan(this.shared);
      this.scans.set(id, scan);
      this.scene.add(scan.group);
    }
    scan.put(detail, level);
    if (detail === "full") this.timing = false;
    this.draw();
  }

  look(id: string, look: Look): void {
    this.scans.get(id)?.setLook(look);
    this.draw();
  }

  /** Takes a scan out of the scene and off the card. */
  drop(id: string): void {
    const scan = this.scans.get(id);
    if (!scan) return;
    this.scene.remove(scan.group);
    scan.dispose();
    this.scans.delete(id);
    this.draw();
  }

  /** Of one scan as it was scanned, in the patient's frame. */
  boxOf(id: string): Box3 {
    return this.scans.get(id)?.box ?? new Box3();
  }

  /** Colours a scan by what was measured on it, until null. */
  heat(id: string, heat: Heat | null): void {
    this.scans.get(id)?.setHeat(heat);
    this.draw();
  }

  /** Whether its coarse level is coloured too; see `Scan.setAlike`. */
  hasAlike(id: string): boolean {
    return this.scans.get(id)?.hasAlike ?? false;
  }

  setAlike(id: string, alike: Uint32Array): void {
    this.scans.get(id)?.setAlike(alike);
    this.draw();
  }

  /** Moves a scan for the eye alone; null: as it was scanned. */
  place(id: string, placement: Matrix4 | null): void {
    this.scans.get(id)?.place(placement);
  }

  /** Does not draw what lies beyond the plane; null draws everything. */
  cutAt(plane: Plane | null): void {
    this.cut = plane;
    this.draw();
  }

  /** Where scans with a `half` meet, as a share of the stage's width. */
  swipeTo(share: number): void {
    this.swipeAt = share;
    this.draw();
  }

  /** Draws something more, in file coordinates, until the answer is called; who adds it frees it. */
  add(object: Object3D): () => void {
    this.scene.add(object);
    this.draw();
    return () => {
      this.scene.remove(object);
      this.draw();
    };
  }

  /** Box of what is shown, in the patient's frame; of everything where nothing is shown. */
  box(): Box3 {
    const all = [...this.scans.values()];
    const shown = all.filter((scan) => scan.look.visible);
    const frame = new Matrix4().setFromMatrix3(this.frame);
    return (shown.length ? shown : all).reduce((box, scan) => box.union(scan.seenBox(frame)), new Box3());
  }

  /** Moves at once: the hand is on it. */
  moveTo(pose: Pose): void {
    this.travel = null;
    this.pose_ = pose;
    this.stir();
    this.draw();
  }

  /** Moves there in a quarter of a second, or at once where the reader wants no motion. */
  travelTo(pose: Pose): void {
    if (this.still()) {
      this.moveTo(pose);
      return;
    }
    this.travel = { from: this.pose_, to: pose, since: performance.now() };
    this.stir();
    this.draw();
  }

  fit(turn: Pose["turn"]): Pose {
    return fitted(turn, this.box(), this.size_);
  }

  /** Where the movement ends, if there is one. */
  get goal(): Pose {
    return this.travel?.to ?? this.pose_;
  }

  /** Marks a movement: until it settles, detail may be dropped to keep pace. */
  stir(): void {
    this.moving = true;
    clearTimeout(this.settling);
    this.settling = setTimeout(() => {
      if (this.held) return;
      this.moving = false;
      this.draw();
    }, SETTLES_AFTER_MS);
  }

  /** While a hand holds the scan, a pause is no end of the movement. */
  hold(held: boolean): void {
    this.held = held;
    if (!held && this.moving) this.stir();
  }

  draw(): void {
    if (!this.asked) this.asked = requestAnimationFrame(this.paint);
  }

  onDrawn(listener: Listener): () => void {
    this.drawnListeners.add(listener);
    return () => this.drawnListeners.delete(listener);
  }

  /** A picture of the stage with `paint` called on it after the scan; full detail, device pixels. */
  picture(ground: string, paint: (context: CanvasRenderingContext2D, pixelRatio: number) => void): HTMLCanvasElement {
    this.moving = false;
    this.render();
    const out = document.createElement("canvas");
    out.width = this.canvas.width;
    out.height = this.canvas.height;
    const context = out.getContext("2d");
    if (!context) throw new Error("no 2D context");
    context.fillStyle = ground;
    context.fillRect(0, 0, out.width, out.height);
    context.drawImage(this.canvas, 0, 0);
    paint(context, this.renderer.getPixelRatio());
    return out;
  }

  dispose(): void {
    cancelAnimationFrame(this.asked);
    clearTimeout(this.settling);
    this.resized.disconnect();
    this.canvas.removeEventListener("webglcontextlost", this.lost);
    this.canvas.removeEventListener("webglcontextrestored", this.back);
    for (const scan of this.scans.values()) scan.dispose();
    this.renderer.dispose();
    this.canvas.remove();
  }

  private readonly paint = (now: number): void => {
    this.asked = 0;
    if (this.renderer.getContext().isContextLost()) return;
    if (this.travel) {
      const t = Math.min(1, Math.max(0, (now - this.travel.since) / TRAVEL_MS));
      this.pose_ = t === 1 ? this.travel.to : between(this.travel.from, this.travel.to, t * t * (3 - 2 * t));
      if (t === 1) this.travel = null;
      else this.draw();
      this.stir();
    }
    const drawn = this.render();
    for (const listener of this.drawnListeners) listener(drawn);
  };

  private render(): Drawn {
    this.sharpen();
    this.aim();
    const wanted: Detail = this.moving && this.fullIsSlow ? "coarse" : "full";
    const details = [...this.scans.values()].map((scan) => scan.prepare(wanted));
    this.renderer.render(this.scene, this.camera);
    if (details.includes("full")) this.time();
    return { pose: this.pose_, size: this.size_ };
  }

  private time(): void {
    if (this.timing) return;
    this.timing = true;
    timeFrame(this.renderer.getContext() as WebGL2RenderingContext, (milliseconds) => {
      this.fullIsSlow = milliseconds > SLOW_FRAME_MS;
      this.timing = false;
    });
  }

  /** Sets the eye; near and far enclose what is there, so that depth has all its precision. */
  private aim(): void {
    const { pose_: pose, size_: size, camera } = this;
    const eye = towardsEye(pose);
    const ball = { centre: new Vector3(), radius: 1 };
    const box = this.box();
    if (!box.isEmpty()) {
      box.getCenter(ball.centre);
      ball.radius = box.getSize(new Vector3()).length() / 2 + 1;
    }
    const depth = ball.centre.clone().sub(pose.target).dot(eye);
    const mm = mmPerPixel(pose, size);
    camera.left = (-size.width / 2) * mm;
    camera.right = (size.width / 2) * mm;
    camera.top = (size.height / 2) * mm;
    camera.bottom = (-size.height / 2) * mm;
    camera.near = 0;
    camera.far = 2 * ball.radius;
    camera.updateProjectionMatrix();
    camera.matrix.compose(pose.target.clone().addScaledVector(eye, depth + ball.radius), pose.turn, new Vector3(1, 1, 1));
    camera.matrixWorld.copy(camera.matrix);
    camera.matrixWorldInverse.copy(camera.matrix).invert();
    this.shared.turn.value.setFromMatrix4(camera.matrixWorldInverse).multiply(this.frame);
    this.shared.cut.value.copy(this.cut ? this.seen(this.cut) : NO_CUT);
    this.shared.swipe.value = this.swipeAt * this.canvas.width;
    [...this.scans.values()]
      .map((scan) => ({ scan, depth: scan.box.getCenter(new Vector3()).dot(eye) }))
      .sort((one, other) => one.depth - other.depth)
      .forEach(({ scan }, place) => scan.rank(place));
  }

  /** A plane of file coordinates in eye space. */
  private seen({ point, normal }: Plane): Vector4 {
    const turned = new Vector3(...normal).normalize().applyMatrix3(this.shared.turn.value);
    const place = new Vector3(...point).applyMatrix3(this.frame).applyMatrix4(this.camera.matrixWorldInverse);
    return new Vector4(turned.x, turned.y, turned.z, -turned.dot(place));
  }

  private sharpen(): void {
    const finest = this.moving && this.fullIsSlow ? FINEST_PIXELS_MOVING : FINEST_PIXELS;
    const ratio = Math.min(window.devicePixelRatio || 1, finest);
    if (ratio !== this.renderer.getPixelRatio()) this.renderer.setPixelRatio(ratio);
  }

  private measure(stage: HTMLElement): void {
    // Fractions of a pixel count: a point is picked to a thousandth of a millimetre.
    const { width, height } = stage.getBoundingClientRect();
    const size = { width: width || 1, height: height || 1 };
    if (size.width === this.size_.width && size.height === this.size_.height) return;
    this.size_ = size;
    this.renderer.setSize(size.width, size.height, false);
    if (this.scans.size) this.paint(performance.now());
  }

  private readonly lost = (event: Event): void => {
    event.preventDefault();
    for (const scan of this.scans.values()) {
      scan.drop("coarse");
      scan.drop("full");
    }
    this.onContext(true);
  };

  private readonly back = (): void => {
    this.timing = false;
    this.onContext(false);
  };
}
