// Sends what people add to a scene; the newest state wins, one request at a time.

/** Puts something anew, its body made when it is sent; `failed` hears when it did not arrive, `arrived` when it did. */
export function saver<Body>(
  url: string | null | undefined,
  failed: () => void,
  arrived: (body: Body) => void = () => undefined,
): (made: () => Body) => void {
  let busy = false;
  let waiting: (() => Body) | null = null;
  const send = async (made: () => Body): Promise<void> => {
    if (!url) return;
    if (busy) {
      waiting = made;
      return;
    }
    busy = true;
    try {
      const body = made();
      const headers = { "Content-Type": "application/json" };
      const answer = await fetch(url, { method: "PUT", headers, body: JSON.stringify(body), keepalive: true });
      if (answer.ok) arrived(body);
      else failed();
    } catch {
      failed();
    } finally {
      busy = false;
    }
    if (waiting) {
      const next = waiting;
      waiting = null;
      void send(next);
    }
  };
  return (made) => void send(made);
}
