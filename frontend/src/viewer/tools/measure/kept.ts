// Measurements outlive the tool that made them: in the page for everybody, at the server for who has an account.
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
  const all: Measurement[] = [];
  const kept: Kept = {
    all,
    add: (one) => void all.push(one),
    rename: (one, name) => void (one.name = name),
    remove: (one) => void all.splice(all.indexOf(one) >>> 0, 1),
  };
  of.set(viewer, kept);
  return kept;
}
