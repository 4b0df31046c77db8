// What is kept over a reload to go on with an upload: ids, a size and a hash. No name, nothing of a patient.

export interface Begun {
  record: string;
  collection: string;
  size: number;
  sha256: string;
  /** When it was begun, in ms; the server keeps an upload for a day. */
  at: number;
}

const KEY = "arcada:uploads";
const LIFE_MS = 24 * 3_600_000;

export function begun(store: Storage = localStorage, now: number = Date.now()): Begun[] {
  try {
    const kept: unknown = JSON.parse(store.getItem(KEY) ?? "[]");
    return Array.isArray(kept) ? kept.filter((one): one is Begun => isBegun(one) && now - one.at < LIFE_MS) : [];
  } catch {
    return [];
  }
}

export function remember(one: Begun, store: Storage = localStorage): void {
  keep([...begun(store).filter(({ record }) => record !== one.record), one], store);
}

export function forget(record: string, store: Storage = localStorage): void {
  keep(begun(store).filter((one) => one.record !== record), store);
}

function keep(all: Begun[], store: Storage): void {
  try {
    if (all.length > 0) store.setItem(KEY, JSON.stringify(all));
    else store.removeItem(KEY);
  } catch {
    // A full or closed storage only costs the comfort of going on after a reload.
  }
}

function isBegun(one: unknown): one is Begun {
  return typeof one === "object" && one !== null && "record" in one && "sha256" in one && "size" in one && "at" in one;
}
