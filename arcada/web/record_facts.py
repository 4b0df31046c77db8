"""What is known of a record as label and value pairs, in the reader's language and numbers."""

from django.utils.translation import gettext as _

from arcada.apps.records.queries import RecordView
from arcada.core.anatomy import FileFormat, Jaw
from arcada.web.finding_words import number

_FORMATS = {
    FileFormat.STL_BINARY: "STL, binary", FileFormat.STL_ASCII: "STL, ASCII",
    FileFormat.PLY_ASCII: "PLY, ASCII", FileFormat.PLY_LITTLE_ENDIAN: "PLY, binary",
    FileFormat.PLY_BIG_ENDIAN: "PLY, binary (big endian)", FileFormat.OBJ: "OBJ", FileFormat.JPEG: "JPG",
    FileFormat.PNG: "PNG", FileFormat.DICOM: "DICOM", FileFormat.PDF: "PDF", FileFormat.TEXT: "Text",
}  # fmt: skip


def facts_of(view: RecordView) -> list[tuple[str, str]]:
    """(label, value), only what is known."""
    facts = view.record.facts
    rows: list[tuple[str, str]] = []
    known = facts.get("format")
    if known in set(FileFormat):
        rows.append((_("Format"), _FORMATS.get(FileFormat(known), str(known))))
    if view.record.original is not None:
        rows.append((_("Size"), _("%(count)s bytes") % {"count": number(view.record.original.bytes)}))
    if facts.get("triangles"):
        rows += _scan(facts, view.record.unit)
    if facts.get("width"):
        pixels = f"{number(int(facts['width']))} × {number(int(facts['height']))}"
        megapixels = number(round(float(facts.get("megapixels", 0)), 2))
        rows.append(
            (_("Pixels"), _("%(pixels)s, %(count)s megapixels") % {"pixels": pixels, "count": megapixels})
        )
    if facts.get("bits"):
        rows.append((_("Depth"), _("%(count)s bits") % {"count": number(int(facts["bits"]))}))
        rows.append((_("Scale"), _scale(facts)))
    if facts.get("pages"):
        rows.append((_("Pages"), number(int(facts["pages"]))))
    return rows


def _scale(facts: dict[str, object]) -> str:
    """What a pixel of a DICOM picture measures, and of what."""
    spacing = facts.get("spacing_mm")
    if not isinstance(spacing, list | tuple) or len(spacing) != 2:
        return _("not in the file")
    size = " × ".join(number(round(float(side), 4)) for side in reversed(spacing))
    of = {
        "calibrated": _("calibrated"),
        "estimated": _("by the magnification in the file; not true to scale"),
        "detector": _("on the detector; not true to scale"),
    }.get(str(facts.get("calibration")), _("not calibrated"))
    return f"{size} mm, {of}"


def _scan(facts: dict[str, object], confirmed: str) -> list[tuple[str, str]]:
    rows = [
        (_("Triangles"), number(int(str(facts["triangles"])))),
        (_("Points"), number(int(str(facts.get("vertices", 0))))),
    ]
    extent = facts.get("extent_mm")
    if isinstance(extent, list | tuple):
        size = " × ".join(number(round(float(side), 2)) for side in extent)
        rows.append((_("Extent"), f"{size} mm"))
    unit = confirmed or str(facts.get("unit", ""))
    rows.append((_("Unit in the file"), _("unknown") if unit in ("", "unknown") else unit))
    rows.append((_("Colour"), _("yes") if facts.get("has_colour") else _("no")))
    jaw = {Jaw.MAXILLA: _("Upper jaw"), Jaw.MANDIBLE: _("Lower jaw")}.get(
        Jaw(str(facts.get("jaw", "unknown")))
    )
    rows.append((_("Jaw, by its shape"), jaw or _("not known")))
    for label, key in ((_("Pieces"), "components"), (_("Open borders"), "border_loops")):
        if facts.get(key) is not None:
            rows.append((label, number(int(str(facts[key])))))
    return rows
