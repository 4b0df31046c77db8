// The SHA-256 of a file, computed in a worker while the page stays usable.
import type { Told } from "./hash-worker";

interface Waiting {
  onRead: (bytes: number) => void;
  resolve: (sha256: string) => void;
  reject: (reason: Error) => void;
}

let worker: Worker | null = null;
let lastId = 0;
const waiting = new Map<number, Waiting>();

/** Rejects when the file can't be read (moved, changed or taken away meanwhile). */
export function sha256Of(file: Blob, onRead: (bytes: number) => void): Promise<string> {
  const active = (worker ??= start());
  const id = ++lastId;
  return new Promise((resolve, reject) => {
    waiting.set(id, { onRead, resolve, reject });
    active.postMessage({ id, file });
  });
}

function start(): Worker {
  const made = new Worker(new URL("./hash-worker.ts", import.meta.url), { type: "module" });
  made.addEventListener("message", ({ data }: MessageEvent<Told>) => {
    const one = waiting.get(data.id);
    if (!one) return;
    if ("read" in data) {
      one.onRead(data.read);
      return;
    }
    waiting.delete(data.id);
    if ("sha256" in data) one.resolve(data.sha256);
    else one.reject(new Error("unreadable"));
  });
  return made;
}
