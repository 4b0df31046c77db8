"""A JPEG's frame, tables and scans: what may be decoded, and where each scan's data really ends."""

import struct
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from arcada.core.errors import Unreadable
from arcada.core.images import entropy
from arcada.core.images.image import refuse_too_many_pixels

MAX_BLOCKS_IN_MCU = 10  # the standard's own bound
MAX_SCANS = 64
# Each scan passes over the whole picture. Ten scans are usual for a progressive file.
MAX_SCANNED_PIXELS = 800_000_000

BASELINE, EXTENDED, PROGRESSIVE = 0xC0, 0xC1, 0xC2
UNSUPPORTED_FRAMES = {
    0xC3: "lossless",
    0xC5: "hierarchical",
    0xC6: "hierarchical",
    0xC7: "hierarchical",
    0xC9: "arithmetic",
    0xCA: "arithmetic",
    0xCB: "arithmetic",
    0xCD: "arithmetic",
    0xCE: "arithmetic",
    0xCF: "arithmetic",
}


def malformed(where: str) -> Unreadable:
    return Unreadable("The JPEG breaks its format's rules.", code="malformed", value=where)


def unsupported(kind: str) -> Unreadable:
    return Unreadable("This kind of JPEG can't be shown in a browser.", code="unsupported_jpeg", value=kind)


def truncated() -> Unreadable:
    return Unreadable("The JPEG ends before its picture is complete.", code="truncated")


@dataclass(frozen=True, slots=True)
class Component:
    id: int
    across: int  # sampling factors
    down: int
    quantiser: int


@dataclass(frozen=True, slots=True)
class Frame:
    """The size in stored pixels and how the channels are sampled."""

    width: int
    height: int
    progressive: bool
    components: tuple[Component, ...]

    @property
    def most_across(self) -> int:
        return max(part.across for part in self.components)

    @property
    def most_down(self) -> int:
        return max(part.down for part in self.components)

    def mcus(self) -> int:
        """Count of MCUs of a scan with several components."""
        return _over(self.width, 8 * self.most_across) * _over(self.height, 8 * self.most_down)

    def blocks(self, part: Component) -> int:
        """Count of blocks of a scan with this component alone."""
        across = _over(self.width * part.across, self.most_across)
        down = _over(self.height * part.down, self.most_down)
        return _over(across, 8) * _over(down, 8)


