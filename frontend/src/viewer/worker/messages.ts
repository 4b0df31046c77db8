// What the page and its worker say to each other.
import type { Level } from "../engine/level";
import type { Triple } from "../state/manifest";

/** A ray in file coordinates; `direction` need not be of length one. */
export interface Ray {
  origin: Triple;
  direction: Triple;
}

export interface Hit {
  record: string;
  /** File coordinates, mm. */
  point: Triple;
  normal: Triple;
}

export interface Requests {
  /** Takes the compressed bytes over, keeps them, and answers the level. */
  open: { ask: { record: string; bytes: ArrayBuffer; frame: number[]; isDesign: boolean; lean: boolean }; answer: Level };
  /** The level again, after the graphics card lost it. */
  reopen: { ask: { record: string }; answer: Level };
  /** Nearest surface of the named records along the ray. */
  pick: { ask: { records: string[]; ray: Ray }; answer: Hit | null };
  /** For each ray whether a surface stands in its way. */
  blocked: { ask: { records: string[]; rays: Ray[] }; answer: boolean[] };
}

export type Kind = keyof Requests;
export type Request = { [K in Kind]: { number: number; kind: K; ask: Requests[K]["ask"] } }[Kind];
export type Answer = { number: number; answer: Requests[Kind]["answer"] } | { number: number; failure: string };
