// One file to an address that takes files: its fingerprint, a place for it or why there is none, then its bytes.
import { sha256Of } from "./hashing";
import { placeFor, Refusal } from "./server";
import { Transfer } from "./transfer";

export interface SendingEvents {
  progress: (bytes: number) => void;
  done: (record: string) => void;
  /** `why` is what the server said, in words for the reader; "" where it gave none. */
  stopped: (why: string) => void;
}

/** Sends `file`, offered with `more` beside its name, size and fingerprint. Calling what it returns gives it up. */
export function send(address: string, file: File, more: object, events: SendingEvents, headers: Record<string, string> = {}): () => void {
  let transfer: Transfer | null = null;
  let isGivenUp = false;
  const go = async (): Promise<void> => {
    const sha256 = await sha256Of(file, () => undefined);
    if (isGivenUp) return;
    const { record, upload } = await placeFor(address, { ...more, name: file.name, size: file.size, sha256 }, headers);
    if (isGivenUp) return;
    transfer = new Transfer(file, upload, {
      progress: events.progress,
      retrying: () => undefined,
      done: () => events.done(record),
      stopped: () => events.stopped(""),
    });
    transfer.start();
  };
  go().catch((trouble: unknown) => {
    if (!isGivenUp) events.stopped(trouble instanceof Refusal ? whyOf(trouble) : "");
  });
  return () => {
    isGivenUp = true;
    // What the server has of it so far it forgets.
    void transfer?.cancel().catch(() => undefined);
  };
}

const whyOf = ({ text, findings }: Refusal): string => [text, ...findings.map(({ what }) => what)].filter(Boolean).join(" ");
