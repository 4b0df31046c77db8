"""The one catalogue of findings: code → usual severity and its text in plain words, in three parts."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from string import Formatter
from typing import Final

from arcada.core.findings import Finding, Severity
from arcada.core.slots import SLOT_TITLES, title_of
from arcada.core.words import gettext_noop as _

BLOCKER, WARNING, NOTE = Severity.BLOCKER, Severity.WARNING, Severity.NOTE


@dataclass(frozen=True, slots=True)
class FindingText:
    """What was found, the measured value against the limit (or what stands instead), what to do.

    A part that names `{value}`, `{limit}` or `{where}` is left out when the finding does not carry it.
    """

    severity: Severity
    what: str
    measured: str = ""
    todo: str = ""
    instead: str = ""


EXPORT_AGAIN: Final = _("Export it from the scanner again.")

TEXTS: Final[dict[str, FindingText]] = {
    # ------------------------------------------------------------ the file as such
    "empty_file": FindingText(
        BLOCKER, _("The file is empty."), _("It has 0 bytes."), _("Export or copy it again.")
    ),
    "malware": FindingText(
        BLOCKER,
        _("The malware scanner refuses this file."),
        _("It found {value}."),
        _("Check the computer it came from, and export the file again from the scanner."),
    ),
    "unknown_format": FindingText(
        BLOCKER,
        _("This is no format that Arcada knows."),
        "",
        _("Send scans as STL, PLY or OBJ, images as JPG, PNG or DICOM, documents as PDF or text."),
    ),
    "format_not_accepted": FindingText(
        BLOCKER,
        _("This format is not accepted."),
        _("The file is {value}."),
        _("Send scans as STL, PLY or OBJ, images as JPG, PNG or DICOM, documents as PDF or text."),
    ),
    "dicom_multi_frame": FindingText(
        BLOCKER,
        _("This DICOM file holds more than one picture."),
        _("It says: {value}."),
        _("Send single photographs and radiographs, each as a file of its own."),
    ),
    "dicom_volume": FindingText(
        BLOCKER,
        _("This is a slice or a volume of a tomograph (CBCT, CT)."),
        _("It says: {value}."),
        _("Volumes are not accepted for now. Send a panoramic or a picture made from it."),
    ),
    "dicom_kind": FindingText(
        BLOCKER,
        _("This DICOM file holds neither a photograph nor a radiograph."),
        _("It says: {value}."),
        _("Send photographs (XC), intraoral (IO), panoramic (PX) or digital radiographs (DX)."),
    ),
    "dicom_compression": FindingText(
        BLOCKER,
        _("The picture in this DICOM file is packed in a way that is not opened here."),
        _("It is packed as {value}."),
        _("Export it uncompressed, as JPEG baseline or as JPEG 2000."),
    ),
    "dicom_pixels": FindingText(
        BLOCKER,
        _("The picture in this DICOM file is stored in colours or depths that are not opened here."),
        _("It has {value}."),
        _("Export it in shades of grey or as RGB, with 8 to 16 bits."),
    ),
    "dicom_other_kind": FindingText(
        WARNING,
        _("The file says it is another kind of picture than this place is for."),
        "",
        _("Look at it, and move it if it is in the wrong place."),
    ),
    "picture_to_check": FindingText(
        WARNING,
        _("A name may be written in this radiograph."),
        "",
        _("Look at it, and confirm that no name is in it. Until then nobody outside your workspace sees it."),
    ),
    "burned_in_text": FindingText(
        WARNING,
        _("The file says that text is written in the picture."),
        "",
        _("Look at it, and confirm that no name is in it. Until then nobody outside your workspace sees it."),
    ),
    "scanner_vendor_format": FindingText(
        BLOCKER,
        _("This is a scanner maker's own format."),
        _("The file is {value}."),
        _("Export the scan as STL or PLY."),
    ),
    "companion_alone": FindingText(
        BLOCKER,
        _("A material file alone shows nothing."),
        "",
        _("Drop it together with its OBJ file."),
    ),
    "hostile_name": FindingText(
        BLOCKER,
        _("The file's name can't be used."),
        _("Problem: {value}."),
        _("Rename the file with letters, digits, dashes and one extension."),
    ),
    "extension_mismatch": FindingText(
        WARNING,
        _("The file's name does not say its format."),
        _("The content is {value}."),
        _("Nothing to do: it is kept by its content."),
    ),
    "wrong_extension": FindingText(
        BLOCKER,
        _("The content is not what the name promises."),
        _("The content is {value}, the name ends in {limit}."),
        _("Check that this is the right file and export it again."),
    ),
    "too_large": FindingText(
        BLOCKER,
        _("The file is too large."),
        _("{value} MB, limit {limit} MB."),
        _("Export it with fewer triangles or pixels, or keep it in a Free collection."),
    ),
    "stored_without_viewer": FindingText(
        NOTE,
        _("The file is kept and can be downloaded, but is not shown."),
        _("{value} MB; up to {limit} MB is shown."),
    ),
    "too_much_to_show": FindingText(
        NOTE,
        _("The file is kept and can be downloaded, but is not shown."),
        _("It holds {value}; up to {limit} can be shown."),
    ),
    "malformed": FindingText(
        BLOCKER,
        _("The file is damaged or not of this format."),
        _("Stopped at: {value}."),
        _("Export it again."),
    ),
    "truncated": FindingText(
        BLOCKER,
        _("The file is cut short."),
        _("It holds {value} of {limit} bytes."),
        _("Export or copy it again."),
    ),
    "lying_counts": FindingText(
        BLOCKER,
        _("The file claims more or less than it holds."),
        _("It claims {value} and has room for {limit}."),
        _("Export it again."),
    ),
    "animated": FindingText(BLOCKER, _("The image moves."), "", _("Save one picture of it as JPG or PNG.")),
    "not_an_image": FindingText(BLOCKER, _("The file is not an image."), "", _("Export it as JPG or PNG.")),
    "too_slow": FindingText(
        BLOCKER,
        _("The file could not be checked in the time there is."),
        "",
        _("Export it again, with fewer triangles or pixels."),
    ),
    "too_heavy": FindingText(
        BLOCKER,
        _("The file needs more memory than there is for a check."),
        "",
        _("Export it again, with fewer triangles or pixels."),
    ),
    "crashed": FindingText(
        BLOCKER,
        _("The check broke off at this file."),
        "",
        _("Export it again. The file as you sent it is kept."),
    ),
    "could_not_be_checked": FindingText(
        BLOCKER,
        _("The file could not be checked."),
        "",
        _("Try again. The file as you sent it is kept."),
    ),
    # ------------------------------------------------------------ the slot and the standard
    "unknown_slot": FindingText(
        BLOCKER,
        _("This place does not exist."),
        _("“{value}” is not a place of {limit}."),
        _("Choose one of the standard's places."),
    ),
    "wrong_format_for_slot": FindingText(
        BLOCKER,
        _("This place does not take the format."),
        _("{where}: the file is {value}; it takes {limit}."),
        _("Move the file to another place or export it in a format that this place takes."),
    ),
    "slot_full": FindingText(
        BLOCKER,
        _("This place is taken."),
        _("{where} holds {value}, limit {limit}."),
        _("Replace the file that is there, or choose another place."),
    ),
    "too_many_photographs": FindingText(
        BLOCKER,
        _("Too many photographs."),
        _("{value} with this one, limit {limit}."),
        _("Replace one that is there."),
    ),
    "too_many_radiographs": FindingText(
        BLOCKER,
        _("Too many radiographs."),
        _("{value} with this one, limit {limit}."),
        _("Replace one that is there."),
    ),
    "discouraged_slot": FindingText(
        WARNING,
        _("This standard would rather do without this file."),
        _("{value}"),
        _("Leave it out, or keep it if it shows what nothing else does."),
    ),
    "kept_with_reason": FindingText(
        NOTE, _("It was kept although a rule speaks against it."), _("A reason was given.")
    ),
    # ------------------------------------------------------------ images
    "too_many_pixels": FindingText(
        BLOCKER,
        _("Too large: {value} megapixels, limit {limit}."),
        "",
        _("We can reduce it to {where}."),
    ),
    "unsupported_jpeg": FindingText(
        BLOCKER,
        _("This kind of JPEG can't be shown in a browser."),
        _("It is: {value}."),
        _("Save it again as an ordinary JPG or as PNG."),
    ),
    "cmyk_image": FindingText(
        WARNING,
        _("The image is made for print."),
        _("It has {value} colour channels; {limit} are expected."),
        _("Save it again in RGB; colours may look different here."),
    ),
    "icc_converted": FindingText(
        WARNING,
        _("The colours were converted."),
        _("The image carried a colour profile ({value}) that is not one of the standard ones."),
        _("Nothing to do; the file as you sent it is kept."),
    ),
    "icc_unreadable": FindingText(
        NOTE, _("The colour profile can't be read and was left out."), "", _("Colours may look different.")
    ),
    "orientation_not_applied": FindingText(
        WARNING,
        _("The image could not be turned upright."),
        "",
        _("Turn it in an image program and save it again."),
    ),
    "colour_radiograph": FindingText(
        WARNING, _("The radiograph is in colour."), "", _("Export it in shades of grey.")
    ),
    "not_jpeg": FindingText(
        WARNING,
        _("This standard asks for JPEG."),
        _("The file is {value}."),
        _("Export it as JPG, or keep it as it is."),
    ),
    "no_colour": FindingText(
        WARNING,
        _("The file has no colour."),
        "",
        _("Export scans as PLY or OBJ with colour; photograph in colour."),
    ),
    # ------------------------------------------------------------ documents
    "not_a_pdf": FindingText(BLOCKER, _("The file is not a PDF."), "", _("Export the document as PDF.")),
    "pdf_encrypted": FindingText(
        BLOCKER, _("The PDF is locked."), "", _("Save it without a password and send it again.")
    ),
    "pdf_active": FindingText(
        BLOCKER,
        _("The PDF holds something that acts."),
        _("It holds: {value}."),
        _("Print it to a new PDF and send that."),
    ),
    "too_many_pages": FindingText(
        BLOCKER,
        _("The PDF has too many pages."),
        _("{value} pages, limit {limit}."),
        _("Send the pages that matter."),
    ),
    "signature_removed": FindingText(
        WARNING,
        _("The PDF was signed; the file that others get is not."),
        "",
        _("Whoever must check the signature needs the file as you sent it."),
    ),
    "embedded_image_kept": FindingText(
        WARNING,
        _("Images in the PDF keep what they carry."),
        _("{value} images could not be cleaned."),
        _("Print it to a new PDF if the images may name the patient."),
    ),
    "text_too_long": FindingText(
        BLOCKER, _("The text is too long."), _("{value} bytes, limit {limit}."), _("Send it as PDF.")
    ),
    "text_converted": FindingText(
        NOTE, _("The text was converted to UTF-8."), _("It was written as {value}.")
    ),
    # ------------------------------------------------------------ scans: what the readers and measures find
    "empty_mesh": FindingText(
        BLOCKER, _("The file holds no surface."), _("Triangles: {value}."), EXPORT_AGAIN
    ),
    "not_finite": FindingText(
        BLOCKER,
        _("A coordinate is not a number."),
        _("At {where}."),
        EXPORT_AGAIN,
    ),
    "index_out_of_range": FindingText(
        BLOCKER,
        _("A triangle names a point that is not there."),
        _("At {where}."),
        EXPORT_AGAIN,
    ),
    "too_many_triangles": FindingText(
        BLOCKER,
        _("The scan has too many triangles."),
        _("{value} triangles, limit {limit}."),
        _("Export it at standard resolution."),
    ),
    "unsupported_ply": FindingText(
        BLOCKER,
        _("This kind of PLY is not read."),
        _("It holds: {value}."),
        _("Export the scan as PLY with triangles, or as STL."),
    ),
    "missing_companion": FindingText(
        WARNING,
        _("A file that belongs to this one is not here."),
        _("Missing: {where}."),
        _("Drop the material file and the textures together with the scan."),
    ),
    "companion_unreadable": FindingText(
        WARNING,
        _("A file that belongs to this one can't be read."),
        _("It is the {where}."),
        _("Export the scan with its colours again."),
    ),
    "unsupported_texture": FindingText(
        BLOCKER, _("This kind of texture is not read."), "", _("Export the texture as JPG or PNG.")
    ),
    "thin_polygons_dropped": FindingText(
        NOTE, _("Polygons with fewer than three corners are left out."), _("{value} polygons.")
    ),
    "too_tangled": FindingText(
        BLOCKER,
        _("The surface is too tangled to be measured."),
        "",
        _("Let the scanner's software repair the surface."),
    ),
    "unit_inches": FindingText(
        WARNING,
        _("The unit is a guess: inches."),
        _("The largest side is {value} in the file, which fits a scan in inches."),
        _("Confirm the unit, or export the scan in millimetres."),
    ),
    "unit_metres": FindingText(
        WARNING,
        _("The unit is a guess: metres."),
        _("The largest side is {value} in the file, which fits a scan in metres."),
        _("Confirm the unit, or export the scan in millimetres."),
    ),
    "unit_micrometres": FindingText(
        WARNING,
        _("The unit is a guess: micrometres."),
        _("The largest side is {value} in the file, which fits a scan in micrometres."),
        _("Confirm the unit, or export the scan in millimetres."),
    ),
    "unit_unknown": FindingText(
        WARNING,
        _("The unit is unknown."),
        _("The largest side is {value} in the file; that is no scan in millimetres, inches or metres."),
        _("Say which unit it is, or export the scan in millimetres."),
    ),
    "not_an_arch": FindingText(
        WARNING,
        _("This does not look like a dental arch."),
        _("Measured {value}, expected {limit}."),
        _("Check that this is the right file for this place."),
    ),
    "teeth_only": FindingText(
        WARNING,
        _("The scan holds separate teeth without gum."),
        _("{value} pieces."),
        _("Export the whole jaw if the scanner has it."),
    ),
    "fragments": FindingText(
        WARNING,
        _("Loose pieces lie beside the scan."),
        _("{value} pieces; {limit} are expected."),
        _("Remove them in the scanner's software and export again."),
    ),
    "holes_inside": FindingText(
        WARNING,
        _("The surface has holes."),
        _("{value} holes; {where}."),
        _("Scan these places again, or keep the scan if they do not matter."),
    ),
    "non_manifold": FindingText(
        WARNING,
        _("More than two triangles meet at an edge."),
        _("{value} edges; {limit} are expected."),
        _("Let the scanner's software repair the surface."),
    ),
    "inconsistent_winding": FindingText(
        WARNING,
        _("Some triangles face the wrong way."),
        _("{value} edges between triangles that face opposite ways."),
        _("Let the scanner's software repair the surface."),
    ),
    "inverted": FindingText(
        WARNING,
        _("The surface is inside out."),
        "",
        _("Flip it in the scanner's software and export again."),
    ),
    "duplicate_triangles": FindingText(NOTE, _("Some triangles are there twice."), _("{value} triangles.")),
    "zero_area": FindingText(NOTE, _("Some triangles have no area."), _("{value} triangles.")),
    "degenerate_dropped": FindingText(
        NOTE, _("Triangles that are only a line or a point are left out."), _("{value} triangles.")
    ),
    "unused_points": FindingText(NOTE, _("Points that no triangle uses are left out."), _("{value} points.")),
    "attribute_words_dropped": FindingText(
        NOTE, _("Numbers beside the triangles are left out."), _("{value} triangles carried them.")
    ),
    "several_solids": FindingText(
        NOTE, _("The file holds several parts; they are kept as one."), _("{value} parts.")
    ),
    # ------------------------------------------------------------ scans: what the standard asks for
    "too_coarse": FindingText(
        WARNING,
        _("The scan is coarse."),
        _("{value} triangles; {limit} or more are expected."),
        _("Export it at full resolution."),
    ),
    "too_dense": FindingText(
        WARNING,
        _("The scan is denser than needed."),
        _("{value} triangles; {limit} or fewer are expected."),
        _("Export it at standard resolution if the laboratory asks for it."),
    ),
    "wrong_jaw": FindingText(
        WARNING,
        _("This looks like the other jaw."),
        _("The scan looks like the {value}; this place is for the {limit}."),
        _("Check the file, and move it if it is in the wrong place."),
    ),
    # ------------------------------------------------------------ several files together
    "missing_slot": FindingText(
        BLOCKER, _("{where} is missing."), "", _("Add it to complete the collection.")
    ),
    "missing_one_of": FindingText(
        BLOCKER, _("One is missing of: {value}."), "", _("Add one of them to complete the collection.")
    ),
    "jaws_swapped": FindingText(
        WARNING,
        _("Upper and lower jaw look swapped."),
        "",
        _("Check both files, and exchange their places."),
    ),
    "not_in_occlusion": FindingText(
        WARNING,
        _("The jaws do not meet."),
        _("Upper and lower jaw are {value} mm apart; {limit} mm or less is expected."),
        _("Export both jaws in the bite, or add a bite scan."),
        instead=_("{where}."),
    ),
    "interpenetrating": FindingText(
        WARNING,
        _("The jaws run into each other."),
        _("Up to {value} mm deep at the {where}; {limit} mm or less is expected."),
        _("Check the bite, and export both jaws again."),
        instead=_("Up to {value} mm deep; {limit} mm or less is expected."),
    ),
    "bite_by_occlusion": FindingText(
        NOTE,
        _("The bite is known without a bite scan."),
        _("Upper and lower jaw lie in occlusion."),
    ),
    "duplicate_file": FindingText(
        WARNING,
        _("The same file is there twice."),
        _("In: {where}."),
        _("Replace one of them with the file that belongs there."),
    ),
    "duplicate_geometry": FindingText(
        WARNING,
        _("The same scan is there twice."),
        _("In: {where}."),
        _("Replace one of them with the scan that belongs there."),
    ),
    "set_megapixels": FindingText(
        BLOCKER,
        _("The images are too large together."),
        _("{value} megapixels in all, limit {limit}."),
        _("Reduce or remove some of them."),
    ),
    "not_checked": FindingText(
        NOTE,
        _("Not checked: {value}."),
        "",
        _("The check could not run; look at the files yourself."),
    ),
}

# A sentence with one number that a finding carries in `where`.
VALUE_PATTERNS: Final[tuple[tuple[re.Pattern[str], str], ...]] = (
    (re.compile(r"largest ([\d.]+) mm"), _("the largest {number} mm wide")),
    (re.compile(r"line (\d+)"), _("line {number}")),
)

# What a finding's `value`, `limit` or `where` may hold besides numbers, slots and names of formats.
VALUE_WORDS: Final[dict[str, str]] = {
    "maxilla": _("upper jaw"),
    "mandible": _("lower jaw"),
    "too long": _("too long"),
    "reading direction": _("a character that turns the reading direction"),
    "control character": _("a control character"),
    "escaped character": _("an escaped character"),
    "path": _("a path instead of a name"),
    "trailing dot or space": _("a dot or a space at the end"),
    "no extension": _("nothing"),
    "material": _("material file"),
    "texture": _("texture"),
    "occlusion": _("whether the jaws meet"),
    "overlap": _("They lie through each other"),
    "direction": _("They face different ways"),
    "right molar": _("right molars"),
    "right premolar": _("right premolars"),
    "right front": _("right front teeth"),
    "left front": _("left front teeth"),
    "left premolar": _("left premolars"),
    "left molar": _("left molars"),
    "shape": _("shape"),
}

# Reasons that the shipped standards give; named here so that they are translated.
REASONS: Final[tuple[str, ...]] = (
    _(
        "The scans already show the teeth in three dimensions and to scale. "
        "An intraoral photograph uses up the megapixels that the face and the radiographs need."
    ),
)


def plain_number(value: float | int) -> str:
    """A number as a person reads it in English: 118,178 and 6.2."""
    if isinstance(value, int) or float(value).is_integer():
        return f"{int(value):,}"
    shown = f"{value:,.2f}" if abs(value) >= 0.01 else f"{value:.2g}"
    # 2.000001 against a limit of 2 must not read as 2.
    if float(shown.replace(",", "")).is_integer():
        shown = f"{value:,.6f}"
    return shown.rstrip("0").rstrip(".") if "." in shown else shown


def parts_of(
    finding: Finding,
    translate: Callable[[str], str] = str,
    number: Callable[[float | int], str] = plain_number,
) -> tuple[str, str, str]:
    """(what, measured, what to do) of a finding; a part without its numbers is empty."""
    text = TEXTS[finding.code]
    values = {
        name: _shown(getattr(finding, name), translate, number)
        for name in ("value", "limit", "where")
        if getattr(finding, name) is not None
    }
    what, measured, todo = (
        _filled(part, values, translate) for part in (text.what, text.measured, text.todo)
    )
    return what, measured, todo


def text_of(
    finding: Finding,
    translate: Callable[[str], str] = str,
    number: Callable[[float | int], str] = plain_number,
) -> str:
    """The finding in plain words, as one paragraph. `translate` is gettext at the edge."""
    return " ".join(part for part in parts_of(finding, translate, number) if part)


def _filled(template: str, values: dict[str, str], translate: Callable[[str], str]) -> str:
    if not template:
        return ""
    needed = {field[1] for field in Formatter().parse(template) if field[1]}
    return translate(template).format(**values) if needed <= values.keys() else ""


def _shown(
    value: float | int | str, translate: Callable[[str], str], number: Callable[[float | int], str]
) -> str:
    if not isinstance(value, str):
        return number(value)
    parts = value.split(", ")
    if all(part in SLOT_TITLES for part in parts):
        return " · ".join(translate(title_of(part)) for part in parts)
    for pattern, template in VALUE_PATTERNS:
        matched = pattern.fullmatch(value)
        if matched:
            return translate(template).format(number=number(float(matched[1])))
    return translate(VALUE_WORDS.get(value, value)) if value else value


def finding(
    code: str,
    value: float | int | str | None = None,
    limit: float | int | str | None = None,
    where: str | None = None,
) -> Finding:
    """A finding with its catalogue's severity."""
    return Finding(code, TEXTS[code].severity, value, limit, where)