def _over(amount: int, unit: int) -> int:
    return -(-amount // unit)


def read_frame(marker: int, payload: bytes) -> Frame:
    """The frame header; refuses what browsers can't show."""
    if marker in UNSUPPORTED_FRAMES:
        raise unsupported(UNSUPPORTED_FRAMES[marker])
    if len(payload) < 6:
        raise malformed("frame")
    precision, height, width, count = struct.unpack_from(">BHHB", payload)
    if len(payload) != 6 + 3 * count:
        raise malformed("frame")
    if precision != 8:
        raise unsupported(f"{precision} bit")
    if height == 0:
        raise unsupported("height after the picture")
    if width == 0:
        raise malformed("frame")
    if count not in (1, 3, 4):
        raise unsupported(f"{count} channels")
    parts = []
    for index in range(count):
        name, sampling, table = payload[6 + 3 * index : 9 + 3 * index]
        parts.append(Component(name, sampling >> 4, sampling & 15, table))
        if not (1 <= sampling >> 4 <= 4 and 1 <= sampling & 15 <= 4) or table > 3:
            raise malformed("frame")
    frame = Frame(width, height, marker == PROGRESSIVE, tuple(parts))
    if len({part.id for part in parts}) != count:
        raise malformed("frame")
    if any(frame.most_across % part.across or frame.most_down % part.down for part in parts):
        raise unsupported("fractional sampling")
    return frame


class ScanWalker:
    """Follows a file's tables and scans in their order, and finds where each scan ends."""

    def __init__(self) -> None:
        self.frame: Frame | None = None
        self.restart_interval = 0
        self._quantisers: set[int] = set()
        self._codes: dict[int, tuple[bytes, bytes]] = {}
        self._lookups = np.zeros((8, 65536), np.uint16)
        self._built: dict[int, tuple[bytes, bytes]] = {}
        self._masks: dict[int, npt.NDArray[np.uint64]] = {}
        self._begun: set[int] = set()
        self._missing: dict[int, set[int]] = {}  # per channel, the coefficients that lack their last bit
        self._scans = 0

    def set_frame(self, frame: Frame) -> None:
        if self.frame is not None:
            raise malformed("second frame")
        refuse_too_many_pixels(frame.width, frame.height)
        self.frame = frame

    def set_restart_interval(self, payload: bytes) -> None:
        if len(payload) != 2:
            raise malformed("restart interval")
        self.restart_interval = int.from_bytes(payload, "big")

    def add_quantisers(self, payload: bytes) -> None:
        place = 0
        while place < len(payload):
            wide, slot = payload[place] >> 4, payload[place] & 15
            place += 1 + (128 if wide else 64)
            if wide > 1 or slot > 3 or place > len(payload):
                raise malformed("quantisation table")
            self._quantisers.add(slot)
        if not payload:
            raise malformed("quantisation table")

    def add_codes(self, payload: bytes) -> None:
        place = 0
        while place < len(payload):
            kind, slot = payload[place] >> 4, payload[place] & 15
            counts = payload[place + 1 : place + 17]
            total = sum(counts)
            symbols = payload[place + 17 : place + 17 + total]
            place += 17 + total
            if kind > 1 or slot > 3 or total > 256 or place > len(payload):
                raise malformed("Huffman table")
            self._codes[4 * kind + slot] = (counts, symbols)
        if not payload:
            raise malformed("Huffman table")

    def walk(self, data: bytes, header: bytes, start: int) -> int:
        """End of the scan whose header is given and whose data begins at `start`."""
        frame = self.frame
        if frame is None:
            raise malformed("scan before frame")
        self._scans += 1
        if self._scans > MAX_SCANS or self._scans * frame.width * frame.height > MAX_SCANNED_PIXELS:
            raise malformed("too many scans")
        if len(header) < 6 or len(header) != 4 + 2 * header[0]:
            raise malformed("scan header")
        parts = [self._part(frame, header[1 + 2 * i], header[2 + 2 * i]) for i in range(header[0])]
        first, last, approximation = header[-3:]
        high, low = approximation >> 4, approximation & 15
        self._check_order(frame, [index for index, _, _ in parts], first, last, high, low)
        alone = len(parts) == 1
        plan = np.zeros((len(parts), 3), np.int64)
        for row, (index, dc, ac) in enumerate(parts):
            if low == 0:
                self._missing.setdefault(index, set(range(64))).difference_update(range(first, last + 1))
            part = frame.components[index]
            needs_dc = not frame.progressive or (first == 0 and high == 0)
            needs_ac = not frame.progressive or first > 0
            if needs_dc:
                self._build(dc)
            if needs_ac:
                self._build(4 + ac)
            plan[row] = (1 if alone else part.across * part.down, dc, ac)
        if not alone and plan[:, 0].sum() > MAX_BLOCKS_IN_MCU:
            raise malformed("scan header")
        only = parts[0][0]
        status, end = entropy.walk_scan(
            np.frombuffer(data, np.uint8),
            np.int64(start),
            self._lookups,
            plan,
            np.int64(frame.blocks(frame.components[only]) if alone else frame.mcus()),
            np.int64(self.restart_interval),
            np.array([frame.progressive, first, last, high > 0], np.int64),
            self._masks_of(frame, only) if frame.progressive and first > 0 else np.zeros(1, np.uint64),
        )
        if status == entropy.TRUNCATED:
            raise truncated()
        if status == entropy.MALFORMED:
            raise malformed("picture data")
        return int(end)

    def check_complete(self) -> None:
        """Every channel was given by some scan, and there were tables to read it with."""
        if self.frame is None or len(self._begun) != len(self.frame.components):
            raise truncated()

    def is_blurred(self) -> bool:
        """True for a progressive file that ends, whole scan by whole scan, before its picture is sharp."""
        return (
            self.frame is not None
            and self.frame.progressive
            and (len(self._missing) < len(self.frame.components) or any(self._missing.values()))
        )

    def _part(self, frame: Frame, name: int, tables: int) -> tuple[int, int, int]:
        for index, part in enumerate(frame.components):
            if part.id == name and tables >> 4 <= 3 and tables & 15 <= 3:
                return index, tables >> 4, tables & 15
        raise malformed("scan header")

    def _check_order(
        self, frame: Frame, indexes: list[int], first: int, last: int, high: int, low: int
    ) -> None:
        if not indexes or len(set(indexes)) != len(indexes):
            raise malformed("scan header")
        if any(frame.components[index].quantiser not in self._quantisers for index in indexes):
            raise malformed("quantisation table")
        if not frame.progressive:
            if self._begun & set(indexes):
                raise malformed("second scan of a channel")
            self._begun |= set(indexes)
            return
        if first > last or last > 63 or low > 13 or (first == 0) != (last == 0):
            raise malformed("scan header")
        if high > 0 and low != high - 1:
            raise malformed("scan header")
        if first > 0 and (len(indexes) > 1 or indexes[0] not in self._begun):
            raise malformed("scan header")
        if first == 0 and high == 0:
            if self._begun & set(indexes):
                raise malformed("second scan of a channel")
            self._begun |= set(indexes)
        elif first == 0 and not set(indexes) <= self._begun:
            raise malformed("scan header")

    def _build(self, slot: int) -> None:
        codes = self._codes.get(slot)
        if codes is None:
            raise malformed("Huffman table")
        if self._built.get(slot) != codes:
            lookup = entropy.huffman_lookup(*codes)
            # A DC code stands for a count of bits, and no count has more than four bits itself.
            if lookup is None or (slot < 4 and max(codes[1], default=0) > 15):
                raise malformed("Huffman table")
            self._lookups[slot] = lookup
            self._built[slot] = codes

    def _masks_of(self, frame: Frame, index: int) -> npt.NDArray[np.uint64]:
        if index not in self._masks:
            self._masks[index] = np.zeros(frame.blocks(frame.components[index]), np.uint64)
        return self._masks[index]
