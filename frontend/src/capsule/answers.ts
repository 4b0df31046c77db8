// A capsule has no server: what the viewer asks for is answered from the page, and nothing leaves it.
import type { Parts } from "./parts";

/** `#part` is answered with the part; every other address as if there were no network. */
export function answerFromPage(parts: Parts): void {
  globalThis.fetch = async (input) => {
    const address = input instanceof Request ? input.url : String(input);
    const id = address.slice(address.indexOf("#") + 1);
    if (!address.includes("#") || !parts.has(id)) throw new TypeError("a capsule asks nobody");
    return new Response(await parts.open(id));
  };
}

/** The manifest with each picture's address in the place of its part's name. */
export function withPictures(manifest: unknown, parts: Parts): unknown {
  if (typeof manifest === "string" && manifest.startsWith("#")) return parts.picture(manifest.slice(1)) ?? manifest;
  if (Array.isArray(manifest)) return manifest.map((one) => withPictures(one, parts));
  if (manifest === null || typeof manifest !== "object") return manifest;
  return Object.fromEntries(Object.entries(manifest).map(([key, value]) => [key, withPictures(value, parts)]));
}
