"""The accepted formats seen three ways: by content, by extension, and by what kind of record they hold."""

from typing import Final

from arcada.core.anatomy import FileFormat, RecordKind

# A family is what a standard and a person call a format: "stl", whether it is binary or ASCII.
FAMILY_OF: Final[dict[FileFormat, str]] = {
    FileFormat.STL_BINARY: "stl",
    FileFormat.STL_ASCII: "stl",
    FileFormat.PLY_ASCII: "ply",
    FileFormat.PLY_LITTLE_ENDIAN: "ply",
    FileFormat.PLY_BIG_ENDIAN: "ply",
    FileFormat.OBJ: "obj",
    FileFormat.MTL: "mtl",
    FileFormat.JPEG: "jpg",
    FileFormat.PNG: "png",
    FileFormat.DICOM: "dcm",
    FileFormat.PDF: "pdf",
    FileFormat.TEXT: "txt",
}

FAMILY_OF_EXTENSION: Final[dict[str, str]] = {
    "stl": "stl",
    "ply": "ply",
    "obj": "obj",
    "jpg": "jpg",
    "jpeg": "jpg",
    "jpe": "jpg",
    "png": "png",
    "dcm": "dcm",
    "dicom": "dcm",
    "pdf": "pdf",
    "txt": "txt",
}

MESH_FAMILIES: Final = frozenset({"stl", "ply", "obj"})
IMAGE_FAMILIES: Final = frozenset({"jpg", "png", "dcm"})
DOCUMENT_FAMILIES: Final = frozenset({"pdf", "txt"})
FAMILIES: Final = MESH_FAMILIES | IMAGE_FAMILIES | DOCUMENT_FAMILIES

_KINDS_OF_GROUP: Final[tuple[tuple[frozenset[str], tuple[RecordKind, ...]], ...]] = (
    (MESH_FAMILIES, (RecordKind.SCAN, RecordKind.DESIGN)),
    (IMAGE_FAMILIES, (RecordKind.PHOTOGRAPH, RecordKind.RADIOGRAPH)),
    (DOCUMENT_FAMILIES, (RecordKind.DOCUMENT,)),
)


def shown_family(family: str) -> str:
    """What a person calls it: STL, JPG, DICOM."""
    return "DICOM" if family == "dcm" else family.upper()


def kinds_of(family: str) -> tuple[RecordKind, ...]:
    """What a file of this family can be; the first is meant when nobody says otherwise."""
    for families, kinds in _KINDS_OF_GROUP:
        if family in families:
            return kinds
    return ()


def group_of(family: str) -> str:
    """ "mesh", "image", "document", or "" for a family that is not accepted as a main file."""
    if family in MESH_FAMILIES:
        return "mesh"
    if family in IMAGE_FAMILIES:
        return "image"
    return "document" if family in DOCUMENT_FAMILIES else ""
