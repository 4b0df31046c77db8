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
    [
        "upper",
        "upperjaw",
        "upperarch",
        "maxilla",
        "maxillary",
        "maxila",
        "maxilar",
        "superior",
        "oberkiefer",
    ]
)
_LOWER_WORDS: Final = frozenset(
    [
        "lower",
        "lowerjaw",
        "lowerarch",
        "mandible",
        "mandibular",
        "mandibula",
        "inferior",
        "unterkiefer",
    ]
)
# A bite's own name may end in its side: "bite_r", "bite_l".
_BITE_WORDS: Final = frozenset(
    [
        "bite",
        "buccal",
        "occlusion",
        "mordida",
        "registro",
        "biss",
        "bissregistrat",
        "oclusion",
        "oclusao",
        "okklusion",
        "vestibular",
    ]
)
_BITE_ENDS: Final = {"bite r": "bite_right", "bite l": "bite_left"}
_JAW_SLOTS: Final = {Jaw.MAXILLA: "upper_jaw", Jaw.MANDIBLE: "lower_jaw"}
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
    last, only = words[-1:], " ".join(words)
    upper = bool(_UPPER_WORDS.intersection(words)) or last in (["u"], ["sup"]) or only in ("ok", "max")
    lower = bool(_LOWER_WORDS.intersection(words)) or last in (["l"], ["inf"], ["mand"]) or only == "uk"
    if upper == lower:
        return Jaw.UNKNOWN
    return Jaw.MAXILLA if upper else Jaw.MANDIBLE


def _any(words: set[str], *wanted: str) -> bool:
    return not words.isdisjoint(wanted)


def _scan_slot(words: set[str], name: str) -> str | None:
    joined = "".join(words_of(name))
    if "scanbody" in joined or "scanbodies" in joined:
        return "scan_body"
    if _any(words, "gum", "gingiva", "gengiva", "encia", "zahnfleisch", "emergence"):
        return "gum_former"
    if _any(words, "situ", "preop") or "preop" in joined:
        return "pre_op"
    # iTero calls a jaw in its bite position "…_shell_occlusion_u": one shell, so one jaw.
    if "shell" in words and jaw_in_name(name) in _JAW_SLOTS:
        return _JAW_SLOTS[jaw_in_name(name)]
    if words & _BITE_WORDS:
        return _side(words, "bite_right", "bite_left") or _BITE_ENDS.get(
            " ".join(words_of(name)[-2:]), "bite"
        )
    if _any(words, "prep", "preparation", "preparo", "preparacion", "praparation"):
        return "preparation"
    if _any(words, "design", "crown", "waxup", "setup", "coroa", "corona", "krone"):
        return "design"
    return _JAW_SLOTS.get(jaw_in_name(name))


def _side(words: set[str], right: str, left: str) -> str | None:
    is_right = _any(words, "right", "direita", "direito", "derecha", "rechts")
    is_left = _any(words, "left", "esquerda", "esquerdo", "izquierda", "links")
    return right if is_right and not is_left else left if is_left and not is_right else None


def _image_slot(words: set[str], name: str) -> str | None:
    view = re.search(r"(?<![a-z])([ei]v)[-_ ]?0*(\d{1,2})(?!\d)", name, re.IGNORECASE)
    if view:
        return f"{view[1].upper()}{int(view[2]):02d}"
    if _any(
        words,
        "panoramic",
        "pano",
        "opg",
        "opt",
        "panoramica",
        "panorama",
        "orthopantomogram",
        "ortopantomografia",
    ):
        return "panoramic"
    if _any(words, "ceph", "cephalometric", "cefalometria", "cefalo", "teleperfil", "fernrontgen") or any(
        word.startswith(("teleradiogra", "telerradiogra")) for word in words
    ):
        return "lateral_ceph"
    if _any(words, "fmx", "periapicals", "status"):
        return "full_mouth_series"
    if _any(words, "periapical", "pa"):
        return "periapical"
    if _any(words, "shade", "cor", "color", "zahnfarbe"):
        return "shade_photo"
    if _any(words, "smile", "smiling", "sorriso", "sonrisa", "lacheln"):
        return "EV19"
    if _any(words, "profile", "perfil", "profil"):
        return "EV01"
    if _any(words, "rest", "repouso", "reposo", "ruhe", "relaxed", "portrait", "face"):
        return "EV15"
    if _any(words, "occlusal", "oclusal", "okklusal"):
        return {Jaw.MAXILLA: "IV25", Jaw.MANDIBLE: "IV27"}.get(jaw_in_name(name))
    side = _side(words, "IV01", "IV18")
    if side:
        return side
    if _any(words, "intraoral", "intrabucal"):
        return "IV07" if _any(words, "frontal", "front", "frente") else "intraoral"
    # The face from the front is at rest unless it smiles.
    return "EV15" if _any(words, "frontal", "frente") else None


def slot_in_name(name: str) -> str | None:
    """The slot that a file's name points to, or None: a proposal that a person can correct."""
    group = group_of(FAMILY_OF_EXTENSION.get(extension_of(name), ""))
    words = set(words_of(name))
    if group == "mesh":
        return _scan_slot(words, name)
    if group == "image":
        return _image_slot(words, name)
    return "document" if group == "document" else None
