// Brings the levels of all scans in three steps: the coarse one from the page, the full one by the worker, and both
// again from their compressed bytes when the graphics card has lost them.
import { MeshoptDecoder } from "meshoptimizer/decoder";
import { readLevel, type Level } from "../engine/level";
import type { Detail } from "../engine/scan";
import { GeometryWorker } from "../worker/client";
import { coarseBytes, fetchFull } from "./loader";
import type { SceneRecord } from "./manifest";

export interface Receiver {
  put(record: SceneRecord, detail: Detail, level: Level): void;
  /** The full level of a scan did not come. */
  failed(record: SceneRecord): void;
}

export class Levels {
  readonly worker = new GeometryWorker();
  private readonly fetched: Map<string, Promise<ArrayBuffer>>;
  private readonly opened = new Map<string, Promise<void>>();
  private readonly ready = new Set<string>();

  /** Begins to fetch at once. `frame`: nine numbers by rows, file to patient. `lean`: keep as little as possible. */
  constructor(
    private readonly page: Document,
    private readonly records: readonly SceneRecord[],
    private readonly frame: number[],
    private readonly lean: boolean,
    leaving: AbortSignal,
  ) {
    this.fetched = new Map(
      records.flatMap((record) => (record.full ? [[record.id, fetchFull(record.full.url, leaving)] as const] : [])),
    );
    // Whoever opens them hears of a failure; until then it is no accident.
    for (const bytes of this.fetched.values()) bytes.catch(() => {});
  }

  async bring(receiver: Receiver): Promise<void> {
    for (const record of this.records) {
      const bytes = this.fetched.get(record.id);
      if (bytes) this.opened.set(record.id, this.open(record, bytes, receiver));
    }
    await this.coarse(receiver);
  }

  /** Whether the full level of a scan is there to be picked on. */
  isReady(id: string): boolean {
    return this.ready.has(id);
  }

  /** Those of the named scans that can be picked on, once all of them have come or failed. */
  async settled(ids: readonly string[]): Promise<string[]> {
    await Promise.all(ids.map((id) => this.opened.get(id)));
    return ids.filter((id) => this.ready.has(id));
  }

  async again(receiver: Receiver): Promise<void> {
    await this.coarse(receiver);
    for (const record of this.records) {
      if (this.ready.has(record.id)) receiver.put(record, "full", await this.worker.ask("reopen", { record: record.id }));
    }
  }

  private async coarse(receiver: Receiver): Promise<void> {
    await MeshoptDecoder.ready;
    for (const record of this.records) {
      const bytes = coarseBytes(this.page, record);
      // The full level may be the quicker one when it comes from the cache.
      if (bytes && !this.ready.has(record.id)) {
        receiver.put(record, "coarse", readLevel(bytes, MeshoptDecoder, this.frame, record.kind === "design"));
      }
    }
  }

  private async open(record: SceneRecord, fetched: Promise<ArrayBuffer>, receiver: Receiver): Promise<void> {
    try {
      const bytes = await fetched;
      const ask = { record: record.id, bytes, frame: this.frame, isDesign: record.kind === "design", lean: this.lean };
      const level = await this.worker.ask("open", ask, [bytes]);
      this.ready.add(record.id);
      receiver.put(record, "full", level);
    } catch {
      receiver.failed(record);
    }
  }
}
