"""What every reader of a scan returns, and the few steps that they share."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from arcada.core.anatomy import FileFormat
from arcada.core.deidentify import Removed
from arcada.core.errors import Unreadable
from arcada.core.findings import Finding
from arcada.core.geometry.mesh import Mesh

MAX_TRIANGLES = 5_000_000

ByteArray: TypeAlias = npt.NDArray[np.uint8]  # (n_bytes,), read-only
Span: TypeAlias = tuple[int, int, bytes]  # start, end, what stands there instead


@dataclass(frozen=True, slots=True, eq=False)
class ReadScan:
    """One scan as a mesh, what was found on the way, and the same file without what could identify.

    `cleaned` keeps the number texts or bytes of all points, triangles, colours, normals and texture
    coordinates as they were. `cleaned_companions` goes by outgoing name: "material.mtl", "texture.jpg".
    """

    format: FileFormat
    mesh: Mesh
    findings: tuple[Finding, ...]
    removed: tuple[Removed, ...]
    cleaned: bytes
    cleaned_companions: dict[str, bytes] = field(default_factory=dict)


def as_byte_array(data: bytes | bytearray | memoryview) -> ByteArray:
    """The bytes as a read-only array without a copy: one array type, so kernels compile once."""
    array = np.frombuffer(data, dtype=np.uint8)
    array.flags.writeable = False
    return array


def line_of(data: bytes | memoryview, position: int) -> str:
    """ "line 12": where a byte of a text file stands."""
    breaks = bytes(data[:position]).count(b"\n")
    return f"line {breaks + 1}"


def refuse_too_many(triangles: int) -> None:
    """A mesh beyond the limit is not stored as a scan."""
    if triangles > MAX_TRIANGLES:
        raise Unreadable(
            "The scan has more triangles than are accepted.",
            code="too_many_triangles",
            value=triangles,
            limit=MAX_TRIANGLES,
        )


def replace_spans(data: bytes | memoryview, spans: Sequence[Span]) -> bytes:
    """The text with each span (ascending, apart from each other) replaced."""
    if not spans:
        return bytes(data)
    view = memoryview(data)
    parts: list[bytes | memoryview] = []
    kept_to = 0
    for start, end, instead in spans:
        parts.append(view[kept_to:start])
        parts.append(instead)
        kept_to = end
    parts.append(view[kept_to:])
    return b"".join(parts)


def receipt(lengths: dict[tuple[str, str], int], file: str = "main") -> tuple[Removed, ...]:
    """One line per place and kind of thing, in the order of their first appearance."""
    return tuple(
        Removed(where=where, what=what, length=length, file=file)
        for (where, what), length in lengths.items()
        if length > 0
    )
