"""What a scan is like as a surface: its size and unit, borders and holes, pieces, winding, area and volume.

Findings that `find_scan_findings` makes (code, severity, value, limit, where):
- `unit_inches`, `unit_metres`, `unit_micrometres` WARNING: the size fits that unit; value = largest extent in the
  file's own numbers. Lengths in millimetres were computed by that guess.
- `unit_unknown` WARNING: no unit makes the size a scan's; value = largest extent. Taken as millimetres.
- `not_an_arch` WARNING, only where an arch is expected: value = largest extent in mm, or its likeness to an arch
  (0 to 1) with where = "shape"; limit = the smallest or largest arch (20 or 200 mm), or the likeness needed.
- `teeth_only` WARNING: separate pieces of a tooth's size and no gum; value = pieces.
- `fragments` WARNING: pieces beside the scan; value = pieces; limit = 0. NOTE where all are mere specks.
- `holes_inside` WARNING: value = holes inside, limit = 0, where = "largest 2.4 mm". NOTE where all are
  tiny, or where no arch is expected: between the teeth of a bite scan, holes are normal.
- `non_manifold` WARNING: value = edges with more than two triangles, limit = 0. NOTE for one in 10,000 or fewer.
- `inconsistent_winding` WARNING: value = edges whose two triangles face opposite ways, limit = 0.
- `inverted` WARNING: the outside faces inwards; no value.
- `duplicate_triangles` NOTE: value = triangles that are there again.
- `zero_area` NOTE: value = triangles without area.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from arcada.core.findings import Finding, Severity
from arcada.core.geometry import measure_kernels as kernels
from arcada.core.geometry.mesh import Mesh

IntArray = npt.NDArray[np.int32]
FloatArray = npt.NDArray[np.float64]

# Largest extent in the file's own numbers, from and to, the unit it looks like and its millimetres.
UNITS: tuple[tuple[float, float, str, float], ...] = (
    (4.0, 200.0, "mm", 1.0),
    (0.2, 4.0, "inch", 25.4),
    (0.004, 0.2, "m", 1000.0),
    (4000.0, 200_000.0, "µm", 0.001),
)
ARCH_MM = (20.0, 200.0)
ARCH_LIKENESS = 0.05
WHOLE_ARCH_MM = 45.0  # a smaller scan may be part of an arch, whose shape says little
TOOTH_MM = (3.0, 17.0)
SMALLEST_JAW_MM = 24.0
# A palate or a floor of the mouth that was left out leaves a loop as long as this: a border, not a hole.
LONGEST_HOLE_MM = 60.0
TINY_HOLE_MM = 1.0
SPECK_SHARE = 0.001  # of the scan's triangles
FRAGMENT_SHARE = 0.1  # a piece with fewer triangles than this part of the largest one's is no jaw of its own
MOST_LISTED = 256


@dataclass(frozen=True, slots=True)
class Hole:
    """A closed border inside a surface; centre in the file's coordinates, the lengths in millimetres."""

    perimeter_mm: float
    diameter_mm: float  # twice the distance from the centre to the farthest border point
    centre: tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Measures:
    triangles: int
    vertices: int
    box_min: tuple[float, float, float]  # file's unit, as the next two
    box_max: tuple[float, float, float]
    extent: tuple[float, float, float]
    unit: str  # "mm", "inch", "m", "µm" or "unknown"
    unit_factor_to_mm: float
    border_loops: int  # all of them, the outer border of an open shell and the holes
    hole_count: int
    holes: tuple[Hole, ...]  # the longest first, at most `MOST_LISTED`
    non_manifold_edges: int
    inconsistent_edges: int  # two triangles that run the same way along their edge
    inverted: bool
    components: int
    component_sizes: tuple[int, ...]  # triangles, the largest first, at most `MOST_LISTED`
    component_extents_mm: tuple[float, ...]  # largest side of each one's box, in the same order
    duplicate_triangles: int
    zero_area_triangles: int
    area_mm2: float
    volume_mm3: float  # signed; of an open shell the sum of its cones to one of its points
    mean_edge_mm: float

    @property
    def extent_mm(self) -> tuple[float, float, float]:
        x, y, z = self.extent
        factor = self.unit_factor_to_mm
        return (x * factor, y * factor, z * factor)


def judge_unit(largest_extent: float) -> tuple[str, float]:
    """The unit that a scan of this size is in, and its millimetres; ("unknown", 1.0) where none fits."""
    for low, high, unit, factor in UNITS:
        if low <= largest_extent < high:
            return unit, factor
    return "unknown", 1.0


