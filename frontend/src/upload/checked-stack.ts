// The HTTP of tus-js-client with a checksum on every chunk: what arrives changed is refused and sent again.
import type { HttpRequest, HttpResponse, HttpStack } from "tus-js-client";
import { Sha256 } from "./sha256";

export const checkedStack: HttpStack = {
  createRequest: (method, url) => new CheckedRequest(method, url),
  getName: () => "CheckedStack",
};

class CheckedRequest implements HttpRequest {
  private readonly xhr = new XMLHttpRequest();
  private readonly headers: Record<string, string> = {};

  constructor(
    private readonly method: string,
    private readonly url: string,
  ) {
    this.xhr.open(method, url, true);
  }

  getMethod = (): string => this.method;
  getURL = (): string => this.url;
  getHeader = (header: string): string | undefined => this.headers[header];
  getUnderlyingObject = (): XMLHttpRequest => this.xhr;

  setHeader(header: string, value: string): void {
    this.xhr.setRequestHeader(header, value);
    this.headers[header] = value;
  }

  setProgressHandler(handler: (bytesSent: number) => void): void {
    this.xhr.upload.onprogress = (event) => {
      if (event.lengthComputable) handler(event.loaded);
    };
  }

  async send(body: Blob | null = null): Promise<HttpResponse> {
    if (body && this.method === "PATCH")
      this.setHeader("Upload-Checksum", `sha256 ${await checksum(await body.arrayBuffer())}`);
    return new Promise((resolve, reject) => {
      this.xhr.onload = () => resolve(answerOf(this.xhr));
      this.xhr.onerror = () => reject(new Error("no answer"));
      this.xhr.send(body);
    });
  }

  abort(): Promise<void> {
    this.xhr.abort();
    return Promise.resolve();
  }
}

function answerOf(xhr: XMLHttpRequest): HttpResponse {
  return {
    getStatus: () => xhr.status,
    getHeader: (header) => xhr.getResponseHeader(header) ?? undefined,
    getBody: () => xhr.responseText,
    getUnderlyingObject: () => xhr,
  };
}

/** base64 of the SHA-256; WebCrypto is there on https and on this machine only. */
async function checksum(bytes: ArrayBuffer): Promise<string> {
  const digest = globalThis.crypto?.subtle
    ? new Uint8Array(await crypto.subtle.digest("SHA-256", bytes))
    : Uint8Array.from(new Sha256().update(new Uint8Array(bytes)).hex().match(/../g) ?? [], (pair) => parseInt(pair, 16));
  return btoa(String.fromCharCode(...digest));
}
