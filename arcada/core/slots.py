"""The places a record can take: codes, titles, and the other names people and machines give them."""

import re
from typing import Final

from arcada.core.anatomy import Jaw
from arcada.core.words import gettext_noop

SLOT_TITLES: Final[dict[str, str]] = {
    "upper_jaw": gettext_noop("Upper jaw"),
    "lower_jaw": gettext_noop("Lower jaw"),
    "bite": gettext_noop("Bite"),
    "bite_right": gettext_noop("Bite, right"),
    "bite_left": gettext_noop("Bite, left"),
    "preparation": gettext_noop("Preparation"),
    "pre_op": gettext_noop("Before treatment"),
    "gum_former": gettext_noop("Gum former"),
    "scan_body": gettext_noop("Scan body"),
    "shade_photo": gettext_noop("Shade photograph"),
    "EV01": gettext_noop("Right profile"),
    "EV15": gettext_noop("Frontal at rest"),
    "EV19": gettext_noop("Frontal smile"),
    "IV01": gettext_noop("Right side, teeth together"),
    "IV07": gettext_noop("Front, teeth together"),
    "IV18": gettext_noop("Left side, teeth together"),
    "IV25": gettext_noop("Upper arch, occlusal"),
    "IV27": gettext_noop("Lower arch, occlusal"),
    "panoramic": gettext_noop("Panoramic"),
    "lateral_ceph": gettext_noop("Lateral ceph"),
    "periapical": gettext_noop("Periapical"),
    "full_mouth_series": gettext_noop("Full-mouth series"),
    "intraoral": gettext_noop("Intraoral photograph"),
    "design": gettext_noop("Design"),
    "document": gettext_noop("Document"),
    "other": gettext_noop("Other"),
}

EXPECTED_JAW: Final[dict[str, Jaw]] = {"upper_jaw": Jaw.MAXILLA, "lower_jaw": Jaw.MANDIBLE}

_ALIASES: Final[dict[str, str]] = {
    "upper": "upper_jaw",
    "upperarch": "upper_jaw",
    "maxilla": "upper_jaw",
    "maxillary": "upper_jaw",
    "lower": "lower_jaw",
    "lowerarch": "lower_jaw",
    "mandible": "lower_jaw",
    "mandibular": "lower_jaw",
    "occlusion": "bite",
    "buccal": "bite",
    "bitefull": "bite",
    "rightbite": "bite_right",
    "leftbite": "bite_left",
    "prep": "preparation",
    "situ": "pre_op",
    "preoperative": "pre_op",
    "gingivaformer": "gum_former",
    "scanbodies": "scan_body",
    "shade": "shade_photo",
    "shadephotograph": "shade_photo",
    "profile": "EV01",
    "rightprofile": "EV01",
    "rest": "EV15",
    "frontalatrest": "EV15",
    "frontal": "EV15",
    "smile": "EV19",
    "frontalsmile": "EV19",
    "pano": "panoramic",
    "opg": "panoramic",
    "ceph": "lateral_ceph",
    "cephalometric": "lateral_ceph",
    "fmx": "full_mouth_series",
    "intraoralphoto": "intraoral",
    "intraoralphotograph": "intraoral",
}


def jaw_slot(slot: str, *, seat: str | None) -> str:
    """Where a surface's teeth are: of a restoration on the jaw it sits on (`seat`, a Jaw), never what it bites on."""
    if slot in EXPECTED_JAW:
        return slot
    return next((code for code, jaw in EXPECTED_JAW.items() if jaw == seat), slot)


def _squeezed(text: str) -> str:
    return re.sub(r"[\s_\-.,/]+", "", text).lower()


_BY_SQUEEZED: Final[dict[str, str]] = {_squeezed(code): code for code in SLOT_TITLES} | _ALIASES


def find_slot(text: str) -> str | None:
    """The slot's code for what a person typed ("upper", "upper-jaw", "maxilla", "ev15"), or None."""
    squeezed = _squeezed(text)
    view = re.fullmatch(r"(ev|iv)0*(\d{1,2})", squeezed)
    if view:
        code = f"{view[1].upper()}{int(view[2]):02d}"
        return code if code in SLOT_TITLES else None
    return _BY_SQUEEZED.get(squeezed)


# The place of what goes with a comment. No standard can have it: a code begins with a letter.
ATTACHMENT: Final = "_attachment"
ATTACHMENT_TITLE: Final = gettext_noop("Attachment")


def title_of(code: str) -> str:
    """The slot's English title; a code of somebody's own standard reads as words."""
    if code == ATTACHMENT:
        return ATTACHMENT_TITLE
    return SLOT_TITLES.get(code) or code.replace("_", " ").capitalize()
