// Measurements outlive the tool that made them: in the page for everybody, at the server for who has an account.
import { saver } from "../save";
import type { Viewer } from "../tool";
import type { Measurement } from "./measurement";

export interface Kept {
  readonly all: readonly Measurement[];
  add(one: Measurement): void;
  rename(one: Measurement, name: string): void;
  remove(one: Measurement): void;
}

const of = new WeakMap<Viewer, Kept>();

export function measurementsOf(viewer: Viewer): Kept {
  const known = of.get(viewer);
  if (known) return known;
  const { manifest, words } = viewer;
  const all: Measurement[] = [...(manifest.measurements ?? [])];
  const save = saver(manifest.save?.measurements, () => viewer.say(words("tools.not_saved")));
  const saved = (): void => save(() => ({ items: all }));
  const kept: Kept = {
    all,
    add(one) {
      all.push(one);
      saved();
    },
    rename(one, name) {
      one.name = name;
      saved();
    },
    remove(one) {
      all.splice(all.indexOf(one) >>> 0, 1);
      saved();
    },
  };
  of.set(viewer, kept);
  return kept;
}
