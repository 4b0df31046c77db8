import { expect, it } from "vitest";
import type { ToothLabel } from "../src/viewer/state/manifest";
import { standing } from "../src/viewer/tools/teeth/labels";

const showing = (...ids: string[]) => ({ scan: (id: string) => (ids.includes(id) ? ({ record: { id } } as never) : null) });
const label = (found?: ToothLabel["found"]): ToothLabel => ({ tooth_fdi: 46, record: "v1", point: [1, 2, 3], ...(found ? { found } : {}) });
const on = { record: "v2", version: 2 };

it("a label stands where it was set, or where the server found it again", () => {
  const moved = label({ ...on, point: [1, 2.5, 3], moved_mm: 0.5, has_moved: true });
  expect(standing([moved], showing("v1"))).toEqual([moved]);
  expect(standing([moved], showing("v2"))).toEqual([{ ...moved, record: "v2", point: [1, 2.5, 3] }]);
});

it("a label whose surface is gone, or that nobody looked for yet, stands nowhere", () => {
  expect(standing([label({ ...on, gone: true }), label()], showing("v2"))).toEqual([]);
});
