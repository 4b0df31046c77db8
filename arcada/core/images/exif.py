"""The one EXIF tag that stays, orientation: read from a camera's block, written in the smallest one."""

import struct

ORIENTATION_TAG = 0x0112
SHORT = 3


def read_orientation(tiff: bytes) -> int:
    """Orientation 1 to 8 from a TIFF block (what follows "Exif\\0\\0"); 1 where it is absent or makes no sense."""
    order = {b"II*\x00": "<", b"MM\x00*": ">"}.get(tiff[:4])
    if order is None or len(tiff) < 8:
        return 1
    (start,) = struct.unpack_from(order + "I", tiff, 4)
    if start + 2 > len(tiff):
        return 1
    (count,) = struct.unpack_from(order + "H", tiff, start)
    for entry in range(start + 2, min(start + 2 + 12 * count, len(tiff) - 11), 12):
        tag, kind, length, value = struct.unpack_from(order + "HHIH", tiff, entry)
        if tag == ORIENTATION_TAG:
            return value if kind == SHORT and length == 1 and 1 <= value <= 8 else 1
    return 1


def write_orientation(orientation: int) -> bytes:
    """A TIFF block of 26 bytes that holds the orientation and nothing else."""
    return b"MM\x00*" + struct.pack(">IHHHIHHI", 8, 1, ORIENTATION_TAG, SHORT, 1, orientation, 0, 0)
