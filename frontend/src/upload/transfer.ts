// The bytes of one file on their way: chunk by chunk with checksums, and again from where it stopped.
import { Upload, type DetailedError } from "tus-js-client";
import { checkedStack } from "./checked-stack";

export const CHUNK = 8 << 20;
const DELAYS_MS = [500, 1000, 2000, 4000, 8000, 15000, 30000, 30000, 30000, 60000, 60000];
const WORTH_ANOTHER_TRY = new Set([0, 408, 409, 423, 429, 460]);

export interface TransferEvents {
  progress: (bytes: number) => void;
  retrying: (seconds: number) => void;
  done: () => void;
  stopped: (status: number, body: string) => void;
}

export class Transfer {
  private readonly upload: Upload;

  constructor(file: File, url: string, events: TransferEvents) {
    this.upload = new Upload(file, {
      uploadUrl: url,
      chunkSize: CHUNK,
      retryDelays: DELAYS_MS,
      storeFingerprintForResuming: false,
      httpStack: checkedStack,
      onProgress: (bytes) => events.progress(bytes),
      onSuccess: () => events.done(),
      onShouldRetry: (error, attempt) => {
        const status = statusOf(error);
        const again = WORTH_ANOTHER_TRY.has(status) || status >= 500;
        if (again) events.retrying((DELAYS_MS[attempt] ?? 60000) / 1000);
        return again;
      },
      onError: (error) => events.stopped(statusOf(error), bodyOf(error)),
    });
  }

  start(): void {
    this.upload.start();
  }

  pause(): Promise<void> {
    return this.upload.abort();
  }

  /** Gives the upload up; the server forgets its bytes. */
  cancel(): Promise<void> {
    return this.upload.abort(true);
  }
}

const responseOf = (error: Error | DetailedError) => ("originalResponse" in error ? error.originalResponse : null);

const statusOf = (error: Error | DetailedError): number => responseOf(error)?.getStatus() ?? 0;

const bodyOf = (error: Error | DetailedError): string => responseOf(error)?.getBody() ?? "";
