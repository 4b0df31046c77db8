// Reads a file piece by piece and hashes it, off the page's own thread.
import { Sha256 } from "./sha256";

const PIECE = 4 << 20;

export type Asked = { id: number; file: Blob };
export type Told = { id: number; read: number } | { id: number; sha256: string } | { id: number; failed: true };

const tell = (told: Told): void => self.postMessage(told);

self.addEventListener("message", ({ data: { id, file } }: MessageEvent<Asked>) => {
  hash(id, file).catch(() => tell({ id, failed: true }));
});

async function hash(id: number, file: Blob): Promise<void> {
  const sha256 = new Sha256();
  for (let at = 0; at < file.size; at += PIECE) {
    const piece = await file.slice(at, at + PIECE).arrayBuffer();
    sha256.update(new Uint8Array(piece));
    tell({ id, read: Math.min(file.size, at + PIECE) });
  }
  tell({ id, sha256: sha256.hex() });
}
