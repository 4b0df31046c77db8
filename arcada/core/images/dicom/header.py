"""The start of a DICOM file, read before any library sees it: what kind of object it is, and how it is packed."""

import struct
from dataclasses import dataclass
from typing import Final

from pydicom.uid import UID

from arcada.core.errors import Unreadable

PREAMBLE: Final = 128
_LONGEST_META: Final = 65_536  # bytes; a real group 2 has some hundred
_LONG_FORM: Final = frozenset({b"OB", b"OW", b"OF", b"OD", b"OL", b"OV", b"SQ", b"UC", b"UN", b"UR", b"UT"})

# Storage classes of one flat picture, and whether it is a photograph.
ACCEPTED: Final[dict[str, bool]] = {
    "1.2.840.10008.5.1.4.1.1.77.1.4": True,  # VL photographic (XC)
    "1.2.840.10008.5.1.4.1.1.1": False,  # computed radiography
    "1.2.840.10008.5.1.4.1.1.1.1": False,  # digital X-ray, for presentation (DX, PX)
    "1.2.840.10008.5.1.4.1.1.1.1.1": False,  # digital X-ray, for processing
    "1.2.840.10008.5.1.4.1.1.1.3": False,  # intra-oral X-ray, for presentation (IO)
    "1.2.840.10008.5.1.4.1.1.1.3.1": False,  # intra-oral X-ray, for processing
    "1.2.840.10008.5.1.4.1.1.7": False,  # secondary capture: what a radiograph's software exports
}
_VOLUMES: Final = frozenset(
    {
        "1.2.840.10008.5.1.4.1.1.2",  # CT, a slice of a CBCT
        "1.2.840.10008.5.1.4.1.1.2.1",  # enhanced CT
        "1.2.840.10008.5.1.4.1.1.2.2",
        "1.2.840.10008.5.1.4.1.1.13.1.1",  # X-ray 3D angiographic
        "1.2.840.10008.5.1.4.1.1.13.1.2",  # X-ray 3D craniofacial
        "1.2.840.10008.5.1.4.1.1.4",  # MR
    }
)
JPEG: Final = "1.2.840.10008.1.2.4.50"
NATIVE: Final = frozenset({"1.2.840.10008.1.2", "1.2.840.10008.1.2.1"})
JPEG_2000: Final = frozenset({"1.2.840.10008.1.2.4.90", "1.2.840.10008.1.2.4.91"})
JPEG_LOSSLESS: Final = frozenset({"1.2.840.10008.1.2.4.57", "1.2.840.10008.1.2.4.70"})
JPEG_LS: Final = frozenset({"1.2.840.10008.1.2.4.80", "1.2.840.10008.1.2.4.81"})
RLE: Final = "1.2.840.10008.1.2.5"
LOSSY: Final = frozenset({JPEG, "1.2.840.10008.1.2.4.81", "1.2.840.10008.1.2.4.91"})  # or may be
_OPENED: Final = NATIVE | JPEG_2000 | JPEG_LOSSLESS | JPEG_LS | {JPEG, RLE}


@dataclass(frozen=True, slots=True)
class Header:
    """`meta_end` is where the dataset begins, in bytes; `preamble_used` says that something stood in front."""

    sop_class: str
    transfer_syntax: str
    meta_end: int
    preamble_used: bool

    @property
    def is_photograph(self) -> bool:
        return ACCEPTED[self.sop_class]


def read_header(data: bytes) -> Header:
    """What the file says of itself in group 2; raises Unreadable for what is not taken, by its name."""
    if data[PREAMBLE : PREAMBLE + 4] != b"DICM":
        raise Unreadable("The file has no DICOM mark.", code="malformed", value="DICOM mark")
    found, end = _group_two(data)
    sop_class, syntax = found.get(0x0002, ""), found.get(0x0010, "")
    if not syntax:
        raise Unreadable("The transfer syntax is missing.", code="malformed", value="transfer syntax")
    refuse_class(sop_class)
    if syntax not in _OPENED:
        raise Unreadable("This compression is not opened.", code="dicom_compression", value=name_of(syntax))
    return Header(sop_class, syntax, end, any(data[:PREAMBLE]))


def refuse_class(sop_class: str) -> None:
    if sop_class in ACCEPTED:
        return
    if sop_class in _VOLUMES:
        raise Unreadable("A slice or a volume.", code="dicom_volume", value=name_of(sop_class))
    name = name_of(sop_class)
    if "Multi-frame" in name or "Video" in name:
        raise Unreadable("Several frames.", code="dicom_multi_frame", value=name)
    raise Unreadable("Another kind of object.", code="dicom_kind", value=name)


def name_of(uid: str) -> str:
    """The standard's own name of a UID; what it does not know is not repeated, since it may say who made it."""
    known = UID(uid).name
    return known if known != uid else "not in the standard"


def _group_two(data: bytes) -> tuple[dict[int, str], int]:
    """Group 2 is explicit little endian in every file, so a few lines read it without a library."""
    found: dict[int, str] = {}
    place = PREAMBLE + 4
    stop = min(len(data), place + _LONGEST_META)
    while place + 8 <= stop:
        group, element = struct.unpack_from("<HH", data, place)
        if group != 0x0002:
            break
        long_form = data[place + 4 : place + 6] in _LONG_FORM
        if long_form and place + 12 > len(data):
            break
        head = 12 if long_form else 8
        length = struct.unpack_from(
            "<I" if long_form else "<H", data, place + head - (4 if long_form else 2)
        )[0]
        if place + head + length > len(data):
            raise Unreadable("The file header is cut off.", code="malformed", value="file header")
        if element in (0x0002, 0x0010):
            text = data[place + head : place + head + length]
            found[element] = text.decode("ascii", "replace").strip("\0 ")
        place += head + length
    return found, place
