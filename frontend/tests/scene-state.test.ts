import { describe, expect, it } from "vitest";
import { VIEWS, type View } from "../src/viewer/engine/views";
import type { Jaw, Manifest, SceneRecord } from "../src/viewer/state/manifest";
import { SceneState } from "../src/viewer/state/scene-state";
import { readWords } from "../src/words";

const record = (id: string, jaw: Jaw, more: Partial<SceneRecord> = {}): SceneRecord => ({
  id,
  jaw,
  slot: jaw,
  label: id,
  kind: "scan",
  version: 1,
  state: "ready",
  sha256: "",
  has_colour: true,
  triangles: 1,
  coarse: null,
  full: null,
  posters: {},
  image: null,
  swatch: null,
  visible: true,
  ...more,
});
const stateOf = (...records: SceneRecord[]): SceneState =>
  new SceneState({ version: 1, permissions: ["view"], frame: [[1, 0, 0], [0, 1, 0], [0, 0, 1]], records, threads: [] } satisfies Manifest);
const view = (name: string): View => VIEWS.find((one) => one.name === name)!;

describe("what is shown", () => {
  const jaws = (): SceneState => stateOf(record("u", "maxilla"), record("l", "mandible"), record("c", "unknown", { kind: "design" }));

  it("of an occlusal view leaves the other jaw out and the design in", () => {
    const state = jaws();
    state.makeWayFor(view("upper"));
    expect(state.shownIds).toEqual(["u", "c"]);
    state.makeWayFor(view("lower"));
    expect(state.shownIds).toEqual(["l", "c"]);
    state.makeWayFor(view("front"));
    expect(state.shownIds).toEqual(["u", "l", "c"]);
  });

  it("is never nothing because of a view", () => {
    const state = stateOf(record("l", "mandible"));
    state.makeWayFor(view("upper"));
    expect(state.shownIds).toEqual(["l"]);
  });

  it("is what the reader asked for, whatever the view", () => {
    const state = jaws();
    state.makeWayFor(view("upper"));
    state.show(state.scan("l")!, true);
    expect(state.shownIds).toEqual(["u", "l", "c"]);
  });

  it("holds scans and designs that are ready, and nothing else", () => {
    const state = stateOf(record("p", "unknown", { kind: "photograph" }), record("q", "maxilla", { state: "processing" }), record("u", "maxilla"));
    expect(state.scans.map((scan) => scan.record.id)).toEqual(["u"]);
  });

  it("in stone turns scans to stone and leaves a design its own colour", () => {
    const state = stateOf(record("u", "maxilla"), record("c", "unknown", { kind: "design", swatch: "#abcdef" }));
    state.set({ colouring: "stone" });
    expect(state.scans.map((scan) => state.look(scan))).toMatchObject([
      { coloured: false, plain: "#dfd4c0" },
      { coloured: false, plain: "#abcdef" },
    ]);
  });
});

describe("words", () => {
  const page = (words: object | null): Document =>
    ({
      documentElement: { lang: "de" },
      getElementById: () => (words ? { textContent: JSON.stringify(words) } : null),
    }) as unknown as Document;

  it("come from the page where it has them, with the page's way to write numbers", () => {
    const words = readWords(page({ "level.full": "Volle Schärfe, {count} Dreiecke" }));
    expect(words("level.full", { count: 288288 })).toBe("Volle Schärfe, 288.288 Dreiecke");
    expect(words("view.front")).toBe("Front");
  });

  it("leave a gap visible rather than empty", () => {
    expect(readWords(page(null))("level.full")).toBe("Full detail, {count} triangles");
  });
});