def measure(mesh: Mesh) -> Measures:
    """Everything about the surface in three passes: triangles, edges, borders."""
    count = len(mesh.points)
    parents = np.arange(count, dtype=np.int32)
    starts = np.zeros(count + 1, dtype=np.int32)
    sums = np.zeros(4, dtype=np.float64)
    counts = np.zeros(6, dtype=np.int64)
    kernels.scan_triangles(mesh.points, mesh.triangles, parents, starts, sums, counts)
    labels = np.empty(count, dtype=np.int32)
    sizes, boxes = _components(mesh, parents, labels)
    borders = _edges(mesh, starts, sums, counts)
    used = sizes > 0
    low, high = boxes[used, :3].min(axis=0), boxes[used, 3:].max(axis=0)
    extent = high - low
    unit, factor = judge_unit(float(extent.max()))
    sides = (boxes[:, 3:] - boxes[:, :3]).max(axis=1)
    loop_count, border_length, holes = _loops(mesh, borders, labels, sides, factor)
    order = np.argsort(-sizes[used], kind="stable")[:MOST_LISTED]
    return Measures(
        triangles=len(mesh.triangles),
        vertices=count,
        box_min=_triple(low),
        box_max=_triple(high),
        extent=_triple(extent),
        unit=unit,
        unit_factor_to_mm=factor,
        border_loops=loop_count,
        hole_count=len(holes),
        holes=tuple(holes[:MOST_LISTED]),
        non_manifold_edges=int(counts[kernels.NON_MANIFOLD]),
        inconsistent_edges=int(counts[kernels.INCONSISTENT]),
        inverted=_is_inverted(sums, counts, border_length),
        components=int(np.count_nonzero(used)),
        component_sizes=tuple(int(size) for size in sizes[used][order]),
        component_extents_mm=tuple(float(side) * factor for side in sides[used][order]),
        duplicate_triangles=int(counts[kernels.DUPLICATES]),
        zero_area_triangles=int(counts[kernels.ZERO_AREA]),
        area_mm2=float(sums[kernels.AREA]) * factor**2,
        volume_mm3=float(sums[kernels.VOLUME]) * factor**3,
        mean_edge_mm=float(sums[kernels.EDGE_LENGTH]) / (3 * len(mesh.triangles)) * factor,
    )


def label_pieces(mesh: Mesh) -> tuple[IntArray, int]:  # (n_vertices,)
    """The number of the piece that each vertex belongs to, and how many there are; an unused vertex is one."""
    count = len(mesh.points)
    parents = np.arange(count, dtype=np.int32)
    room = np.zeros(count + 1, dtype=np.int32), np.zeros(4, dtype=np.float64), np.zeros(6, dtype=np.int64)
    kernels.scan_triangles(mesh.points, mesh.triangles, parents, *room)
    labels = np.empty(count, dtype=np.int32)
    return labels, int(kernels.label_components(parents, labels))


def _triple(values: FloatArray) -> tuple[float, float, float]:
    return (float(values[0]), float(values[1]), float(values[2]))


def _components(
    mesh: Mesh, parents: IntArray, labels: IntArray
) -> tuple[npt.NDArray[np.int64], FloatArray]:  # (c,), (c, 6)
    found = kernels.label_components(parents, labels)
    sizes = np.zeros(found, dtype=np.int64)
    boxes = np.full((found, 6), np.inf)
    boxes[:, 3:] = -np.inf
    kernels.scan_components(mesh.points, mesh.triangles, labels, sizes, boxes)
    return sizes, boxes


def _edges(
    mesh: Mesh, starts: IntArray, sums: FloatArray, counts: npt.NDArray[np.int64]
) -> IntArray:  # (k, 2)
    keys = np.empty(int(starts.sum(dtype=np.int64)), dtype=np.int64)
    kernels.place_half_edges(mesh.triangles, starts, keys)
    borders = np.empty((8192, 2), dtype=np.int32)
    kernels.scan_edges(mesh.points, starts, keys, borders, sums, counts)
    found = int(counts[kernels.BORDER_EDGES])
    if found > len(borders):
        borders = np.empty((found, 2), dtype=np.int32)
        kernels.scan_edges(mesh.points, starts, keys, borders, sums, counts)
    return borders[:found]


def _loops(
    mesh: Mesh, borders: IntArray, labels: IntArray, sides: FloatArray, factor: float
) -> tuple[int, float, list[Hole]]:
    """How many border loops there are, their length in all in the file's unit, and which are holes."""
    if len(borders) == 0:
        return 0, 0.0, []
    owners = np.full(len(mesh.points), -1, dtype=np.int32)
    loop_of = np.empty(len(borders), dtype=np.int32)
    found = kernels.join_borders(borders, owners, np.arange(len(borders), dtype=np.int32), loop_of)
    loops = np.zeros((found, 5), dtype=np.float64)
    components = np.empty(found, dtype=np.int32)
    kernels.scan_loops(mesh.points, borders, loop_of, labels, loops, components)
    order = np.argsort(-loops[:, 0], kind="stable")
    _, first = np.unique(components[order], return_index=True)
    longest = np.zeros(found, dtype=bool)
    longest[order[first]] = True
    # A loop shorter than its piece is a hole in a body that is else closed, not the border of a shell.
    outer = longest & (loops[:, 0] >= sides[components])
    is_hole = ~outer & (loops[:, 0] * factor < LONGEST_HOLE_MM)
    holes = [
        Hole(float(row[0]) * factor, 2.0 * float(row[4]) * factor, _triple(row[1:4]))
        for row in loops[order[is_hole[order]]]
    ]
    return found, float(loops[:, 0].sum()), holes


