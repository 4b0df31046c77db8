// How long the rest takes, told from the last seconds only.
import { expect, it } from "vitest";
import { Pace } from "../src/upload/pace";
import { megabytes } from "../src/upload/words";
import { wanted } from "../src/upload/dropped";

it("tells nothing before it has seen half a second", () => {
  const pace = new Pace();
  pace.saw(0, 0);
  pace.saw(1000, 400);
  expect(pace.secondsFor(1000)).toBeNull();
});

it("goes by what went through lately, not by the beginning", () => {
  const pace = new Pace();
  for (let second = 0; second <= 10; second++) pace.saw(second * 100, second * 1000);
  for (let second = 11; second <= 25; second++) pace.saw(1000 + (second - 10) * 1000, second * 1000);
  expect(pace.secondsFor(5000)).toBe(5);
});

it("says sizes in the reader's numbers", () => {
  expect([999, 1000, 12_345_678, 2_500_000_000].map((bytes) => megabytes(bytes, "en"))).toEqual(["999 B", "1.0 kB", "12.3 MB", "2.5 GB"]);
  expect(megabytes(12_345_678, "pt-BR")).toBe("12,3 MB");
});

it("leaves out what systems put into folders", () => {
  const names = [".DS_Store", "Thumbs.db", "desktop.ini", "upper.stl", "._upper.stl"];
  expect(wanted(names.map((name) => ({ name }) as File)).map(({ name }) => name)).toEqual(["upper.stl"]);
});
