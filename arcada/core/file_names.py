"""File names: which are refused, what they tell of jaw and slot, and the name a file goes out with."""

import re
import unicodedata
from typing import Final

from arcada.core.anatomy import Jaw
from arcada.core.file_formats import FAMILY_OF_EXTENSION, group_of

LONGEST_NAME: Final = 255
# Characters that turn the reading direction: "scan\u202elts.exe" shows as "scanexe.stl".
_DIRECTION: Final = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_UPPER_WORDS: Final = frozenset(
    ["upper", "upperjaw", "upperarch", "maxilla", "maxillary", "maxila", "maxilar", "superior", "oberkiefer"]
)
_LOWER_WORDS: Final = frozenset(
    ["lower", "lowerjaw", "lowerarch", "mandible", "mandibular", "mandibula", "inferior", "unterkiefer"]
)
_WORDS: Final = re.compile(r"[a-z]+|\d+")
_CAMEL: Final = re.compile(r"(?<=[a-z])(?=[A-Z])")


def base_name(path: str) -> str:
    """The last part of a path in either system's writing."""
    return re.split(r"[/\\]", path)[-1]


def extension_of(name: str) -> str:
    """The extension in lower case without its dot; "" where there is none."""
    stem, dot, extension = base_name(name).rpartition(".")
    return extension.lower() if dot and stem else ""


def why_hostile(name: str) -> str | None:
    """What makes a name unfit to be kept, in one word, or None: names are data, but some are traps."""
    if len(name) > LONGEST_NAME or len(name.encode("utf-8", "surrogatepass")) > LONGEST_NAME:
        return "too long"
    if any(character in _DIRECTION for character in name):
        return "reading direction"
    if any(unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp") for character in name):
        return "control character"
    if re.search(r"%(?:00|0[ad]|2f|5c)", name, re.IGNORECASE):
        return "escaped character"
    if "/" in name or "\\" in name:
        return "path"
    if name != name.rstrip(". ") or name in ("", ".", ".."):
        return "trailing dot or space"
    return None


def safe_name(name: str) -> str:
    """The name as it may be kept and shown to its own workspace: base name, no traps, at most 255 bytes."""
    kept = "".join(
        character
        for character in unicodedata.normalize("NFC", base_name(name))
        if character not in _DIRECTION
        and unicodedata.category(character) not in ("Cc", "Cs", "Zl", "Zp", "Co", "Cn")
    ).strip(". ")
    while len(kept.encode()) > LONGEST_NAME:
        stem, dot, extension = kept.rpartition(".")
        kept = f"{stem[:-1]}.{extension}" if dot and 0 < len(extension) <= 8 and stem else kept[:-1]
    return kept or "file"


def outgoing_name(case_code: str, slot: str, suffix: str) -> str:
    """The name a file leaves with: code and slot, never the original name."""
    place = slot.replace("_", "-")
    return f"{re.sub(r'[^A-Za-z0-9-]+', '-', case_code)}_{re.sub(r'[^A-Za-z0-9-]+', '-', place)}{suffix}"


def words_of(name: str) -> list[str]:
    """The words of a name's stem, lower case and without accents."""
    stem = base_name(name).rsplit(".", 1)[0]
    plain = unicodedata.normalize("NFKD", _CAMEL.sub(" ", stem))
    return _WORDS.findall("".join(c for c in plain if not unicodedata.combining(c)).lower())


def jaw_in_name(name: str) -> Jaw:
    """The jaw that a scan's name tells ("…upperjaw…", "…_l.stl"), or unknown, also when it tells both."""
    words = words_of(name)
    upper = bool(_UPPER_WORDS.intersection(words)) or words[-1:] == ["u"]
    lower = bool(_LOWER_WORDS.intersection(words)) or words[-1:] == ["l"]
    if upper == lower:
        return Jaw.UNKNOWN
    return Jaw.MAXILLA if upper else Jaw.MANDIBLE


def _any(words: set[str], *wanted: str) -> bool:
    return not words.isdisjoint(wanted)


def _scan_slot(words: set[str], name: str) -> str | None:
    joined = "".join(words_of(name))
    if "scanbody" in joined or "scanbodies" in joined:
        return "scan_body"
    if _any(words, "gum", "gingiva", "emergence"):
        return "gum_former"
    if _any(words, "situ", "preop") or "preop" in joined:
        return "pre_op"
    if _any(words, "bite", "buccal", "occlusion", "mordida", "registro", "biss"):
        return _side(words, "bite_right", "bite_left") or "bite"
    if _any(words, "prep", "preparation", "preparo"):
        return "preparation"
    if _any(words, "design", "crown", "waxup", "setup"):
        return "design"
    return {Jaw.MAXILLA: "upper_jaw", Jaw.MANDIBLE: "lower_jaw"}.get(jaw_in_name(name))


def _side(words: set[str], right: str, left: str) -> str | None:
    is_right = _any(words, "right", "direita", "direito", "derecha", "rechts")
    is_left = _any(words, "left", "esquerda", "esquerdo", "izquierda", "links")
    return right if is_right and not is_left else left if is_left and not is_right else None


def _image_slot(words: set[str], name: str) -> str | None:
    view = re.search(r"(?<![a-z])([ei]v)[-_ ]?0*(\d{1,2})(?!\d)", name, re.IGNORECASE)
    if view:
        return f"{view[1].upper()}{int(view[2]):02d}"
    if _any(words, "panoramic", "pano", "opg", "opt", "panoramica", "orthopantomogram"):
        return "panoramic"
    if _any(
        words, "ceph", "cephalometric", "cefalometria", "teleradiography", "telerradiografia", "teleperfil"
    ):
        return "lateral_ceph"
    if _any(words, "fmx", "periapicals"):
        return "full_mouth_series"
    if _any(words, "periapical", "pa"):
        return "periapical"
    if _any(words, "shade", "cor", "color"):
        return "shade_photo"
    if _any(words, "smile", "smiling", "sorriso", "sonrisa"):
        return "EV19"
    if _any(words, "profile", "perfil"):
        return "EV01"
    if _any(words, "rest", "repouso", "relaxed", "portrait", "face"):
        return "EV15"
    if _any(words, "occlusal", "oclusal"):
        return {Jaw.MAXILLA: "IV25", Jaw.MANDIBLE: "IV27"}.get(jaw_in_name(name))
    side = _side(words, "IV01", "IV18")
    if side:
        return side
    return "intraoral" if _any(words, "intraoral", "intrabucal") else None


def slot_in_name(name: str) -> str | None:
    """The slot that a file's name points to, or None: a proposal that a person can correct."""
    group = group_of(FAMILY_OF_EXTENSION.get(extension_of(name), ""))
    words = set(words_of(name))
    if group == "mesh":
        return _scan_slot(words, name)
    if group == "image":
        return _image_slot(words, name)
    return "document" if group == "document" else None
