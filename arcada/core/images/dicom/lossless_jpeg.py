"""Lossless JPEG (processes 14 and 14 SV1) and JPEG-LS as DICOM holds them: the size first, then every bit.

Lossless JPEG is read here, strictly: the free libraries that were tried give back a picture of a stream that is cut
off, with grey where the rest was. The library that reads JPEG-LS says so.
"""

import struct
from dataclasses import dataclass
from typing import Final

import jpeg_ls
import numpy as np
import numpy.typing as npt

from arcada.core.errors import Unreadable
from arcada.core.images.entropy import MALFORMED, TRUNCATED, huffman_lookup
from arcada.core.images.jpeg import DHT, DRI, EOI, FRAMES, MAX_SEGMENTS, SOS, segment
from arcada.core.images.jpeg_scan import malformed, truncated
from arcada.core.images.lossless import read_scan

LOSSLESS_FRAME: Final = 0xC3
LS_FRAME: Final = 0xF7
_PASSED_OVER: Final = frozenset({0xDB, 0xFE, *range(0xE0, 0xF0)})  # quantisers, comments, applications' own


@dataclass(frozen=True, slots=True)
class FrameHeader:
    """`channels` are the numbers by which a scan calls them."""

    bits: int
    rows: int
    columns: int
    channels: bytes


def read_frame_header(data: bytes, kind: int) -> FrameHeader:
    """The header of a frame of this kind, without decoding anything."""
    if data[:2] != b"\xff\xd8":
        raise malformed("start")
    place = 2
    for _ in range(MAX_SEGMENTS):
        marker, start, end = segment(data, place)
        if marker == kind:
            return _header(data[start:end])
        if marker in FRAMES or marker in (SOS, EOI):
            break
        place = end
    raise malformed("no frame")


def decode_lossless(data: bytes, *, is_signed: bool) -> npt.NDArray[np.uint16]:
    """(rows, columns, channels); a signed picture may hold more bits than its header names."""
    header = read_frame_header(data, LOSSLESS_FRAME)
    scans = _Scans(header, is_signed)
    place = 2
    for _ in range(MAX_SEGMENTS):
        marker, start, end = segment(data, place)
        payload = data[start:end]
        if marker == EOI:
            return scans.picture()
        if marker == DHT:
            scans.add_codes(payload)
        elif marker == DRI:
            scans.set_restart_interval(payload)
        elif marker == SOS:
            end = scans.read(data, payload, end)
        elif marker != LOSSLESS_FRAME and marker not in _PASSED_OVER:
            raise malformed("marker")
        place = end
    raise malformed("too many segments")


def decode_ls(data: bytes) -> npt.NDArray[np.uint16]:
    """(rows, columns, channels)."""
    header = read_frame_header(data, LS_FRAME)
    if b"\xff\xd9" not in data:  # the library looks for the end of a cut stream for minutes
        raise truncated()
    try:
        samples, info = jpeg_ls.decode_pixel_data(data)
    except RuntimeError as error:
        raise Unreadable("The JPEG-LS stream is damaged.", code="malformed", value="picture data") from error
    flat = np.frombuffer(samples, np.uint8 if header.bits <= 8 else "<u2").astype(np.uint16)
    count = len(header.channels)
    if count > 1 and info["interleave_mode"] == 0:
        return np.moveaxis(flat.reshape(count, header.rows, header.columns), 0, 2)
    return flat.reshape(header.rows, header.columns, count)


def _header(payload: bytes) -> FrameHeader:
    if len(payload) < 6:
        raise malformed("frame")
    bits, rows, columns, count = struct.unpack_from(">BHHB", payload)
    channels, sampling = payload[6::3], payload[7::3]
    if len(payload) != 6 + 3 * count or count not in (1, 3) or len(set(channels)) != count:
        raise malformed("frame")
    if not 2 <= bits <= 16 or (count > 1 and set(sampling) != {0x11}):
        raise malformed("frame")
    return FrameHeader(bits, rows, columns, channels)


class _Scans:
    """One scan for all channels or one for each, with the tables that came before it."""

    def __init__(self, header: FrameHeader, is_signed: bool) -> None:
        self._header, self._is_signed = header, is_signed
        self._codes: dict[int, npt.NDArray[np.uint16]] = {}
        self._rows_to_restart = 0
        self._read: set[int] = set()
        self._out = np.zeros((header.rows, header.columns, len(header.channels)), np.uint16)

    def add_codes(self, payload: bytes) -> None:
        place = 0
        while place < len(payload):
            slot, counts = payload[place], payload[place + 1 : place + 17]
            symbols = payload[place + 17 : place + 17 + sum(counts)]
            place += 17 + sum(counts)
            lookup = huffman_lookup(counts, symbols) if place <= len(payload) else None
            if lookup is None or slot > 3 or max(symbols, default=17) > 16:
                raise malformed("Huffman table")
            self._codes[slot] = lookup

    def set_restart_interval(self, payload: bytes) -> None:
        samples = int.from_bytes(payload, "big")
        if len(payload) != 2 or samples % self._header.columns:
            raise malformed("restart interval")
        self._rows_to_restart = samples // self._header.columns

    def read(self, data: bytes, scan: bytes, start: int) -> int:
        """Where the scan ends whose data begins at `start`."""
        if len(scan) < 6 or len(scan) != 4 + 2 * scan[0]:
            raise malformed("scan header")
        predictor, shift = scan[-3], scan[-1] & 15
        channels = [self._header.channels.find(name) for name in scan[1:-3:2]]
        tables = [self._codes.get(slots >> 4) for slots in scan[2:-3:2]]
        lookups = [table for table in tables if table is not None]
        is_new = (
            len(set(channels)) == len(channels) and not self._read & {-1, *channels} and -1 not in channels
        )
        if not is_new or not 1 <= predictor <= 7 or shift >= self._header.bits:
            raise malformed("scan header")
        if len(lookups) != len(channels):
            raise malformed("Huffman table")
        bits = self._header.bits - shift
        largest = 0xFFFF if self._is_signed else (1 << bits) - 1
        status, end = read_scan(
            np.frombuffer(data, np.uint8),
            np.int64(start),
            np.stack(lookups),
            np.array(channels, np.int64),
            np.int64(self._rows_to_restart),
            np.array([predictor, 1 << (bits - 1), largest], np.int64),
            self._out,
        )
        if status == TRUNCATED:
            raise truncated()
        if status == MALFORMED:
            raise malformed("picture data")
        if shift:
            self._out[:, :, channels] <<= shift
        self._read |= set(channels)
        return int(end)

    def picture(self) -> npt.NDArray[np.uint16]:
        if len(self._read) != len(self._header.channels):
            raise truncated()
        return self._out
