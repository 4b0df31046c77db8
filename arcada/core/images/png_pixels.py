"""A PNG's header and its pixel stream: is it exactly as long as the header says, row by row?"""

import struct
import zlib
from dataclasses import dataclass

from arcada.core.errors import Unreadable

GRAY, RGB, PALETTE, GRAY_ALPHA, RGB_ALPHA = 0, 2, 3, 4, 6
CHANNELS = {GRAY: 1, RGB: 3, PALETTE: 1, GRAY_ALPHA: 2, RGB_ALPHA: 4}
DEPTHS = {
    GRAY: (1, 2, 4, 8, 16),
    RGB: (8, 16),
    PALETTE: (1, 2, 4, 8),
    GRAY_ALPHA: (8, 16),
    RGB_ALPHA: (8, 16),
}
# Adam7: first column, first row, step across, step down of each pass.
PASSES = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))
INFLATED_PIECE = 1 << 20
HIGHEST_FILTER = 4


def malformed(where: str) -> Unreadable:
    return Unreadable("The PNG breaks its format's rules.", code="malformed", value=where)


def truncated() -> Unreadable:
    return Unreadable("The PNG ends before its picture is complete.", code="truncated")


@dataclass(frozen=True, slots=True)
class Header:
    width: int
    height: int
    depth: int  # bits of one sample
    colour_type: int
    interlaced: bool

    @property
    def is_palette(self) -> bool:
        return self.colour_type == PALETTE

    @property
    def is_colour(self) -> bool:
        return self.colour_type in (RGB, PALETTE, RGB_ALPHA)

    def packed(self) -> bytes:
        return struct.pack(
            ">IIBBBBB", self.width, self.height, self.depth, self.colour_type, 0, 0, int(self.interlaced)
        )

    def rows(self) -> list[tuple[int, int]]:
        """For each pass that has pixels: bytes of one row with its filter byte, and count of rows."""
        bits = self.depth * CHANNELS[self.colour_type]
        if not self.interlaced:
            return [(1 + (self.width * bits + 7) // 8, self.height)]
        found = []
        for column, row, across, down in PASSES:
            width, height = -(-(self.width - column) // across), -(-(self.height - row) // down)
            if width > 0 and height > 0:
                found.append((1 + (width * bits + 7) // 8, height))
        return found


def read_header(body: bytes) -> Header:
    """The 13 bytes of IHDR."""
    width, height, depth, colour_type, compression, filters, interlace = struct.unpack(">IIBBBBB", body)
    if not (0 < width <= 0x7FFFFFFF and 0 < height <= 0x7FFFFFFF):
        raise malformed("IHDR")
    if depth not in DEPTHS.get(colour_type, ()) or compression or filters or interlace > 1:
        raise malformed("IHDR")
    return Header(width, height, depth, colour_type, bool(interlace))


def checked_stream(header: Header, pieces: list[bytes]) -> tuple[bytes, int]:
    """The zlib stream cut at its own end, and how many bytes stood after it.

    It is inflated a megabyte at a time and thrown away: a bomb costs no memory, and stops at the byte
    that the header did not announce.
    """
    stream = b"".join(pieces)
    rows = _RowCheck(header)
    inflater = zlib.decompressobj()
    waiting = stream
    try:
        while not inflater.eof:
            inflated = inflater.decompress(waiting, INFLATED_PIECE)
            waiting = inflater.unconsumed_tail
            rows.take(inflated)
            if not inflated and not waiting and not inflater.eof:
                raise truncated()
    except zlib.error as error:
        raise malformed("picture data") from error
    rows.check_complete()
    spare = len(inflater.unused_data)
    return stream[: len(stream) - spare], spare


class _RowCheck:
    """Counts inflated bytes against the header, and looks at the filter byte that begins each row."""

    def __init__(self, header: Header) -> None:
        self._passes = header.rows()
        self._limit = sum(size * count for size, count in self._passes)
        self._pass_ends: list[int] = []
        total = 0
        for size, count in self._passes:
            total += size * count
            self._pass_ends.append(total)
        self._seen = 0
        self._pass = 0

    def take(self, inflated: bytes) -> None:
        end = self._seen + len(inflated)
        if end > self._limit:
            raise Unreadable(
                "The PNG holds more pixel data than it says.",
                code="lying_counts",
                value=end,
                limit=self._limit,
            )
        place = self._seen
        while place < end:
            size, count = self._passes[self._pass]
            stop = min(self._pass_ends[self._pass], end)
            start = self._pass_ends[self._pass] - size * count
            first = place + (start - place) % size
            filters = inflated[first - self._seen : stop - self._seen : size]
            if filters and max(filters) > HIGHEST_FILTER:
                raise malformed("row filter")
            place = stop
            if place == self._pass_ends[self._pass]:
                self._pass += 1
        self._seen = end

    def check_complete(self) -> None:
        if self._seen < self._limit:
            raise Unreadable(
                "The PNG holds less pixel data than it says.",
                code="truncated",
                value=self._seen,
                limit=self._limit,
            )
