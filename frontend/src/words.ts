// Every sentence the scripts say: English here (a tool's own beside the tools), translations from the page's `#words`
// data block, key by key.
import type { IMAGE_ENGLISH } from "./image-viewer/image-words";
import type { TOOL_ENGLISH } from "./viewer/tools/tool-words";

const ENGLISH = {
  "view.front": "Front",
  "view.right": "Right",
  "view.left": "Left",
  "view.upper": "Upper",
  "view.lower": "Lower",
  "view.label": "{view}, key {key}",
  "view.group": "Views",
  "view.seen.front": "Seen from the front.",
  "view.seen.right": "Seen from the patient’s right.",
  "view.seen.left": "Seen from the patient’s left.",
  "view.seen.upper": "Upper jaw seen from below.",
  "view.seen.lower": "Lower jaw seen from above.",
  "stage.group": "Stage",
  "stage.keys": "Arrow keys turn, plus and minus zoom, 1 to 5 are the views.",
  "stage.picture": "Save a picture",
  "stage.reset": "Reset the view",
  "stage.fullscreen": "Whole screen",
  "stage.right": "Patient’s right",
  "stage.left": "Patient’s left",
  "scans.title": "Scans",
  "scans.show": "Show {scan}",
  "scans.opacity": "Opacity of {scan}",
  "scans.triangles": "{count} triangles",
  "scans.triangles_colour": "{count} triangles, colour",
  "scans.triangles_design": "{count} triangles, design",
  "scans.hidden": "Hidden",
  "scans.not_shown": "This scan cannot be shown in 3D.",
  "colour.title": "Colour",
  "colour.scanned": "As scanned",
  "colour.stone": "Stone",
  "grey.title": "Stage",
  "grey.light": "Light grey",
  "grey.middle": "Middle grey",
  "grey.dark": "Dark grey",
  "level.coarse": "Coarse look, {count} triangles",
  "level.full": "Full detail, {count} triangles",
  "level.none": "Nothing is shown",
  "level.posters": "Still pictures: this browser does not draw 3D.",
  "level.posters_numbers": "Still pictures: this browser does not draw 3D. What was measured stands under “In numbers”.",
  "level.rebuilding": "The picture is being rebuilt",
  "level.not_loaded": "Full detail did not load. The coarse look stays.",
  "scale": "{length} mm",
  "pin.start": "Comment on a point",
  "pin.cancel": "Stop placing the point",
  "pin.hint": "Press on the surface where the comment belongs. Escape stops.",
  "pin.missed": "No surface here. Press on the scan.",
  "pin.open": "Comment {number}, open",
  "pin.resolved": "Comment {number}, resolved",
  "tools.group": "Tools",
  "tools.not_loaded": "The tool did not load. Press again.",
  "tools.looking": "Looking at the surface",
  "tools.measure": "Measure",
  "tools.section": "Section",
  "tools.contacts": "Contacts",
  "tools.compare": "Compare",
  "together.here": "Who is here",
  "together.by_link": "{name} (by link)",
  "together.with": "Here too: {names}",
  "together.leads": "{name} leads the view",
  "together.lead": "Lead the view",
  "together.stop_leading": "Stop leading",
  "together.follow": "Follow",
  "together.stop_following": "Stop following",
  "tools.bite": "Bite",
  "tools.teeth": "Teeth",
  "tools.not_saved": "It was not saved. Check the connection and try again.",
} as const;
const english: Partial<Record<string, string>> = ENGLISH;

export type WordKey = keyof typeof ENGLISH | keyof typeof TOOL_ENGLISH | keyof typeof IMAGE_ENGLISH;

/** What scripts that come later say, once they are there. */
const later: Partial<Record<string, string>> = {};

/** A script that comes later brings its sentences along. */
export const bring = (english: Record<string, string>): void => void Object.assign(later, english);

export type Words = (key: WordKey, values?: Record<string, string | number>) => string;

/** Sentences by key: the page's translation where it has one, English otherwise; numbers in the page's language. */
export function readWords(page: Document): Words {
  const block = page.getElementById("words")?.textContent;
  const translated: Partial<Record<string, string>> = block ? JSON.parse(block) : {};
  const numbers = new Intl.NumberFormat(page.documentElement.lang || "en");
  return (key, values = {}) =>
    (translated[key] ?? english[key] ?? later[key] ?? key).replace(/\{(\w+)\}/g, (whole, name: string) => {
      const value = values[name];
      return value === undefined ? whole : typeof value === "number" ? numbers.format(value) : value;
    });
}
