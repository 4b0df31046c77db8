// The page's end of the worker: ask, and get a promise.
import type { Answer, Kind, Requests } from "./messages";

export class GeometryWorker {
  private readonly worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module", name: "geometry" });
  private readonly waiting = new Map<number, { resolve: (answer: never) => void; reject: (reason: Error) => void }>();
  private last = 0;

  constructor() {
    this.worker.addEventListener("message", ({ data }: MessageEvent<Answer>) => {
      const waiting = this.waiting.get(data.number);
      this.waiting.delete(data.number);
      if ("failure" in data) waiting?.reject(new Error(data.failure));
      else waiting?.resolve(data.answer as never);
    });
    this.worker.addEventListener("error", (event) => {
      for (const { reject } of this.waiting.values()) reject(new Error(event.message || "the worker did not start"));
      this.waiting.clear();
    });
  }

  ask<K extends Kind>(kind: K, ask: Requests[K]["ask"], handOver: Transferable[] = []): Promise<Requests[K]["answer"]> {
    const number = ++this.last;
    return new Promise((resolve, reject) => {
      this.waiting.set(number, { resolve, reject });
      this.worker.postMessage({ number, kind, ask }, handOver);
    });
  }

  end(): void {
    this.worker.terminate();
    this.waiting.clear();
  }
}
