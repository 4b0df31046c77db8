"""The field's words: jaws, kinds of record, and the places (slots) a record can take."""

from enum import StrEnum


class Jaw(StrEnum):
    """Stored value is the Latin term; the screen says "Upper jaw" and "Lower jaw"."""

    MAXILLA = "maxilla"
    MANDIBLE = "mandible"
    UNKNOWN = "unknown"


class RecordKind(StrEnum):
    SCAN = "scan"
    PHOTOGRAPH = "photograph"
    RADIOGRAPH = "radiograph"
    DOCUMENT = "document"
    DESIGN = "design"


class FileFormat(StrEnum):
    """What the bytes are, found by content and never by name alone."""

    STL_BINARY = "stl_binary"
    STL_ASCII = "stl_ascii"
    PLY_ASCII = "ply_ascii"
    PLY_LITTLE_ENDIAN = "ply_little_endian"
    PLY_BIG_ENDIAN = "ply_big_endian"
    OBJ = "obj"
    MTL = "mtl"
    JPEG = "jpeg"
    PNG = "png"
    DICOM = "dicom"
    PDF = "pdf"
    TEXT = "text"
