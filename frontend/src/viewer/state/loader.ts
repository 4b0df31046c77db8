// Where the levels come from: the coarse one stands in the page, the full one is fetched.
import type { SceneRecord } from "./manifest";

/** The coarse level that came with the page, compressed; null where there is none. */
export function coarseBytes(page: Document, record: SceneRecord): Uint8Array | null {
  const text = record.coarse && page.getElementById(record.coarse)?.textContent?.trim();
  return text ? Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)) : null;
}

/** The full level, compressed. */
export async function fetchFull(url: string, signal: AbortSignal): Promise<ArrayBuffer> {
  const answer = await fetch(url, { signal, credentials: "same-origin", priority: "high" });
  if (!answer.ok) throw new Error(`full level: ${answer.status}`);
  return answer.arrayBuffer();
}
