"""Tiny DICOM files, one for each way of packing, so that a worker loads every decoder before it forks."""

import io
import struct
from collections.abc import Iterator
from typing import Final

import jpeg_ls
import numpy as np
import numpy.typing as npt
from PIL import Image

from arcada.core.images.dicom.header import JPEG, JPEG_2000, JPEG_LOSSLESS, JPEG_LS, NATIVE, RLE

_SIDE: Final = 8


def dicom_samples() -> Iterator[bytes]:
    """Grey ones with a window, a private attribute, a foreign character set and a sequence; two in colour."""
    grey = np.arange(_SIDE * _SIDE, dtype="<u2").reshape(_SIDE, _SIDE) * 60
    colour = np.repeat((grey >> 4).astype(np.uint8)[..., None], 3, axis=2)
    for syntax in sorted(NATIVE):
        yield _file(syntax, grey.tobytes(), bits=12, implicit=syntax == "1.2.840.10008.1.2")
    yield _file(JPEG, _frame(_packed(colour, "JPEG")), bits=8, colour=True)
    for syntax in sorted(JPEG_2000):
        yield _file(syntax, _frame(_packed(grey, "JPEG2000")), bits=12)
    for syntax in sorted(JPEG_LOSSLESS):
        yield _file(syntax, _frame(_lossless(grey)), bits=12)
    for syntax in sorted(JPEG_LS):
        yield _file(syntax, _frame(bytes(jpeg_ls.encode_array(grey))), bits=12)
    yield _file(RLE, _frame(_rle(grey)), bits=12)
    yield _file("1.2.840.10008.1.2.1", bytes(range(_SIDE * _SIDE)), bits=8, further=_palette())


_Part = tuple[int, int, str, bytes]


def _file(
    syntax: str,
    pixels: bytes,
    *,
    bits: int,
    colour: bool = False,
    implicit: bool = False,
    further: tuple[_Part, ...] = (),
) -> bytes:
    sop_class = b"1.2.840.10008.5.1.4.1.1.77.1.4" if colour else b"1.2.840.10008.5.1.4.1.1.1.1"
    meta = _element(0x0002, 0x0002, "UI", sop_class) + _element(0x0002, 0x0010, "UI", syntax.encode())
    allocated = 8 if bits == 8 else 16
    item = struct.pack("<HHI", 0xFFFE, 0xE000, 0)
    photometric = b"YBR_FULL_422" if colour else b"PALETTE COLOR" if further else b"MONOCHROME2"
    parts: list[_Part] = [
        (0x0008, 0x0005, "CS", b"\\ISO 2022 IR 87"),
        (0x0008, 0x0016, "UI", sop_class),
        (0x0008, 0x0060, "CS", b"XC" if colour else b"PX"),
        (0x0008, 0x2218, "SQ", item),
        (0x0009, 0x0010, "LO", b"OURS"),
        (0x0010, 0x0010, "PN", b"A^B"),
        (0x0018, 0x1164, "DS", b"0.1\\0.1"),
        (0x0020, 0x000D, "UI", b"1.2.3"),
        (0x0028, 0x0002, "US", struct.pack("<H", 3 if colour else 1)),
        (0x0028, 0x0004, "CS", photometric),
        *([(0x0028, 0x0006, "US", bytes(2))] if colour else []),
        (0x0028, 0x0010, "US", struct.pack("<H", _SIDE)),
        (0x0028, 0x0011, "US", struct.pack("<H", _SIDE)),
        (0x0028, 0x0100, "US", struct.pack("<H", allocated)),
        (0x0028, 0x0101, "US", struct.pack("<H", bits)),
        (0x0028, 0x0102, "US", struct.pack("<H", bits - 1)),
        (0x0028, 0x0103, "US", struct.pack("<H", 0)),
        (0x0028, 0x1050, "DS", b"2000"),
        (0x0028, 0x1051, "DS", b"4000"),
        *further,
    ]
    body = b"".join(_element(*part, implicit=implicit) for part in parts)
    if syntax in NATIVE:
        body += _element(0x7FE0, 0x0010, "OW", pixels, implicit=implicit)
    else:
        body += struct.pack("<HH2sHI", 0x7FE0, 0x0010, b"OB", 0, 0xFFFFFFFF) + pixels
    return bytes(128) + b"DICM" + meta + body


def _element(group: int, number: int, kind: str, value: bytes, *, implicit: bool = False) -> bytes:
    value += (b"\0" if kind in ("UI", "OW") else b" ") * (len(value) % 2)
    if implicit:
        return struct.pack("<HHI", group, number, len(value)) + value
    if kind in ("SQ", "OW"):
        return struct.pack("<HH2sHI", group, number, kind.encode(), 0, len(value)) + value
    return struct.pack("<HH2sH", group, number, kind.encode(), len(value)) + value


def _frame(data: bytes) -> bytes:
    data += b"\0" * (len(data) % 2)
    item = struct.pack("<HHI", 0xFFFE, 0xE000, len(data)) + data
    return struct.pack("<HHI", 0xFFFE, 0xE000, 0) + item + struct.pack("<HHI", 0xFFFE, 0xE0DD, 0)


def _packed(array: npt.NDArray[np.generic], kind: str) -> bytes:
    out = io.BytesIO()
    options = {"no_jp2": True} if kind == "JPEG2000" else {}
    Image.fromarray(array).save(out, kind, **options)
    return out.getvalue()


def _lossless(grey: npt.NDArray[np.uint16]) -> bytes:
    """Each sample as its difference to the one on the left, behind a code of five bits that says its length."""
    values = grey.astype(int)
    before = np.roll(values, 1, axis=1)
    before[1:, 0], before[0, 0] = values[:-1, 0], 1 << 11
    bits = ""
    for difference in (values - before).ravel().tolist():
        size = abs(difference).bit_length()
        low = difference if difference > 0 else difference + (1 << size) - 1
        bits += f"{size:05b}" + (f"{low:0{size}b}" if size else "")
    bits += "1" * (-len(bits) % 8)
    frame = struct.pack(">BHHB3s", 12, _SIDE, _SIDE, 1, b"\x01\x11\x00")
    codes = bytes((0, 0, 0, 0, 0, 17, *bytes(11), *range(17)))
    return (
        b"\xff\xd8"
        + b"".join(
            bytes((0xFF, marker)) + struct.pack(">H", len(payload) + 2) + payload
            for marker, payload in ((0xC3, frame), (0xC4, codes), (0xDA, b"\x01\x01\x00\x01\x00\x00"))
        )
        + int(bits, 2).to_bytes(len(bits) // 8, "big").replace(b"\xff", b"\xff\x00")
        + b"\xff\xd9"
    )


def _palette() -> tuple[_Part, ...]:
    count = struct.pack("<HHH", _SIDE * _SIDE, 0, 16)
    table = np.arange(_SIDE * _SIDE, dtype="<u2").tobytes()
    return (
        *((0x0028, 0x1101 + channel, "US", count) for channel in range(3)),
        *((0x0028, 0x1201 + channel, "OW", table) for channel in range(3)),
    )


def _rle(grey: npt.NDArray[np.uint16]) -> bytes:
    """Each byte plane as runs without repetition."""
    planes = [(grey >> 8).astype(np.uint8).tobytes(), grey.astype(np.uint8).tobytes()]
    packed = [bytes((len(plane) - 1,)) + plane for plane in planes]
    packed = [part + b"\0" * (len(part) % 2) for part in packed]
    places = [64, 64 + len(packed[0])] + [0] * 13
    return struct.pack("<16I", 2, *places) + b"".join(packed)
