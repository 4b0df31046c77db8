// The bytes of a comparison, fetched once.
import type { Comparison } from "../../state/manifest";

const fetched = new Map<string, Promise<Uint8Array>>();

export function valuesOf({ id, url }: Comparison): Promise<Uint8Array> {
  if (!url) return Promise.reject(new Error("nothing was computed"));
  const known = fetched.get(id);
  if (known) return known;
  const values = fetch(url, { credentials: "same-origin" }).then(async (answer) => {
    if (!answer.ok) throw new Error(`comparison: ${answer.status}`);
    return new Uint8Array(await answer.arrayBuffer());
  });
  fetched.set(id, values);
  // A failure is asked for again, not kept.
  values.catch(() => fetched.delete(id));
  return values;
}
