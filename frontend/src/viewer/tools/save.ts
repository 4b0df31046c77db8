// Sends what people add to a scene; the newest state wins, one request at a time.

/** Puts the whole of something anew; `failed` hears when it did not arrive. */
export function saver(url: string | null | undefined, failed: () => void): (body: unknown) => void {
  let busy = false;
  let waiting: unknown;
  const send = async (body: unknown): Promise<void> => {
    if (!url) return;
    if (busy) {
      waiting = body;
      return;
    }
    busy = true;
    try {
      const headers = { "Content-Type": "application/json" };
      const answer = await fetch(url, { method: "PUT", headers, body: JSON.stringify(body), keepalive: true });
      if (!answer.ok) failed();
    } catch {
      failed();
    } finally {
      busy = false;
    }
    if (waiting !== undefined) {
      const next = waiting;
      waiting = undefined;
      void send(next);
    }
  };
  return (body) => void send(body);
}
