"""Reads STL strictly, binary and ASCII, and writes it again without what could identify.

Binary is what has 84 + 50 n bytes, whatever its header says: some scanners write "solid" there.
Attribute words always become zero: the colour schemes in them (VisCAM, Materialise) contradict each
other, no dental scanner uses them, and 16 free bits a triangle could carry anything.
"""

import re

import numpy as np

from arcada.core.anatomy import FileFormat
from arcada.core.errors import Unreadable
from arcada.core.findings import Finding, Severity
from arcada.core.geometry import text_kernels as kernels
from arcada.core.geometry.read import (
    MAX_TRIANGLES,
    ByteArray,
    ReadScan,
    Span,
    as_byte_array,
    receipt,
    refuse_too_many,
    replace_spans,
)
from arcada.core.geometry.text_errors import (
    refuse_text,
    room_for_hard_numbers,
    room_for_parts,
    settle_hard_numbers,
)
from arcada.core.geometry.weld import weld_binary_stl, weld_loose_triangles

HEADER = b"Binary STL".ljust(80)
HEADER_BYTES, RECORD_BYTES = 84, 50
_LEAST_FACET_BYTES = 70
_SOLID_NAME = b" scan"
_TEXT_START = re.compile(rb"(\xef\xbb\xbf)?[ \t-\r]*(solid|#)", re.IGNORECASE)


def read_stl(data: bytes | memoryview) -> ReadScan:
    """One scan from the bytes of an STL file; `Unreadable` where they do not hold one."""
    array = as_byte_array(data)
    count = int.from_bytes(data[80:84], "little")
    if len(array) >= HEADER_BYTES and len(array) == HEADER_BYTES + RECORD_BYTES * count:
        return _read_binary(data, array, count)
    if _TEXT_START.match(data):
        return _read_ascii(data, array)
    raise _wrong_size(len(array), count)


def _wrong_size(size: int, count: int) -> Unreadable:
    expected = HEADER_BYTES + RECORD_BYTES * count
    if size < HEADER_BYTES + RECORD_BYTES or (size < expected and count <= MAX_TRIANGLES):
        return Unreadable("The file ends too early.", code="truncated", value=size, limit=expected)
    return Unreadable(
        "The file's size does not fit the number of triangles that it claims.",
        code="lying_counts",
        value=count,
        limit=(size - HEADER_BYTES) // RECORD_BYTES,
    )


def _read_binary(data: bytes | memoryview, array: ByteArray, count: int) -> ReadScan:
    refuse_too_many(count)
    if count == 0:
        raise Unreadable("The file holds no triangle.", code="empty_mesh", value=0)
    welded = weld_binary_stl(array, count)
    header = bytes(data[:80])
    findings = welded.findings()
    lengths = {}
    if header != HEADER and header.strip(b" \0"):
        lengths["STL header", "text"] = len(header)
    if welded.attributes:
        lengths["STL attribute words", "numbers"] = 2 * count
        findings.append(Finding("attribute_words_dropped", Severity.NOTE, count))
    return ReadScan(
        format=FileFormat.STL_BINARY,
        mesh=welded.mesh,
        findings=tuple(findings),
        removed=receipt(lengths),
        cleaned=_clean_binary(data, array, count, has_attributes=welded.attributes != 0),
    )


def _clean_binary(data: bytes | memoryview, array: ByteArray, count: int, *, has_attributes: bool) -> bytes:
    if not has_attributes:
        return b"".join((HEADER, memoryview(data)[80:]))
    records = array[HEADER_BYTES:].reshape(count, RECORD_BYTES).copy()
    records[:, 48:] = 0
    return b"".join((HEADER, memoryview(data)[80:84], records.data))


_PLACES = {
    kernels.NAME: ("STL solid line", "name"),
    kernels.COMMENT: ("STL comment", "text"),
    kernels.NORMAL_TEXT: ("STL facet normal", "text that is no number"),
    kernels.TRAILING: ("STL after the last solid", "bytes"),
    kernels.MARK: ("STL start", "byte order mark"),
}
_INSTEAD = {kernels.NAME: _SOLID_NAME, kernels.NORMAL_TEXT: b"0"}


def _read_ascii(data: bytes | memoryview, array: ByteArray) -> ReadScan:
    room = min(len(array) // _LEAST_FACET_BYTES + 1, MAX_TRIANGLES + 1)
    corners = np.empty((3 * room, 3), np.float32)
    spans = room_for_parts(data)
    hard = room_for_hard_numbers(data, 3)
    status, place, count, parts, hards, solids = kernels.read_stl_text(array, corners, spans, hard)
    if status != kernels.DONE:
        refuse_text(data, status, place)
    refuse_too_many(count // 3)
    if count == 0:
        raise Unreadable("The file holds no triangle.", code="empty_mesh", value=0)
    settle_hard_numbers(data, hard[:hards], corners.reshape(-1))
    welded = weld_loose_triangles(corners[:count])
    lengths: dict[tuple[str, str], int] = {}
    cuts: list[Span] = []
    for start, end, kind in spans[:parts].tolist():
        instead = _INSTEAD.get(kind, b"")
        if kind == kernels.NAME and bytes(data[start:end]) == instead:
            continue
        cuts.append((start, end, instead))
        lengths[_PLACES[kind]] = lengths.get(_PLACES[kind], 0) + end - start
    findings = welded.findings()
    if solids > 1:
        findings.append(Finding("several_solids", Severity.NOTE, int(solids)))
    return ReadScan(
        format=FileFormat.STL_ASCII,
        mesh=welded.mesh,
        findings=tuple(findings),
        removed=receipt(lengths),
        cleaned=replace_spans(data, cuts),
    )
