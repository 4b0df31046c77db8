"""What the shipped standards say of themselves; named here so that it is translated. A test holds both together."""

from typing import Final

from arcada.core.words import gettext_noop as _

STANDARD_WORDS: Final[tuple[str, ...]] = (
    _("ABO 3+5"),
    _(
        "Three photographs of the face and five of the teeth, two radiographs and three scans, "
        "as the American Board of Orthodontics arranges them."
    ),
    _("Aligner 8+1"),
    _("Eight photographs, one radiograph and three scans for an aligner treatment."),
    _("One radiograph"),
    _("Archive 3+2"),
    _("Three scans, three photographs of the face and two radiographs of one visit, for the archive."),
    _("Crown and bridge"),
    _("What a laboratory needs to make a crown, a bridge or an implant restoration."),
    _("Bite: right, left or full"),
    _("Gum former or scan body"),
    _("Panoramic or periapical"),
    _("Free collection"),
    _("Any number of scans, photographs, radiographs, designs and documents, in any place."),
)
