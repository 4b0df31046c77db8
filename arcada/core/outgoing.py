"""The names files leave with: a code and a place, never what the sender called them."""

import re
from enum import StrEnum

from arcada.core.anatomy import FileFormat


class ExportFormat(StrEnum):
    """What else a scan goes out as, beside its cleaned file."""

    GLB = "glb"
    DICOM = "dcm"


SUFFIX: dict[str, str] = {
    FileFormat.STL_BINARY: ".stl",
    FileFormat.STL_ASCII: ".stl",
    FileFormat.PLY_ASCII: ".ply",
    FileFormat.PLY_LITTLE_ENDIAN: ".ply",
    FileFormat.PLY_BIG_ENDIAN: ".ply",
    FileFormat.OBJ: ".obj",
    FileFormat.MTL: ".mtl",
    FileFormat.JPEG: ".jpg",
    FileFormat.PNG: ".png",
    FileFormat.DICOM: ".dcm",
    FileFormat.PDF: ".pdf",
    FileFormat.TEXT: ".txt",
}


def outgoing_name(code: str, slot: str, file_format: str, *, version: int = 1, part: str = "") -> str:
    """A-1042_upper-jaw.ply; a later version says so: A-1042_design_v3.stl."""
    place = slot.replace("_", "-")
    tail = f"_v{version}" if version > 1 else ""
    extension = "." + part.rsplit(".", 1)[-1] if part else SUFFIX.get(file_format, ".bin")
    middle = f"_{part.rsplit('.', 1)[0]}" if part else ""
    return f"{_safe(code)}_{_safe(place)}{tail}{middle}{extension}"


def outgoing_stem(code: str, slot: str, *, version: int = 1) -> str:
    """The same name without an extension, for what is made of a file."""
    return outgoing_name(code, slot, "", version=version).removesuffix(".bin")


def decision_name(code: str, *, version: int, number: str, form: str) -> str:
    """A-1042_decision_v3_1f0c77aa.json."""
    return f"{_safe(code)}_decision_v{version}_{_safe(number)}.{form}"


def _safe(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9.-]+", "-", text).strip("-.") or "file"
