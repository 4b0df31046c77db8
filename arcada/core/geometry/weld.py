"""Welding: equal points (bitwise, with -0 = +0) become one vertex; triangles that collapse are counted."""

from dataclasses import dataclass, replace
from typing import NoReturn

import numpy as np
import numpy.typing as npt

from arcada.core.errors import Unreadable
from arcada.core.findings import Finding, Severity
from arcada.core.geometry import weld_kernels as kernels
from arcada.core.geometry.mesh import ColourArray, Mesh, PointArray, TriangleArray
from arcada.core.geometry.read import ByteArray

WordArray = npt.NDArray[np.uint32]  # (n, 3), the bits of float32
SourceArray = npt.NDArray[np.uint32]  # (n_vertices,), the point or corner a vertex came from first


@dataclass(frozen=True, slots=True, eq=False)
class Welded:
    """A mesh, and what welding left out of it."""

    mesh: Mesh
    degenerate: int
    unused: int = 0
    attributes: int = 0  # a binary STL's attribute words, or-ed

    def findings(self) -> list[Finding]:
        """What the owner should know of what is not in the mesh."""
        found = []
        if self.degenerate:
            found.append(Finding("degenerate_dropped", Severity.NOTE, self.degenerate))
        if self.unused:
            found.append(Finding("unused_points", Severity.NOTE, self.unused))
        return found


def weld_binary_stl(data: ByteArray, count: int) -> Welded:
    """Welds the `count` records of a binary STL straight from its bytes."""
    words = np.empty((3 * count, 3), np.uint32)
    triangles = np.empty((count, 3), np.uint32)
    status, vertices, kept, attributes = kernels.weld_records(data, count, words, triangles)
    if status == kernels.CROWDED:
        records = data[kernels.HEADER_BYTES :].reshape(count, kernels.RECORD_BYTES)
        corners = np.ascontiguousarray(records[:, 12:48]).view("<u4").reshape(-1, 3)
        used = int(np.bitwise_or.reduce(records[:, 48:], axis=None))
        return replace(_weld_by_sorting(corners, None)[0], attributes=used)
    if status != kernels.WELDED:
        _refuse(status, vertices)
    return replace(_finish(words[:vertices], triangles[:kept], count), attributes=int(attributes))


def weld_loose_triangles(corners: PointArray) -> Welded:
    """Welds (3 n, 3) corners, three to a triangle."""
    bits = np.require(corners, np.float32, ["C", "W"]).view(np.uint32)
    words = np.empty_like(bits)
    triangles = np.empty((len(bits) // 3, 3), np.uint32)
    status, vertices, kept = kernels.weld_corners(bits, words, triangles)
    if status == kernels.CROWDED:
        return _weld_by_sorting(bits, None)[0]
    if status != kernels.WELDED:
        _refuse(status, vertices)
    return _finish(words[:vertices], triangles[:kept], len(triangles))


def weld_indexed_mesh(points: PointArray, faces: TriangleArray, colours: ColourArray | None) -> Welded:
    """Welds (n, 3) points with (m, 3) faces; of points that become one, the first one's colour stays."""
    # Writable on purpose: a read-only array is another type, for which the kernel would compile again.
    bits = np.require(points, np.float32, ["C", "W"]).view(np.uint32)
    faces = np.require(faces, np.uint32, ["C", "W"])
    words = np.empty_like(bits)
    sources: SourceArray = np.empty(len(bits), np.uint32)
    triangles = np.empty_like(faces)
    status, vertices, kept, used = kernels.weld_indexed(bits, faces, sources, words, triangles)
    if status == kernels.CROWDED:
        welded, sources = _weld_by_sorting(bits, faces)
        used = len(np.unique(faces))
    elif status != kernels.WELDED:
        _refuse(status, vertices)
    else:
        welded = _finish(words[:vertices], triangles[:kept], len(faces))
        sources = sources[:vertices]
    if colours is not None:
        mesh = Mesh(welded.mesh.points, welded.mesh.triangles, np.ascontiguousarray(colours[sources]))
        welded = replace(welded, mesh=mesh)
    return replace(welded, unused=len(bits) - int(used))


def _refuse(status: int, place: int) -> NoReturn:
    if status == kernels.NOT_FINITE:
        raise Unreadable("A coordinate is not a finite number.", code="not_finite", value=int(place))
    raise Unreadable("A face names a point that is not there.", code="index_out_of_range", value=int(place))


def _finish(words: WordArray, triangles: TriangleArray, faces: int) -> Welded:
    if len(triangles) == 0:
        raise Unreadable(
            "There is not one triangle with an area in the file.", code="empty_mesh", value=faces
        )
    points = _of_its_own(words).view(np.float32)
    return Welded(Mesh(points, _of_its_own(triangles)), faces - len(triangles))


def _of_its_own(rows: WordArray) -> WordArray:
    """A copy gives back what the worst case had reserved; rows that fill their array stay."""
    return rows if rows.base is None or len(rows) == len(rows.base) else rows.copy()


def _weld_by_sorting(bits: WordArray, faces: TriangleArray | None) -> tuple[Welded, SourceArray]:
    """The same weld in n·log n whatever the points are: for files made to crowd the hash table."""
    if np.any((bits & kernels.EXPONENT) == kernels.EXPONENT):
        _refuse(kernels.NOT_FINITE, 0)
    if faces is not None and np.any(faces >= len(bits)):
        _refuse(kernels.OUT_OF_RANGE, 0)
    bits = np.where(bits == kernels.SIGN_ONLY, np.uint32(0), bits)
    corners = bits if faces is None else bits[faces.ravel()]
    order = np.lexsort((corners[:, 2], corners[:, 1], corners[:, 0]))
    ordered = corners[order]
    starts = np.concatenate(([True], np.any(ordered[1:] != ordered[:-1], axis=1)))
    first = np.minimum.reduceat(order, np.flatnonzero(starts))
    by_appearance = np.argsort(first)
    rank = np.empty(len(first), np.uint32)
    rank[by_appearance] = np.arange(len(first), dtype=np.uint32)
    vertex_of = np.empty(len(corners), np.uint32)
    vertex_of[order] = rank[np.cumsum(starts) - 1]
    triangles = vertex_of.reshape(-1, 3)
    a, b, c = triangles.T
    whole = triangles[(a != b) & (b != c) & (a != c)]
    first = first[by_appearance]
    sources = first.astype(np.uint32) if faces is None else faces.ravel()[first]
    return _finish(corners[first], whole, len(triangles)), sources
