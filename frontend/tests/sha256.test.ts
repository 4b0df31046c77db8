// SHA-256 piece by piece gives what WebCrypto gives of the whole.
import { describe, expect, it } from "vitest";
import { Sha256 } from "../src/upload/sha256";

async function known(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function made(length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  for (let at = 0, state = 12345 + length; at < length; at++) {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    bytes[at] = state >>> 16;
  }
  return bytes;
}

describe("SHA-256", () => {
  it.each([0, 1, 55, 56, 57, 63, 64, 65, 119, 120, 127, 128, 1000, 100_003])("of %i bytes at once", async (length) => {
    const bytes = made(length);
    expect(new Sha256().update(bytes).hex()).toBe(await known(bytes));
  });

  it.each([1, 7, 63, 64, 65, 1000])("in pieces of %i bytes", async (step) => {
    const bytes = made(5003);
    const sha256 = new Sha256();
    for (let at = 0; at < bytes.length; at += step) sha256.update(bytes.subarray(at, at + step));
    expect(sha256.hex()).toBe(await known(bytes));
  });

  it("of more than 512 MiB, where the count of bits needs its upper word", () => {
    const piece = made(1 << 20);
    const sha256 = new Sha256();
    for (let number = 0; number < 520; number++) sha256.update(piece);
    expect(sha256.hex()).toBe("0e838d218adb1e423b498eed7642042ccfe7dd55554fa7b72cc426dc8f156782");
  }, 60_000);
});
