// The sentences of the tools: they come with the first tool that is taken.
import { bring } from "../../words";

export const TOOL_ENGLISH = {
  "measure.kind": "What is measured",
  "measure.distance": "Distance",
  "measure.path": "Along the surface",
  "measure.angle": "Angle",
  "measure.thickness": "Thickness",
  "measure.hint.distance": "Press on two points.",
  "measure.hint.path": "Press on two points of one scan.",
  "measure.hint.angle": "Press on three points; the angle is at the second.",
  "measure.hint.thickness": "Press on the restoration: measured straight through to its other side.",
  "measure.next": "Points still to press: {count}",
  "measure.no_other_side": "The surface has no other side here.",
  "measure.one_scan": "Both points must lie on one scan.",
  "measure.broken": "The surface breaks off between the two points.",
  "measure.bite_closed": "The bite is closed again: one measures as it was scanned.",
  "measure.name": "Name of {value}",
  "measure.comment": "Comment with {value}",
  "measure.remove": "Remove {value}",
  "section.plane": "Plane",
  "section.sagittal": "Left to right",
  "section.coronal": "Front to back",
  "section.horizontal": "Up and down",
  "section.points": "Three points",
  "section.place": "Place of the section",
  "section.away": "Cut away",
  "section.flip": "Other side",
  "section.fit": "Show all",
  "section.hint": "Press on three points of the surface. Escape takes one back.",
  "section.one_line": "The three points lie on one line. Press again.",
  "section.profile": "Profile of the section. Arrow keys move the cross, Enter takes a point, two points are measured.",
} as const;

bring(TOOL_ENGLISH);
