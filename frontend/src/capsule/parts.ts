// The parts of a capsule, as they stand in its page: unpacked, and compared with the hash in its list.
import { Sha256 } from "../upload/sha256";

/** How a part stands in the page: packed base64 in a block, a picture's own address, or what is read. */
export type Packing = "gzip" | "picture" | "text";

export interface Part {
  id: string;
  media_type: string;
  bytes: number;
  sha256: string;
  packing: Packing;
}

/** The part is not what was exported. */
export class Changed extends Error {}

export class Parts {
  private readonly parts: Map<string, Part>;
  /** As they stood when the page came: the viewer takes posters away. */
  private readonly places: Map<string, Element>;
  private readonly read: Map<string, string>;
  private readonly told = new Map<string, boolean>();

  constructor(page: Document, parts: readonly Part[]) {
    this.parts = new Map(parts.map((part) => [part.id, part]));
    this.places = new Map(
      parts.flatMap(({ id }) => {
        const place = page.querySelector(`[data-part="${id}"]`);
        return place ? [[id, place] as const] : [];
      }),
    );
    this.read = new Map(
      parts.filter(({ packing }) => packing === "text").map(({ id }) => [id, oneLine(this.places.get(id)?.textContent ?? "")]),
    );
  }

  get all(): Iterable<Part> {
    return this.parts.values();
  }

  has(id: string): boolean {
    return this.parts.has(id);
  }

  /** A picture's own address; null for every other part. */
  picture(id: string): string | null {
    const place = this.places.get(id);
    return place instanceof HTMLImageElement ? place.src : null;
  }

  /** The part's bytes; `Changed` when they are not those that were exported. */
  async open(id: string): Promise<Uint8Array<ArrayBuffer>> {
    const part = this.parts.get(id);
    const bytes = part ? await this.unpack(part).catch(() => null) : null;
    const isWhole = bytes !== null && bytes.length === part?.bytes && (await sha256(bytes)) === part.sha256;
    this.told.set(id, isWhole);
    if (!isWhole) throw new Changed(id);
    return bytes;
  }

  /** Whether the part is what was exported. */
  async isWhole(id: string): Promise<boolean> {
    if (!this.told.has(id)) await this.open(id).catch(() => null);
    return this.told.get(id) ?? false;
  }

  private async unpack({ id, packing }: Part): Promise<Uint8Array<ArrayBuffer>> {
    const place = this.places.get(id);
    if (!place) throw new Changed(id);
    if (packing === "text") return new TextEncoder().encode(this.read.get(id) ?? "");
    const text = packing === "picture" ? (place.getAttribute("src") ?? "").replace(/^data:[^,]*,/, "") : (place.textContent ?? "");
    const bytes = fromBase64(text.trim());
    return packing === "gzip" ? gunzip(bytes) : bytes;
  }
}

function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  const letters = atob(text);
  const bytes = new Uint8Array(letters.length);
  for (let at = 0; at < letters.length; at++) bytes[at] = letters.charCodeAt(at);
  return bytes;
}

export function toBase64(bytes: Uint8Array): string {
  let letters = "";
  for (let at = 0; at < bytes.length; at += 0x8000) letters += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return btoa(letters);
}

async function gunzip(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  const plain = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(plain).arrayBuffer());
}

/** 64 hexadecimal digits. WebCrypto is only there in a secure context; a page from a plain web server is none. */
async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  if (!globalThis.crypto?.subtle) return new Sha256().update(bytes).hex();
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** What is read, whatever the markup's line breaks: the server hashes the same. */
export const oneLine = (text: string): string => text.replace(/[ \t\n\r\f]+/g, " ").trim();
