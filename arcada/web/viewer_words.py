"""The sentences of the viewer's scripts, for translation; `frontend/src/words.ts` holds the same keys."""

import json

from django.utils.translation import gettext, gettext_noop

VIEWER_WORDS = {
    "view.front": gettext_noop("Front"),
    "view.right": gettext_noop("Right"),
    "view.left": gettext_noop("Left"),
    "view.upper": gettext_noop("Upper"),
    "view.lower": gettext_noop("Lower"),
    "view.label": gettext_noop("{view}, key {key}"),
    "view.group": gettext_noop("Views"),
    "view.seen.front": gettext_noop("Seen from the front."),
    "view.seen.right": gettext_noop("Seen from the patient’s right."),
    "view.seen.left": gettext_noop("Seen from the patient’s left."),
    "view.seen.upper": gettext_noop("Upper jaw seen from below."),
    "view.seen.lower": gettext_noop("Lower jaw seen from above."),
    "stage.group": gettext_noop("Stage"),
    "stage.keys": gettext_noop("Arrow keys turn, plus and minus zoom, 1 to 5 are the views."),
    "stage.picture": gettext_noop("Save a picture"),
    "stage.reset": gettext_noop("Reset the view"),
    "stage.fullscreen": gettext_noop("Whole screen"),
    "stage.right": gettext_noop("Patient’s right"),
    "stage.left": gettext_noop("Patient’s left"),
    "scans.title": gettext_noop("Scans"),
    "scans.show": gettext_noop("Show {scan}"),
    "scans.opacity": gettext_noop("Opacity of {scan}"),
    "scans.triangles": gettext_noop("{count} triangles"),
    "scans.triangles_colour": gettext_noop("{count} triangles, colour"),
    "scans.triangles_design": gettext_noop("{count} triangles, design"),
    "scans.hidden": gettext_noop("Hidden"),
    "scans.not_shown": gettext_noop("This scan cannot be shown in 3D."),
    "colour.title": gettext_noop("Colour"),
    "colour.scanned": gettext_noop("As scanned"),
    "colour.stone": gettext_noop("Stone"),
    "grey.title": gettext_noop("Stage"),
    "grey.light": gettext_noop("Light grey"),
    "grey.middle": gettext_noop("Middle grey"),
    "grey.dark": gettext_noop("Dark grey"),
    "level.coarse": gettext_noop("Coarse look, {count} triangles"),
    "level.full": gettext_noop("Full detail, {count} triangles"),
    "level.none": gettext_noop("Nothing is shown"),
    "level.posters": gettext_noop("Still pictures: this browser does not draw 3D."),
    "level.posters_numbers": gettext_noop(
        "Still pictures: this browser does not draw 3D. What was measured stands under “In numbers”."
    ),
    "level.rebuilding": gettext_noop("The picture is being rebuilt"),
    "level.not_loaded": gettext_noop("Full detail did not load. The coarse look stays."),
    "scale": gettext_noop("{length} mm"),
    "pin.start": gettext_noop("Comment on a point"),
    "pin.cancel": gettext_noop("Stop placing the point"),
    "pin.hint": gettext_noop("Press on the surface where the comment belongs. Escape stops."),
    "pin.missed": gettext_noop("No surface here. Press on the scan."),
    "pin.open": gettext_noop("Comment {number}, open"),
    "pin.resolved": gettext_noop("Comment {number}, resolved"),
    "tools.group": gettext_noop("Tools"),
    "tools.not_loaded": gettext_noop("The tool did not load. Press again."),
    "tools.looking": gettext_noop("Looking at the surface"),
    "tools.measure": gettext_noop("Measure"),
    "tools.section": gettext_noop("Section"),
    "tools.contacts": gettext_noop("Contacts"),
    "tools.compare": gettext_noop("Compare"),
    "together.here": gettext_noop("Who is here"),
    "together.with": gettext_noop("Here too: {names}"),
    "together.by_link": gettext_noop("{name} (by link)"),
    "together.leads": gettext_noop("{name} leads the view"),
    "together.lead": gettext_noop("Lead the view"),
    "together.stop_leading": gettext_noop("Stop leading"),
    "together.follow": gettext_noop("Follow"),
    "together.stop_following": gettext_noop("Stop following"),
    "tools.bite": gettext_noop("Bite"),
    "tools.teeth": gettext_noop("Teeth"),
    "tools.not_saved": gettext_noop("It was not saved. Check the connection and try again."),
    "measure.kind": gettext_noop("What is measured"),
    "measure.distance": gettext_noop("Distance"),
    "measure.path": gettext_noop("Along the surface"),
    "measure.angle": gettext_noop("Angle"),
    "measure.thickness": gettext_noop("Thickness"),
    "measure.hint.distance": gettext_noop("Press on two points."),
    "measure.hint.path": gettext_noop("Press on two points of one scan."),
    "measure.hint.angle": gettext_noop("Press on three points; the angle is at the second."),
    "measure.hint.thickness": gettext_noop(
        "Press on the restoration: measured straight through to its other side."
    ),
    "measure.next": gettext_noop("Points still to press: {count}"),
    "measure.no_other_side": gettext_noop("The surface has no other side here."),
    "measure.one_scan": gettext_noop("Both points must lie on one scan."),
    "measure.broken": gettext_noop("The surface breaks off between the two points."),
    "measure.bite_closed": gettext_noop("The bite is closed again: one measures as it was scanned."),
    "measure.name": gettext_noop("Name of {value}"),
    "measure.comment": gettext_noop("Comment with {value}"),
    "measure.remove": gettext_noop("Remove {value}"),
    "section.plane": gettext_noop("Plane"),
    "section.sagittal": gettext_noop("Left to right"),
    "section.coronal": gettext_noop("Front to back"),
    "section.horizontal": gettext_noop("Up and down"),
    "section.points": gettext_noop("Three points"),
    "section.tooth": gettext_noop("At a tooth"),
    "section.place": gettext_noop("Place of the section"),
    "section.away": gettext_noop("Cut away"),
    "section.flip": gettext_noop("Other side"),
    "section.fit": gettext_noop("Show all"),
    "section.hint": gettext_noop("Press on three points of the surface. Escape takes one back."),
    "section.one_line": gettext_noop("The three points lie on one line. Press again."),
    "section.profile": gettext_noop(
        "Profile of the section. Arrow keys move the cross, Enter takes a point, two points are measured."
    ),
    "legend.below": gettext_noop("below {to}"),
    "legend.between": gettext_noop("{from} to {to}"),
    "legend.above": gettext_noop("{from} and more"),
    "contacts.legend": gettext_noop("Distance to the opposing surface in µm; below 0 they overlap"),
    "contacts.hint": gettext_noop("Press on a surface to read the distance there."),
    "contacts.not_loaded": gettext_noop("The measured values did not load. Take the tool again."),
    "contacts.not_in_occlusion": gettext_noop(
        "The jaws do not meet as they lie in the files ({gap} mm apart): no contacts are shown."
    ),
    "contacts.too_deep": gettext_noop(
        "The jaws do not meet as they lie in the files, they run into each other (up to {depth} mm deep): no contacts are shown."
    ),
    "contacts.one_jaw": gettext_noop(
        "Only one jaw is here, so it is not known what this bites on: no contacts are shown."
    ),
    "contacts.not_seated": gettext_noop("It sits on neither jaw as the files lie: no contacts are shown."),
    "contacts.on_both": gettext_noop(
        "It lies along both jaws alike, so it is not known which one it bites on: no contacts are shown."
    ),
    "contacts.failed": gettext_noop("The comparison could not be computed."),
    "contacts.coming": gettext_noop(
        "The comparison is being computed. It is here when the page is opened again."
    ),
    "contacts.count": gettext_noop("{scan} against {against}: contacts {count}"),
    "contacts.number": gettext_noop("Contact"),
    "contacts.where": gettext_noop("Where"),
    "contacts.size": gettext_noop("Area"),
    "contacts.depth": gettext_noop("Distance"),
    "contacts.show": gettext_noop("Show contact {number}"),
    "contacts.area": gettext_noop("{area} mm²"),
    "contacts.overlap": gettext_noop("{um} µm overlap"),
    "contacts.gap": gettext_noop("{um} µm gap"),
    "contacts.nothing": gettext_noop("Nothing within 2 mm here."),
    "region.right_molar": gettext_noop("right molars"),
    "region.right_premolar": gettext_noop("right premolars"),
    "region.right_front": gettext_noop("right front teeth"),
    "region.left_front": gettext_noop("left front teeth"),
    "region.left_premolar": gettext_noop("left premolars"),
    "region.left_molar": gettext_noop("left molars"),
    "compare.change": gettext_noop("Change"),
    "compare.swipe": gettext_noop("Swipe"),
    "compare.which": gettext_noop("What is compared"),
    "compare.legend": gettext_noop("Change since version {version} in µm; below 0 was taken away"),
    "compare.show": gettext_noop("Show the greatest change"),
    "compare.no_fit": gettext_noop(
        "This version and version {version} do not fit onto each other: no change is shown."
    ),
    "compare.summed_added": gettext_noop(
        "Since version {version}, {percent} % of the surface changed by more than {over} µm; at most {most} µm were added."
    ),
    "compare.summed_away": gettext_noop(
        "Since version {version}, {percent} % of the surface changed by more than {over} µm; at most {most} µm were taken away."
    ),
    "compare.at_tooth": gettext_noop("The most is at tooth {tooth}."),
    "compare.aligned": gettext_noop(
        "The two lay in frames of their own and were fitted onto each other; {residual} µm remain."
    ),
    "compare.no_older": gettext_noop("The older version is not open to you."),
    "compare.loading": gettext_noop("The older version is loading"),
    "compare.swiping": gettext_noop("Left of the line is version {older}, right of it version {newer}."),
    "compare.swipe_place": gettext_noop("Place of the line"),
    "compare.nothing": gettext_noop("Nothing to compare with here."),
    "compare.away": gettext_noop("{um} µm taken away"),
    "compare.added": gettext_noop("{um} µm added"),
    "teeth.chart": gettext_noop("Tooth numbers"),
    "teeth.hint": gettext_noop("Press on tooth {tooth} in the picture."),
    "teeth.again": gettext_noop("Tooth {tooth} is labelled. Press elsewhere to move it, or remove it."),
    "teeth.read_only": gettext_noop("The labels were set by people in the case."),
    "teeth.deciduous": gettext_noop("Deciduous teeth"),
    "teeth.remove": gettext_noop("Remove the label"),
    "teeth.moved": gettext_noop(
        "Moved since they were labelled on an earlier version: {teeth}. Look whether they still fit."
    ),
    "teeth.gone": gettext_noop("Not found on this version, so not shown: {teeth}. Label them again."),
    "teeth.not_here": gettext_noop(
        "Not shown: {teeth}. Their scan is not here, or its newer version is not compared yet."
    ),
    "teeth.which": gettext_noop("Which tooth is {number}?"),
    "teeth.no_tooth": gettext_noop("No tooth: send it as it stands"),
    "bite.opening": gettext_noop("Open the bite"),
    "bite.close": gettext_noop("Close"),
    "bite.hint": gettext_noop(
        "Opened for the eye alone: the scans stay where they were, and tools that measure close the bite first."
    ),
    "bite.orient_hint": gettext_noop(
        "Do the scans lie askew? Turn them until you look at the front teeth, then save it for everybody."
    ),
    "bite.is_front": gettext_noop("This is the front"),
    "bite.as_found": gettext_noop("As the scans say"),
    "image.tools": gettext_noop("Picture"),
    "image.keys": gettext_noop(
        "Plus and minus zoom, 1 shows true pixels, 0 resets, R rotates, M mirrors, I inverts, arrow keys shift."
    ),
    "image.keys_tools": gettext_noop("W windows, L measures a length, A an angle, U takes a scale."),
    "image.keys_cross": gettext_noop(
        "With a tool the arrow keys move a cross, Enter takes a point, Escape stops."
    ),
    "image.level": gettext_noop("{width} × {height} pixels, {zoom} %"),
    "image.level_deep": gettext_noop("{width} × {height} pixels, {bits} bits, {zoom} %"),
    "image.depth_loading": gettext_noop("Every grey is being fetched"),
    "image.depth_failed": gettext_noop("The fine greys did not load. The picture shows 256 of them."),
    "image.zoom_in": gettext_noop("Zoom in"),
    "image.zoom_out": gettext_noop("Zoom out"),
    "image.one_to_one": gettext_noop("True pixels, 1:1"),
    "image.rotate": gettext_noop("Rotate 90°"),
    "image.mirror": gettext_noop("Mirror"),
    "image.mirrored": gettext_noop("Mirrored"),
    "image.invert": gettext_noop("Invert"),
    "image.reset": gettext_noop("Reset"),
    "image.tone": gettext_noop("Brightness and contrast"),
    "image.window": gettext_noop("Window by dragging"),
    "image.centre": gettext_noop("Brightness"),
    "image.width": gettext_noop("Contrast"),
    "image.gamma": gettext_noop("Midtones"),
    "image.compare": gettext_noop("Compare"),
    "image.compare_full": gettext_noop("Four pictures at most"),
    "image.measure": gettext_noop("Measure"),
    "image.length": gettext_noop("Length"),
    "image.angle": gettext_noop("Angle"),
    "image.ruler": gettext_noop("Known length"),
    "image.annotate": gettext_noop("Draw for a comment"),
    "image.arrow": gettext_noop("Arrow"),
    "image.line": gettext_noop("Line"),
    "image.text": gettext_noop("Text"),
    "image.region": gettext_noop("Region"),
    "image.hint.length": gettext_noop("Press on two points."),
    "image.hint.angle": gettext_noop("Press on three points; the angle is at the second."),
    "image.hint.ruler": gettext_noop("Press on the two ends of something whose length you know."),
    "image.hint.arrow": gettext_noop("Press where the arrow begins, then where it points."),
    "image.hint.line": gettext_noop("Press on two points."),
    "image.hint.text": gettext_noop("Write the text, then press where it belongs."),
    "image.hint.region": gettext_noop("Press on two opposite corners."),
    "image.next": gettext_noop("Points still to press: {count}"),
    "image.ruler_is": gettext_noop("This line is"),
    "image.ruler_set": gettext_noop("Take it as the scale"),
    "image.measures": gettext_noop("Measurements"),
    "image.what": gettext_noop("What"),
    "image.value": gettext_noop("Value"),
    "image.mm": gettext_noop("{length} mm"),
    "image.px": gettext_noop("{length} px"),
    "image.degrees": gettext_noop("{angle}°"),
    "image.named": gettext_noop("{kind} {number}"),
    "image.remove": gettext_noop("Remove {name}"),
    "image.marks": gettext_noop("Drawn for the comment: {count}"),
    "image.marks_clear": gettext_noop("Without the drawing"),
    "image.marks_write": gettext_noop("Write the comment"),
    "image.no_scale": gettext_noop("No scale: lengths are in pixels of the picture."),
    "image.scale.calibrated": gettext_noop("Scale from the file."),
    "image.scale.estimated": gettext_noop(
        "Scale from the file, by its magnification. Radiograph: lengths are not true to scale."
    ),
    "image.scale.detector": gettext_noop("Scale of the detector. Radiograph: lengths are not true to scale."),
    "image.scale.ruler": gettext_noop("Scale from the line you drew."),
    "image.scale.ruler_film": gettext_noop(
        "Scale from the line you drew. Radiograph: true at that place and depth only."
    ),
    "image.scale.panoramic": gettext_noop("Panoramic: magnified, and not everywhere alike."),
}


def viewer_words_json() -> str:
    """The words in the reader's language, safe inside a script block."""
    said = {key: gettext(english) for key, english in VIEWER_WORDS.items()}
    return json.dumps(said, ensure_ascii=False).replace("<", "\\u003c")
