"""Walks a JPEG's entropy-coded data without decoding pixels: is all of it there, and where does it end?"""

import numba as nb
import numpy as np
import numpy.typing as npt

COMPLETE, TRUNCATED, MALFORMED = 0, 1, 2

# Slots of the bit reader's state.
POS, BUFFER, COUNT = 0, 1, 2


@nb.njit(cache=True, nogil=True, boundscheck=True)
def filled(data, pos, buffer, count):  # type: ignore[no-untyped-def]
    """Position, up to 48 bits, and how many: bytes are fetched to the next marker. For readers that are in a hurry."""
    while count <= 40 and pos < data.size:
        byte = np.int64(data[pos])
        if byte == 0xFF:
            if pos + 1 >= data.size or data[pos + 1] != 0:
                break
            pos += 2
        else:
            pos += 1
        buffer = ((buffer << 8) | byte) & 0xFFFFFFFFFFFF
        count += 8
    return pos, buffer, count


@nb.njit(cache=True, nogil=True, boundscheck=True)
def window_of(buffer, count):  # type: ignore[no-untyped-def]
    """The next 16 bits; ones where the data has ended."""
    if count >= 16:
        return (buffer >> (count - 16)) & 0xFFFF
    missing = 16 - count
    return ((buffer << missing) | ((np.int64(1) << missing) - 1)) & 0xFFFF


@nb.njit(cache=True, nogil=True, boundscheck=True)
def _need(data, state, bits):  # type: ignore[no-untyped-def]
    """Fill until `bits` (≤ 16) are buffered; at a marker pad with ones and count them below zero later."""
    while state[COUNT] < bits:
        pos = state[POS]
        if pos >= data.size:
            return False
        byte = np.int64(data[pos])
        if byte == 0xFF:
            if pos + 1 >= data.size or data[pos + 1] != 0:
                return False
            state[POS] = pos + 2
        else:
            state[POS] = pos + 1
        state[BUFFER] = ((state[BUFFER] << 8) | byte) & 0xFFFFFFFF
        state[COUNT] += 8
    return True


@nb.njit(cache=True, nogil=True, boundscheck=True)
def _bits(data, state, count):  # type: ignore[no-untyped-def]
    """The next `count` (0 to 15) bits, or -1 where the data has ended."""
    if count == 0:
        return np.int64(0)
    if not _need(data, state, count):
        return np.int64(-1)
    state[COUNT] -= count
    return (state[BUFFER] >> state[COUNT]) & ((np.int64(1) << count) - 1)


@nb.njit(cache=True, nogil=True, boundscheck=True)
def _symbol(data, state, lookup):  # type: ignore[no-untyped-def]
    """The next Huffman symbol, -1 where the data has ended, -2 for a code that is not in the table."""
    _need(data, state, 16)
    entry = np.int64(lookup[window_of(state[BUFFER], state[COUNT])])
    length = entry >> 8
    if length > state[COUNT]:
        return np.int64(-1)
    if length == 0:
        return np.int64(-1) if state[COUNT] < 16 else np.int64(-2)
    state[COUNT] -= length
    return entry & 0xFF


@nb.njit(cache=True, nogil=True, boundscheck=True)
def _sequential_block(data, state, lookups, dc, ac):  # type: ignore[no-untyped-def]
    """One block of a sequential scan. It keeps its own reader in registers: nearly all files are of this kind."""
    pos, buffer, count = state[POS], state[BUFFER], state[COUNT]
    status = COMPLETE
    table = dc
    k = np.int64(0)
    while k < 64:
        if count < 32:  # a code takes at most 16 bits and the value behind it 15
            pos, buffer, count = filled(data, pos, buffer, count)
        entry = np.int64(lookups[table, window_of(buffer, count)])
        length, symbol = entry >> 8, entry & 0xFF
        if length == 0 and count >= 16:
            status = MALFORMED
            break
        if k == 0:
            run, size = np.int64(0), symbol
            table = ac
        else:
            run, size = symbol >> 4, symbol & 15
        count -= length + size
        if length == 0 or count < 0:
            status = TRUNCATED
            break
        if k > 0 and size == 0:
            if run != 15:
                break
            k += 16
        else:
            k += run + 1
            if k > 64:
                status = MALFORMED
                break
    state[POS], state[BUFFER], state[COUNT] = pos, buffer, count
    return status


@nb.njit(cache=True, nogil=True, boundscheck=True)
def _first_ac_block(data, state, ac, first, last, masks, block, run_left):  # type: ignore[no-untyped-def]
    """One block of a progressive scan that sets AC coefficients; `run_left[0]` counts blocks that end at once."""
    if run_left[0] > 0:
        run_left[0] -= 1
        return COMPLETE
    k = first
    while k <= last:
        symbol = _symbol(data, state, ac)
        if symbol < 0:
            return -symbol
        run, size = symbol >> 4, symbol & 15
        if size == 0:
            if run != 15:
                extra = _bits(data, state, run)
                if extra < 0:
                    return TRUNCATED
                run_left[0] = (np.int64(1) << run) + extra - 1
                break
            k += 16
            continue
        k += run
        if k > last:
            return MALFORMED
        if _bits(data, state, size) < 0:
            return TRUNCATED
        masks[block] |= np.uint64(1) << np.uint64(k)
        k += 1
    return COMPLETE


