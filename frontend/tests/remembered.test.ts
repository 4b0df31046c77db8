// What is kept over a reload: enough to go on, nothing about a patient, nothing for longer than the server keeps it.
import { beforeEach, describe, expect, it } from "vitest";
import { begun, forget, remember, type Begun } from "../src/upload/remembered";

class Drawer implements Storage {
  private readonly kept = new Map<string, string>();
  get length(): number {
    return this.kept.size;
  }
  clear = (): void => this.kept.clear();
  getItem = (key: string): string | null => this.kept.get(key) ?? null;
  key = (at: number): string | null => [...this.kept.keys()][at] ?? null;
  removeItem = (key: string): void => void this.kept.delete(key);
  setItem = (key: string, value: string): void => void this.kept.set(key, value);
}

const one = (record: string): Begun => ({ record, collection: "c", size: 5, sha256: "ab", at: Date.now() });

describe("remembered uploads", () => {
  let drawer: Drawer;
  beforeEach(() => {
    drawer = new Drawer();
  });

  it("come back until they are forgotten", () => {
    remember(one("a"), drawer);
    remember(one("b"), drawer);
    remember({ ...one("a"), size: 6 }, drawer);
    expect(begun(drawer).map(({ record, size }) => [record, size])).toEqual([["b", 5], ["a", 6]]);
    forget("b", drawer);
    expect(begun(drawer)).toHaveLength(1);
    forget("a", drawer);
    expect(drawer.length).toBe(0);
  });

  it("hold ids, a size, a hash and a time, and no name", () => {
    remember(one("a"), drawer);
    expect(Object.keys(begun(drawer)[0] ?? {}).sort()).toEqual(["at", "collection", "record", "sha256", "size"]);
  });

  it("end with the server's day", () => {
    remember({ ...one("a"), at: Date.now() - 25 * 3_600_000 }, drawer);
    expect(begun(drawer)).toEqual([]);
  });

  it.each(["", "{", "3", "[3]", '[{"record": 1}]'])("read %j as nothing", (text) => {
    drawer.setItem("arcada:uploads", text);
    expect(begun(drawer)).toEqual([]);
  });
});
