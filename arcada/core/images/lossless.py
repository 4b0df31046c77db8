"""Pixels out of a lossless JPEG's entropy-coded data (ITU-T T.81, annex H), each bit as it was written."""

import numba as nb
import numpy as np

from arcada.core.images.entropy import (
    COMPLETE,
    MALFORMED,
    TRUNCATED,
    byte_end,
    filled,
    pass_restart,
    window_of,
)


@nb.njit(cache=True, nogil=True, boundscheck=True)
def _predicted(out, row, column, part, predictor, is_first_row, first):  # type: ignore[no-untyped-def]
    """What the neighbours say: left (a), above (b) and above left (c), by the selected formula."""
    if is_first_row:
        return first if column == 0 else np.int64(out[row, column - 1, part])
    if column == 0:
        return np.int64(out[row - 1, 0, part])
    a = np.int64(out[row, column - 1, part])
    b = np.int64(out[row - 1, column, part])
    if predictor == 1:
        return a
    if predictor == 2:
        return b
    c = np.int64(out[row - 1, column - 1, part])
    if predictor == 3:
        return c
    if predictor == 4:
        return a + b - c
    if predictor == 5:
        return a + ((b - c) >> 1)
    if predictor == 6:
        return b + ((a - c) >> 1)
    return (a + b) >> 1


@nb.njit(cache=True, nogil=True, boundscheck=True)
def read_scan(data, start, lookups, channels, restart, how, out):  # type: ignore[no-untyped-def]
    """Fills the scan's channels of `out`; status, and where the entropy-coded data that begins at `start` ends.

    data (n_bytes,) uint8 read-only; lookups (n_channels, 65536) uint16, length << 8 | symbol; channels
    (n_channels,) int64, places in out's last axis; restart int64, rows between two restart markers or 0;
    how (3,) int64: predictor 1 to 7, the very first prediction, the largest sample; out (rows, columns, n) uint16.
    """
    predictor, first, largest = how[0], how[1], how[2]
    pos, buffer, count = np.int64(start), np.int64(0), np.int64(0)
    since, expected = np.int64(0), np.int64(0)
    for row in range(out.shape[0]):
        if restart > 0 and since == restart:
            status, pos = pass_restart(data, pos, count, expected)
            if status != COMPLETE:
                return status, pos
            buffer = count = since = np.int64(0)
            expected = (expected + 1) & 7
        is_first_row = since == 0
        since += 1
        for column in range(out.shape[1]):
            for index in range(channels.size):
                if count < 32:  # a code takes at most 16 bits and the difference behind it 15
                    pos, buffer, count = filled(data, pos, buffer, count)
                entry = np.int64(lookups[index, window_of(buffer, count)])
                length, size = entry >> 8, entry & 0xFF
                if length == 0:
                    return (MALFORMED if count >= 16 else TRUNCATED), pos
                extra = size if size < 16 else np.int64(0)  # behind 16 stand no bits: it says 32768
                count -= length + extra
                if count < 0:
                    return TRUNCATED, pos
                difference = np.int64(32768) if size == 16 else np.int64(0)
                if extra > 0:
                    difference = (buffer >> count) & ((np.int64(1) << extra) - 1)
                    if difference < np.int64(1) << (extra - 1):
                        difference -= (np.int64(1) << extra) - 1
                part = channels[index]
                sample = _predicted(out, row, column, part, predictor, is_first_row, first) + difference
                sample &= 0xFFFF
                if sample > largest:
                    return MALFORMED, pos
                out[row, column, part] = sample
    return COMPLETE, byte_end(data, pos, count)


def warm() -> None:
    """Compile the kernel (or load it from the cache) with the types that production uses."""
    read_scan(
        np.frombuffer(b"\x00", np.uint8),
        np.int64(0),
        np.zeros((1, 65536), np.uint16),
        np.zeros(1, np.int64),
        np.int64(0),
        np.ones(3, np.int64),
        np.zeros((1, 1, 1), np.uint16),
    )
