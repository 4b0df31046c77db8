import { Box3, Matrix3, Quaternion, Vector3 } from "three";
import { describe, expect, it } from "vitest";
import {
  between,
  fitted,
  mmPerPixel,
  panned,
  project,
  restored,
  rightOf,
  saved,
  towardsEye,
  turned,
  turnOfView,
  unproject,
  upOf,
  zoomed,
  type Pose,
} from "../src/viewer/engine/pose";
import { scaleBar } from "../src/viewer/engine/scale-bar";
import { sideEdges } from "../src/viewer/engine/side-letters";
import { VIEWS, viewOfKey, type ViewName } from "../src/viewer/engine/views";

const SIZE = { width: 800, height: 500 };
const poseOf = (name: ViewName): Pose => {
  const view = VIEWS.find((one) => one.name === name);
  return { target: new Vector3(), turn: turnOfView(view!), span: 100 };
};
const near = (one: Vector3, other: number[]): void => {
  one.toArray().forEach((value, axis) => expect(value).toBeCloseTo(other[axis]!, 9));
};
const LEFT = [1, 0, 0];
const RIGHT = [-1, 0, 0];
const UP = [0, 1, 0];
const FRONT = [0, 0, 1];
const BACK = [0, 0, -1];

describe("the five views", () => {
  // What a clinical chart shows: to the right of the picture, at its top, and towards the reader.
  it.each([
    ["front", "1", LEFT, UP, FRONT],
    ["right", "2", FRONT, UP, RIGHT],
    ["left", "3", BACK, UP, LEFT],
    ["upper", "4", LEFT, FRONT, [0, -1, 0]],
    ["lower", "5", LEFT, BACK, UP],
  ] as const)("%s, key %s, shows the patient as a chart does", (name, key, right, up, eye) => {
    const pose = poseOf(name);
    near(rightOf(pose), [...right]);
    near(upOf(pose), [...up]);
    near(towardsEye(pose), [...eye]);
    expect(viewOfKey(key)?.name).toBe(name);
  });

  it("takes the opposing jaw out of the occlusal views only", () => {
    expect(VIEWS.map(({ hides }) => hides)).toEqual([null, null, null, "mandible", "maxilla"]);
  });
});

describe("side letters", () => {
  it.each([
    ["front", { right: "left", left: "right" }],
    ["upper", { right: "left", left: "right" }],
    ["lower", { right: "left", left: "right" }],
    ["right", null],
    ["left", null],
  ] as const)("of the %s view", (name, edges) => {
    expect(sideEdges(poseOf(name))).toEqual(edges);
  });

  it("change sides when one looks from behind", () => {
    expect(sideEdges(turned(poseOf("front"), Math.PI, 0))).toEqual({ right: "right", left: "left" });
  });

  it("go to top and bottom when the picture lies on its side", () => {
    const rolled = poseOf("front").turn.multiply(new Quaternion().setFromAxisAngle(new Vector3(0, 0, 1), Math.PI / 2));
    expect(sideEdges({ ...poseOf("front"), turn: rolled })).toEqual({ right: "top", left: "bottom" });
  });
});

describe("the eye", () => {
  it("projects a point and finds it again", () => {
    const pose = { ...turned(poseOf("front"), 0.7, -0.3), target: new Vector3(3, 4, 5), span: 37 };
    const spot = { x: 123.5, y: 456.25 };
    const back = project(pose, SIZE, unproject(pose, SIZE, spot));
    expect(back.x).toBeCloseTo(spot.x, 9);
    expect(back.y).toBeCloseTo(spot.y, 9);
  });

  it("shows the patient's left on the right of the front view, and up as up", () => {
    const spot = project(poseOf("front"), SIZE, new Vector3(10, 20, 0));
    expect(spot).toEqual({ x: 400 + 10 * 5, y: 250 - 20 * 5 });
  });

  it("fits the whole box into every view", () => {
    const box = new Box3(new Vector3(-40, -10, -50), new Vector3(35, 12, 9));
    for (const view of VIEWS) {
      const pose = fitted(turnOfView(view), box, SIZE);
      for (const x of [box.min.x, box.max.x])
        for (const y of [box.min.y, box.max.y])
          for (const z of [box.min.z, box.max.z]) {
            const spot = project(pose, SIZE, new Vector3(x, y, z));
            expect(spot.x).toBeGreaterThan(0);
            expect(spot.x).toBeLessThan(SIZE.width);
            expect(spot.y).toBeGreaterThan(0);
            expect(spot.y).toBeLessThan(SIZE.height);
          }
    }
  });

  it("keeps what is under the finger while zooming", () => {
    const spot = { x: 650, y: 90 };
    const pose = poseOf("upper");
    const under = unproject(pose, SIZE, spot);
    const closer = zoomed(pose, SIZE, 3, spot);
    expect(closer.span).toBeCloseTo(100 / 3);
    near(unproject(closer, SIZE, spot), under.toArray());
  });

  it("shifts by exactly the pixels of the finger", () => {
    const pose = poseOf("right");
    const point = new Vector3(1, 2, 3);
    const [before, after] = [pose, panned(pose, SIZE, 30, -12)].map((one) => project(one, SIZE, point));
    expect(after!.x - before!.x).toBeCloseTo(30);
    expect(after!.y - before!.y).toBeCloseTo(-12);
  });

  it("turns the near side with the finger", () => {
    const front = new Vector3(0, 0, 30);
    const before = project(poseOf("front"), SIZE, front);
    const after = project(turned(poseOf("front"), 0.2, 0.1), SIZE, front);
    expect(after.x).toBeGreaterThan(before.x);
    expect(after.y).toBeGreaterThan(before.y);
  });

  it("comes back from a saved camera, in the file's own coordinates", () => {
    const frame = new Matrix3().set(0, -1, 0, 0, 0, 1, -1, 0, 0);
    const pose = { ...turned(poseOf("lower"), 0.4, 1.1), target: new Vector3(7, -8, 9), span: 23 };
    const again = restored(saved(pose, frame), frame);
    near(again.target, pose.target.toArray());
    expect(again.turn.angleTo(pose.turn)).toBeLessThan(1e-6);
    expect(again.span).toBeCloseTo(23);
  });

  it("travels from one pose to the other and arrives", () => {
    const [from, to] = [poseOf("front"), { ...poseOf("upper"), span: 25, target: new Vector3(1, 1, 1) }];
    expect(between(from, to, 0.5).span).toBeCloseTo(50);
    expect(between(from, to, 1).turn.angleTo(to.turn)).toBeCloseTo(0);
  });
});

describe("the scale", () => {
  it.each([
    [0.2, 20, 100],
    [0.1, 10, 100],
    [0.05, 5, 100],
    [0.13, 10, 10 / 0.13],
    [1.5, 100, 100 / 1.5],
  ])("at %f mm a pixel is %f mm long", (mm, length, pixels) => {
    const bar = scaleBar(mm);
    expect(bar.mm).toBe(length);
    expect(bar.pixels).toBeCloseTo(pixels);
  });

  it("agrees with the projection", () => {
    const pose = poseOf("front");
    const bar = scaleBar(mmPerPixel(pose, SIZE));
    const [a, b] = [0, bar.mm].map((x) => project(pose, SIZE, new Vector3(x, 0, 0)).x);
    expect(b! - a!).toBeCloseTo(bar.pixels);
  });
});
