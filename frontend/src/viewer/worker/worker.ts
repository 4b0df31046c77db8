// The page's one worker: decodes levels, computes their normals, and finds surfaces along rays.
import { MeshoptDecoder } from "meshoptimizer/decoder";
import { buffersOf, placesOf, readLevel } from "../engine/level";
import type { Answer, Hit, Ray, Request, Requests, Standing } from "./messages";
import type { Triple } from "../state/manifest";
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
/** How far inside a surface the ray through its material begins: past the stored points' rounding. */
const INSIDE_MM = 0.01;
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
    case "section": {
      const lines = await sections(request.ask);
      return [{ number, answer: lines }, lines.map(({ buffer }) => buffer as ArrayBuffer)];
    }
    case "path": {
      const { record, from, to, normal } = request.ask;
      const [{ surfacePath }, tree] = await Promise.all([import("./surface-path"), treeOf(known(record))]);
      return [{ number, answer: surfacePath(tree, from, to, normal) }, []];
    }
    case "thickness":
      return [{ number, answer: await thickness(request.ask) }, []];
    case "close":
      opened.delete(request.ask.record);
      return [{ number, answer: null }, []];
    case "alike": {
      const vertices = await alike(request.ask);
      return [{ number, answer: vertices }, [vertices.buffer as ArrayBuffer]];
    }
    case "nearest":
      return [{ number, answer: await nearest(request.ask.records, request.ask.point) }, []];
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

async function pick(records: Standing[], ray: Ray): Promise<Hit | null> {
  let nearest: (Hit & { distance: number }) | null = null;
  for (const { record, toOwn } of records) {
    const found = (await treeOf(known(record))).first(turned(ray, toOwn));
    if (found && (!nearest || found.distance < nearest.distance)) nearest = { record, ...found };
  }
  return nearest && { record: nearest.record, point: nearest.point, normal: nearest.normal, vertex: nearest.vertex };
}

async function blocked(records: Standing[], rays: Ray[]): Promise<boolean[]> {
  const trees = await Promise.all(records.map(async ({ record, toOwn }) => ({ tree: await treeOf(known(record)), toOwn })));
  return rays.map((ray) =>
    trees.some(({ tree, toOwn }) => tree.first(turned(ray, toOwn), CLEARANCE_MM / Math.hypot(...ray.direction)) !== null),
  );
}

/** A ray as a scan sees it that was moved for the eye. */
function turned(ray: Ray, m: number[] | null): Ray {
  if (!m) return ray;
  const at = (row: number, [x, y, z]: Triple, shift: number): number =>
    (m[row] as number) * x + (m[4 + row] as number) * y + (m[8 + row] as number) * z + (m[12 + row] as number) * shift;
  return {
    origin: [at(0, ray.origin, 1), at(1, ray.origin, 1), at(2, ray.origin, 1)],
    direction: [at(0, ray.direction, 0), at(1, ray.direction, 0), at(2, ray.direction, 0)],
  };
}

async function sections({ records, point, normal }: Requests["section"]["ask"]): Promise<Float32Array[]> {
  const { section } = await import("./section");
  const trees = await Promise.all(records.map((record) => treeOf(known(record))));
  performance.mark("arcada:section-starts");
  const lines = trees.map((tree) => section(tree, point, normal));
  performance.measure("arcada:section", "arcada:section-starts");
  return lines;
}

async function thickness({ record, point, normal }: Requests["thickness"]["ask"]): Promise<Requests["thickness"]["answer"]> {
  const tree = await treeOf(known(record));
  const inwards: Triple = [-normal[0], -normal[1], -normal[2]];
  const found = tree.first({ origin: point, direction: inwards }, INSIDE_MM / Math.hypot(...normal));
  return found && { point: found.point, mm: Math.hypot(...point.map((value, axis) => value - (found.point[axis] as number))) };
}

async function alike({ record, coarse }: Requests["alike"]["ask"]): Promise<Uint32Array> {
  const scan = known(record);
  const [tree, level] = await Promise.all([treeOf(scan), decode({ ...scan, bytes: new Uint8Array(coarse) })]);
  return Uint32Array.from(placesOf(level), (point) => tree.nearest(point).vertex);
}

async function nearest(records: string[], point: Triple): Promise<Requests["nearest"]["answer"]> {
  const found = await Promise.all(records.map(async (record) => ({ record, ...(await treeOf(known(record))).nearest(point) })));
  return found.sort((one, other) => one.mm - other.mm)[0] ?? null;
}