@nb.njit(cache=True, nogil=True, boundscheck=True)
def _refine_ac_block(data, state, ac, first, last, masks, block, run_left):  # type: ignore[no-untyped-def]
    """One block of a progressive scan that refines: every coefficient already set takes one more bit."""
    mask = masks[block]
    k = first
    if run_left[0] == 0:
        while k <= last:
            symbol = _symbol(data, state, ac)
            if symbol < 0:
                return -symbol
            run, size = symbol >> 4, symbol & 15
            if size > 1:
                return MALFORMED
            if size == 1:
                if _bits(data, state, 1) < 0:
                    return TRUNCATED
            elif run != 15:
                extra = _bits(data, state, run)
                if extra < 0:
                    return TRUNCATED
                run_left[0] = (np.int64(1) << run) + extra
                break
            while k <= last:
                if (mask >> np.uint64(k)) & np.uint64(1):
                    if _bits(data, state, 1) < 0:
                        return TRUNCATED
                else:
                    if run == 0:
                        break
                    run -= 1
                k += 1
            if size == 1:
                if k > last:
                    return MALFORMED
                masks[block] |= np.uint64(1) << np.uint64(k)
            k += 1
    if run_left[0] > 0:
        while k <= last:
            if (mask >> np.uint64(k)) & np.uint64(1) and _bits(data, state, 1) < 0:
                return TRUNCATED
            k += 1
        run_left[0] -= 1
    return COMPLETE


@nb.njit(cache=True, nogil=True, boundscheck=True)
def byte_end(data, pos, count):  # type: ignore[no-untyped-def]
    """Position after the last byte of which a bit was used; of those fetched before `pos`, `count` bits are left."""
    for _ in range(count // 8):
        if data[pos - 1] == 0 and pos >= 2 and data[pos - 2] == 0xFF:
            pos -= 2
        else:
            pos -= 1
    return pos


@nb.njit(cache=True, nogil=True, boundscheck=True)
def pass_restart(data, pos, count, expected):  # type: ignore[no-untyped-def]
    """A status, and the position behind the restart marker with this number."""
    pos = byte_end(data, pos, count)
    while pos + 1 < data.size and data[pos] == 0xFF and data[pos + 1] == 0xFF:
        pos += 1
    if pos + 1 >= data.size:
        return TRUNCATED, pos
    if data[pos] != 0xFF or data[pos + 1] != 0xD0 + expected:
        return (TRUNCATED if data[pos] == 0xFF and data[pos + 1] == 0xD9 else MALFORMED), pos
    return COMPLETE, pos + 2


@nb.njit(cache=True, nogil=True, boundscheck=True)
def walk_scan(data, start, lookups, plan, mcus, restart, spectral, masks):  # type: ignore[no-untyped-def]
    """Status and end of one scan's entropy-coded data that begins at `start`.

    data (n_bytes,) uint8 read-only; lookups (8, 65536) uint16, DC tables then AC tables, length << 8 | symbol;
    plan (n_components, 3) int64: blocks per MCU, DC table, AC table; mcus and restart int64 counts;
    spectral (4,) int64: progressive, first, last coefficient, 1 when refining; masks (n_blocks,) uint64: which
    coefficients of each block are set, kept between the scans of one component.
    """
    state = np.zeros(3, np.int64)
    state[POS] = start
    run_left = np.zeros(1, np.int64)
    progressive, first, last, refining = spectral[0], spectral[1], spectral[2], spectral[3]
    expected = np.int64(0)
    for mcu in range(mcus):
        if restart > 0 and mcu > 0 and mcu % restart == 0:
            status, pos = pass_restart(data, state[POS], state[COUNT], expected)
            if status == COMPLETE and run_left[0] != 0:
                status = MALFORMED
            if status != COMPLETE:
                return status, pos
            state[POS], state[BUFFER], state[COUNT] = pos, 0, 0
            expected = (expected + 1) & 7
        for component in range(plan.shape[0]):
            for _ in range(plan[component, 0]):
                status = COMPLETE
                if progressive == 0:
                    status = _sequential_block(
                        data, state, lookups, plan[component, 1], 4 + plan[component, 2]
                    )
                elif first > 0:
                    ac = lookups[4 + plan[component, 2]]
                    if refining:
                        status = _refine_ac_block(data, state, ac, first, last, masks, mcu, run_left)
                    else:
                        status = _first_ac_block(data, state, ac, first, last, masks, mcu, run_left)
                elif refining:
                    if _bits(data, state, 1) < 0:
                        status = TRUNCATED
                else:
                    size = _symbol(data, state, lookups[plan[component, 1]])
                    if size < 0:
                        status = -size
                    elif _bits(data, state, size) < 0:
                        status = TRUNCATED
                if status != COMPLETE:
                    return status, state[POS]
    if run_left[0] != 0:
        return MALFORMED, state[POS]
    return COMPLETE, byte_end(data, state[POS], state[COUNT])


def huffman_lookup(counts: bytes, symbols: bytes) -> npt.NDArray[np.uint16] | None:
    """(65536,) table from the next 16 bits to length << 8 | symbol; None for lengths that make no code."""
    lookup = np.zeros(65536, np.uint16)
    code = used = 0
    for length, count in enumerate(counts, start=1):
        if count and code + count >= 1 << length:  # no code may be all ones
            return None
        for symbol in symbols[used : used + count]:
            shift = 16 - length
            lookup[code << shift : (code + 1) << shift] = length << 8 | symbol
            code += 1
        used += count
        code <<= 1
    return lookup


def warm() -> None:
    """Compile the kernel (or load it from the cache) with the types that production uses."""
    walk_scan(
        np.frombuffer(b"\x00", np.uint8),
        np.int64(0),
        np.zeros((8, 65536), np.uint16),
        np.zeros((1, 3), np.int64),
        np.int64(0),
        np.int64(0),
        np.zeros(4, np.int64),
        np.zeros(1, np.uint64),
    )
