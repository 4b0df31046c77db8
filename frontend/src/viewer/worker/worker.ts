// The page's one worker: decodes levels, computes their normals, and finds surfaces along rays.
import { MeshoptDecoder } from "meshoptimizer/decoder";
import { buffersOf, readLevel } from "../engine/level";
import type { Answer, Hit, Ray, Request } from "./messages";
import type { Tree } from "./tree";

interface Opened {
  /** Compressed, as it came. */
  bytes: Uint8Array;
  frame: number[];
  isDesign: boolean;
  lean: boolean;
  tree: Promise<Tree> | null;
  letGo?: ReturnType<typeof setTimeout>;
}

const opened = new Map<string, Opened>();
/** On a small device a tree that nobody asked for some time is built again when somebody does. */
const LEAN_KEEPS_MS = 20_000;
/** A point lies on its own surface; what stands nearer than this is not in its way. */
const CLEARANCE_MM = 0.15;

addEventListener("message", ({ data }: MessageEvent<Request>) => {
  answer(data).then(
    ([message, handOver]) => postMessage(message, { transfer: handOver }),
    (failure: unknown) => postMessage({ number: data.number, failure: String(failure) } satisfies Answer),
  );
});

async function answer(request: Request): Promise<[Answer, Transferable[]]> {
  const { number } = request;
  switch (request.kind) {
    case "open": {
      const { record, bytes, ...rest } = request.ask;
      const scan: Opened = { ...rest, bytes: new Uint8Array(bytes), tree: null };
      opened.set(record, scan);
      const level = await decode(scan);
      // After the answer has left: the picture comes first.
      if (!scan.lean) setTimeout(() => treeOf(scan), 0);
      return [{ number, answer: level }, buffersOf(level) as Transferable[]];
    }
    case "reopen": {
      const level = await decode(known(request.ask.record));
      return [{ number, answer: level }, buffersOf(level) as Transferable[]];
    }
    case "pick":
      return [{ number, answer: await pick(request.ask.records, request.ask.ray) }, []];
    case "blocked":
      return [{ number, answer: await blocked(request.ask.records, request.ask.rays) }, []];
  }
}

async function decode(scan: Opened) {
  await MeshoptDecoder.ready;
  return readLevel(scan.bytes, MeshoptDecoder, scan.frame, scan.isDesign);
}

function known(record: string): Opened {
  const scan = opened.get(record);
  if (!scan) throw new Error(`record ${record} is not open`);
  return scan;
}

function treeOf(scan: Opened): Promise<Tree> {
  scan.tree ??= grow(scan);
  if (scan.lean) {
    clearTimeout(scan.letGo);
    scan.letGo = setTimeout(() => (scan.tree = null), LEAN_KEEPS_MS);
  }
  return scan.tree;
}

async function grow(scan: Opened): Promise<Tree> {
  const [{ Tree }, level] = await Promise.all([import("./tree"), decode(scan)]);
  performance.mark("arcada:tree-starts");
  const tree = new Tree(level);
  performance.measure("arcada:tree", "arcada:tree-starts");
  return tree;
}

async function pick(records: string[], ray: Ray): Promise<Hit | null> {
  let nearest: (Hit & { distance: number }) | null = null;
  for (const record of records) {
    const found = (await treeOf(known(record))).first(ray);
    if (found && (!nearest || found.distance < nearest.distance)) nearest = { record, ...found };
  }
  return nearest && { record: nearest.record, point: nearest.point, normal: nearest.normal };
}

async function blocked(records: string[], rays: Ray[]): Promise<boolean[]> {
  const trees = await Promise.all(records.map((record) => treeOf(known(record))));
  return rays.map((ray) => trees.some((tree) => tree.first(ray, CLEARANCE_MM / Math.hypot(...ray.direction)) !== null));
}
