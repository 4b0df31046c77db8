// Where the eye is: an orthographic pose, and the sums that turn, shift, zoom, fit and project it. Nothing here draws.
import { Matrix3, Matrix4, Quaternion, Vector3, type Box3 } from "three";
import type { Spot } from "../../gestures";
import type { SavedCamera } from "../state/manifest";
import type { View } from "./views";

/** All in the patient's frame and mm. The eye looks along -Z of `turn`; +X is the right of the picture, +Y its top. */
export interface Pose {
  readonly target: Vector3;
  readonly turn: Quaternion;
  /** What the shorter side of the stage shows, in mm. */
  readonly span: number;
}

/** Size of the stage in CSS pixels. */
export interface Size {
  width: number;
  height: number;
}

const NEAREST_MM = 0.5;
const FARTHEST_MM = 2000;
/** The part of the stage's width and height a fitted scan fills; the rest is for letters and scale. */
const FILL = { width: 0.86, height: 0.8 };

export const mmPerPixel = (pose: Pose, size: Size): number => pose.span / Math.max(1, Math.min(size.width, size.height));

const axis = (pose: Pose, x: number, y: number, z: number): Vector3 => new Vector3(x, y, z).applyQuaternion(pose.turn);
export const rightOf = (pose: Pose): Vector3 => axis(pose, 1, 0, 0);
export const upOf = (pose: Pose): Vector3 => axis(pose, 0, 1, 0);
export const towardsEye = (pose: Pose): Vector3 => axis(pose, 0, 0, 1);

export function turnOfView(view: Pick<View, "from" | "up">): Quaternion {
  const back = new Vector3(...view.from).normalize();
  const right = new Vector3(...view.up).cross(back).normalize();
  const up = back.clone().cross(right);
  return new Quaternion().setFromRotationMatrix(new Matrix4().makeBasis(right, up, back));
}

/** The pose of a standard view that shows the whole box. */
export function fitted(turn: Quaternion, box: Box3, size: Size): Pose {
  const target = box.getCenter(new Vector3());
  const half = box.getSize(new Vector3()).multiplyScalar(0.5);
  const pose = { target, turn: turn.clone(), span: 1 };
  const reach = (direction: Vector3): number =>
    Math.abs(direction.x) * half.x + Math.abs(direction.y) * half.y + Math.abs(direction.z) * half.z;
  const mm = Math.max(
    (2 * reach(rightOf(pose))) / (size.width * FILL.width),
    (2 * reach(upOf(pose))) / (size.height * FILL.height),
  );
  return { ...pose, span: clampSpan(mm * Math.min(size.width, size.height)) };
}

const clampSpan = (span: number): number => Math.min(FARTHEST_MM, Math.max(NEAREST_MM, span || 100));

/** The scan follows the finger: `right` and `down` are angles in radians about the axes of the picture. */
export function turned(pose: Pose, right: number, down: number): Pose {
  const about = new Quaternion()
    .setFromAxisAngle(upOf(pose), -right)
    .multiply(new Quaternion().setFromAxisAngle(rightOf(pose), -down));
  return { ...pose, turn: about.multiply(pose.turn).normalize() };
}

/** Shifts the picture by CSS pixels. */
export function panned(pose: Pose, size: Size, right: number, down: number): Pose {
  const mm = mmPerPixel(pose, size);
  const target = pose.target.clone().addScaledVector(rightOf(pose), -right * mm).addScaledVector(upOf(pose), down * mm);
  return { ...pose, target };
}

/** Zooms by `factor` (2 = twice as large); what lies under `spot` stays there. */
export function zoomed(pose: Pose, size: Size, factor: number, spot: Spot = centreOf(size)): Pose {
  const span = clampSpan(pose.span / factor);
  const kept = span / pose.span;
  const away = { x: spot.x - size.width / 2, y: spot.y - size.height / 2 };
  return { ...panned(pose, size, away.x * (kept - 1), away.y * (kept - 1)), span };
}

const centreOf = (size: Size): Spot => ({ x: size.width / 2, y: size.height / 2 });

/** Where a point of the patient's frame appears on the stage. */
export function project(pose: Pose, size: Size, point: Vector3): Spot {
  const seen = point.clone().sub(pose.target).applyQuaternion(pose.turn.clone().invert());
  const mm = mmPerPixel(pose, size);
  return { x: size.width / 2 + seen.x / mm, y: size.height / 2 - seen.y / mm };
}

/** The point of the plane through the target that appears at `spot`. */
export function unproject(pose: Pose, size: Size, spot: Spot): Vector3 {
  const mm = mmPerPixel(pose, size);
  return pose.target
    .clone()
    .addScaledVector(rightOf(pose), (spot.x - size.width / 2) * mm)
    .addScaledVector(upOf(pose), (size.height / 2 - spot.y) * mm);
}

/** A pose on the way from one to another; `t` runs from 0 to 1. */
export function between(from: Pose, to: Pose, t: number): Pose {
  return {
    target: from.target.clone().lerp(to.target, t),
    turn: from.turn.clone().slerp(to.turn, t),
    span: from.span * (to.span / from.span) ** t,
  };
}

/** Saved with a pin, in file coordinates, so that a better orientation found later does not move it. */
export function saved(pose: Pose, frame: Matrix3): SavedCamera {
  const toFile = frame.clone().transpose();
  const place = pose.target.clone().applyMatrix3(toFile);
  const eye = towardsEye(pose).applyMatrix3(toFile);
  return {
    position: place.clone().addScaledVector(eye, 100).toArray(),
    target: place.toArray(),
    up: upOf(pose).applyMatrix3(toFile).toArray(),
    zoom: 100 / pose.span,
  };
}

export function restored(camera: SavedCamera, frame: Matrix3): Pose {
  const target = new Vector3(...camera.target).applyMatrix3(frame);
  const eye = new Vector3(...camera.position).applyMatrix3(frame).sub(target);
  const up = new Vector3(...camera.up).applyMatrix3(frame);
  return { target, turn: turnOfView({ from: eye.toArray(), up: up.toArray() }), span: clampSpan(100 / camera.zoom) };
}