def _is_inverted(sums: FloatArray, counts: npt.NDArray[np.int64], border_length: float) -> bool:
    """Closed (or nearly): a negative volume. An open shell: its ridges bend inwards when all bends are summed."""
    if counts[kernels.INCONSISTENT] > 0.01 * counts[kernels.EDGES]:
        return False
    size = float(np.sqrt(sums[kernels.AREA]))
    if border_length < 0.5 * size:
        return float(sums[kernels.VOLUME]) < -1e-4 * size**3
    return float(sums[kernels.CURVATURE]) < -0.5 * size


def find_scan_findings(
    measures: Measures, *, is_arch_expected: bool = False, arch_likeness: float | None = None
) -> list[Finding]:
    """What there is to say about a scan's surface; the module's head lists the codes. None of them blocks.

    `arch_likeness` is the confidence of the scan's orientation.
    """
    return [
        *_unit_findings(measures),
        *_arch_findings(measures, is_arch_expected, arch_likeness),
        *_piece_findings(measures, is_arch_expected),
        *_surface_findings(measures, is_arch_expected),
    ]


def _unit_findings(measures: Measures) -> list[Finding]:
    code = {"mm": "", "inch": "unit_inches", "m": "unit_metres", "µm": "unit_micrometres"}.get(
        measures.unit, "unit_unknown"
    )
    return [Finding(code, Severity.WARNING, round(max(measures.extent), 6))] if code else []


def _arch_findings(measures: Measures, is_expected: bool, likeness: float | None) -> list[Finding]:
    if not is_expected or measures.unit == "unknown":
        return []
    extent_mm = round(max(measures.extent_mm), 1)
    for limit, is_beyond in ((ARCH_MM[0], extent_mm < ARCH_MM[0]), (ARCH_MM[1], extent_mm > ARCH_MM[1])):
        if is_beyond:
            return [Finding("not_an_arch", Severity.WARNING, extent_mm, limit)]
    if likeness is not None and likeness < ARCH_LIKENESS and extent_mm >= WHOLE_ARCH_MM:
        return [Finding("not_an_arch", Severity.WARNING, round(likeness, 2), ARCH_LIKENESS, "shape")]
    return []


def _is_teeth_only(measures: Measures) -> bool:
    """Several pieces of a tooth's size, most of them alike, and none of a jaw's."""
    extents = measures.component_extents_mm
    largest = measures.component_sizes[0]
    teeth = [
        extent
        for extent, size in zip(extents, measures.component_sizes, strict=True)
        if TOOTH_MM[0] <= extent <= TOOTH_MM[1] and size >= FRAGMENT_SHARE * largest
    ]
    return len(teeth) >= 2 and max(extents) < SMALLEST_JAW_MM


def _piece_findings(measures: Measures, is_arch_expected: bool) -> list[Finding]:
    if measures.components < 2:
        return []
    if _is_teeth_only(measures):
        return [Finding("teeth_only", Severity.WARNING, measures.components)]
    largest = measures.component_sizes[0]
    bodies = 1 if is_arch_expected else sum(s >= FRAGMENT_SHARE * largest for s in measures.component_sizes)
    fragments = measures.components - bodies
    if fragments == 0:
        return []
    is_speck = measures.component_sizes[1] < SPECK_SHARE * measures.triangles
    return [Finding("fragments", Severity.NOTE if is_speck else Severity.WARNING, fragments, 0)]


def _surface_findings(measures: Measures, is_arch_expected: bool) -> list[Finding]:
    findings = []
    if measures.holes:
        widest = max(hole.diameter_mm for hole in measures.holes)
        is_normal = widest < TINY_HOLE_MM or not is_arch_expected
        severity = Severity.NOTE if is_normal else Severity.WARNING
        findings.append(Finding("holes_inside", severity, measures.hole_count, 0, f"largest {widest:.1f} mm"))
    few = 1.5e-4 * measures.triangles  # a closed surface has three edges for two triangles
    for code, severity, value in (
        (
            "non_manifold",
            Severity.NOTE if measures.non_manifold_edges <= few else Severity.WARNING,
            measures.non_manifold_edges,
        ),
        ("inconsistent_winding", Severity.WARNING, measures.inconsistent_edges),
        ("duplicate_triangles", Severity.NOTE, measures.duplicate_triangles),
        ("zero_area", Severity.NOTE, measures.zero_area_triangles),
    ):
        if value:
            findings.append(Finding(code, severity, value, 0))
    if measures.inverted:
        findings.append(Finding("inverted", Severity.WARNING))
    return findings


def facing_outwards(mesh: Mesh) -> Mesh:
    """The mesh, turned inside out where `measure` finds it inverted."""
    if not measure(mesh).inverted:
        return mesh
    return Mesh(mesh.points, np.ascontiguousarray(mesh.triangles[:, ::-1]), mesh.colours)


def warm() -> None:
    """Runs every kernel once on two triangles, with the types that production uses."""
    points = np.array([[0, 0, 0], [9, 0, 0], [0, 9, 0], [9, 9, 0]], dtype=np.float32)
    measure(Mesh(points, np.array([[0, 1, 2], [2, 1, 3]], dtype=np.uint32)))
