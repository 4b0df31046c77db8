"""Whether an upper and a lower jaw meet as they lie: gap, contacts, how deep they run into each other, and where.

Both meshes are in millimetres and in one frame. Findings that `find_occlusion_findings` makes:
- `jaws_swapped` WARNING: by their shapes, the upper file is a lower jaw and the lower file an upper one.
- `not_in_occlusion` WARNING: value = gap in mm, limit = largest gap of jaws that meet. Where the jaws lie through
  each other there is no gap: no value, where = "overlap"; where they face elsewhere, where = "direction".
- `interpenetrating` WARNING: value = depth in mm, limit = depth that a scan of a bite may have, where = region.
An `Unreadable` with `too_tangled` may leave `check_occlusion`: then the bite is not checked.
"""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from arcada.core.anatomy import Jaw
from arcada.core.findings import Finding, Severity
from arcada.core.geometry.arch import Arch, find_arch
from arcada.core.geometry.distance import SurfaceTree, build_tree, find_nearest, find_signed
from arcada.core.geometry.measure import facing_outwards, label_pieces
from arcada.core.geometry.mesh import Mesh, PointArray
from arcada.core.geometry.orient import jaw_of_shape

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int32]

REACH_MM = 3.0  # what is farther away is not measured exactly
LARGEST_GAP_MM = 0.3
LARGEST_DEPTH_MM = 0.3
OVERLAP_MM = 1.5  # deeper than any bite: the two frames have nothing to do with each other
CONTACT_MM = 0.1
SMALLEST_SPOT_MM2 = 0.05
# The depth that this many points reach: one stray point is no contact.
FEW_POINTS = 3
SPARSE = 4_000
LEAST_LIKENESS = 0.3
SURE_UPPER, SURE_LOWER = 0.6, 0.5
# Behind the foremost point of the tooth row of a jaw 44 mm deep: canines end, premolars end.
ROW_DEPTH_MM, FRONT_END_MM, PREMOLAR_END_MM = 44.0, 9.5, 23.0


@dataclass(frozen=True, slots=True)
class OcclusionFacts:
    """How two jaws meet. Regions are "right front", "left molar" …, the patient's; none where no arch was found."""

    in_occlusion: bool
    gap_mm: float  # 0 where they touch
    penetration_mm: float  # 0 where they do not
    penetration_region: str | None
    contact_area_mm2: (
        float  # of the lower jaw's surface nearer than CONTACT_MM to the upper one, or inside it
    )
    contact_count: int  # separate spots of that surface
    contact_regions: tuple[tuple[str, float], ...]  # mm² in each region that has any, from right to left
    are_facing: bool  # False only where both arches are clear and do not look at each other
    are_swapped: bool


@dataclass(frozen=True, slots=True, eq=False)
class Meeting:
    """The points of one jaw that are near the other, and their signed distances to it.

    A point whose nearest place is on the other's rim is none of them: a rim has no side.
    """

    points: PointArray  # (n, 3)
    rows: npt.NDArray[np.int64]  # (n,) which vertices they are
    distances: FloatArray  # (n,)


@dataclass(frozen=True, slots=True, eq=False)
class Occlusion:
    """Two jaws measured against each other."""

    facts: OcclusionFacts
    of_upper: Meeting
    of_lower: Meeting
    regions: "Regions | None"
    upper: "Outward"
    lower: "Outward"


@dataclass(frozen=True, slots=True, eq=False)
class Outward:
    """A surface with its outside facing outwards, ready to be asked for distances."""

    mesh: Mesh
    tree: SurfaceTree

    @staticmethod
    def of(mesh: Mesh) -> "Outward":
        return Outward(mesh, build_tree(mesh))


def check_occlusion(upper: Mesh, lower: Mesh) -> OcclusionFacts:
    """How two jaws meet, in a few numbers."""
    return meet(upper, lower).facts


def meet(upper: Mesh, lower: Mesh) -> Occlusion:
    """Measures both jaws against each other: every vertex near the other jaw, to its triangles."""
    upper_out, upper_arch = _outwards(upper)
    lower_out, lower_arch = _outwards(lower)
    above, below = Outward.of(upper_out), Outward.of(lower_out)
    of_lower = near_points(lower_out, above.tree)
    of_upper = near_points(upper_out, below.tree)
    nearest = min(smallest_mm(of_lower), smallest_mm(of_upper))
    gap_mm = max(0.0, nearest) if math.isfinite(nearest) else _rough_gap(lower_out, above.tree)
    depth_mm = max(deepest_mm(of_lower), deepest_mm(of_upper))
    are_swapped = _are_swapped(upper_out, upper_arch, lower_out, lower_arch)
    regions = Regions.of(lower_arch, upper_arch, are_swapped=are_swapped)
    are_facing = _are_facing(upper_arch, lower_arch)
    areas = contact_areas(lower_out, of_lower)
    facts = OcclusionFacts(
        in_occlusion=gap_mm <= LARGEST_GAP_MM and depth_mm < OVERLAP_MM and are_facing,
        gap_mm=round(gap_mm, 3),
        penetration_mm=round(depth_mm, 3),
        penetration_region=_deepest_region(regions, of_lower, of_upper),
        contact_area_mm2=round(float(areas.sum()), 2),
        contact_count=_count_spots(lower_out, of_lower, areas),
        contact_regions=regions.sums(of_lower.points, areas) if regions else (),
        are_facing=are_facing,
        are_swapped=are_swapped,
    )
    return Occlusion(facts, of_upper, of_lower, regions, above, below)


def _outwards(mesh: Mesh) -> tuple[Mesh, Arch | None]:
    """The mesh with its outside facing outwards, and its arch."""
    mesh = facing_outwards(mesh)
    arch = find_arch(mesh)
    return mesh, arch if arch is not None and arch.likeness >= LEAST_LIKENESS else None


def near_points(mesh: Mesh, other: SurfaceTree) -> Meeting:
    """The vertices of `mesh` that are near the other surface, with their signed distances."""
    corners = other.corners.reshape(-1, 3)
    low, high = corners.min(axis=0) - REACH_MM, corners.max(axis=0) + REACH_MM
    rows = np.flatnonzero(((mesh.points >= low) & (mesh.points <= high)).all(axis=1))
    found = find_signed(other, mesh.points[rows], limit=REACH_MM)
    near = np.isfinite(found.distances) & ~found.at_border
    rows = rows[near]
    return Meeting(mesh.points[rows], rows, found.distances[near])


def smallest_mm(meeting: Meeting) -> float:
    return float(meeting.distances.min()) if len(meeting.distances) else math.inf


def _rough_gap(mesh: Mesh, other: SurfaceTree) -> float:
    """The gap of jaws that are far apart, by some of the points of one."""
    some = mesh.points[:: max(1, len(mesh.points) // SPARSE)]
    return float(find_nearest(other, some).distances.min())


def deepest_mm(meeting: Meeting) -> float:
    """How far it runs into the other surface, by more than a stray point; 0 where it does not."""
    if len(meeting.distances) < FEW_POINTS:
        return 0.0
    return max(0.0, -float(np.partition(meeting.distances, FEW_POINTS - 1)[FEW_POINTS - 1]))


def _deepest_region(regions: "Regions | None", *meetings: Meeting) -> str | None:
    deepest = min(meetings, key=smallest_mm)
    if regions is None or deepest_mm(deepest) <= 0.0:
        return None
    few = np.argsort(deepest.distances)[:FEW_POINTS]
    return regions.names(deepest.points[few].mean(axis=0, keepdims=True))[0]


def contact_areas(mesh: Mesh, meeting: Meeting) -> FloatArray:  # (n,)
    """The area around each of a meeting's points, 0 where it does not touch the other jaw."""
    touching = meeting.distances <= CONTACT_MM
    share = np.zeros(len(mesh.points), dtype=np.float64)
    is_contact = np.zeros(len(mesh.points), dtype=np.bool_)
    is_contact[meeting.rows[touching]] = True
    triangles = mesh.triangles[is_contact[mesh.triangles].any(axis=1)]
    a, b, c = (mesh.points[triangles[:, corner]].astype(np.float64) for corner in range(3))
    areas = np.linalg.norm(np.cross(b - a, c - a), axis=1) / 6
    for corner in range(3):
        np.add.at(share, triangles[:, corner], areas)
    return np.asarray(np.where(touching, share[meeting.rows], 0.0))


def _count_spots(mesh: Mesh, meeting: Meeting, areas: FloatArray) -> int:
    """How many separate spots touch; `areas` (n,) belong to the meeting's points."""
    return len(spot_areas(label_spots(mesh, meeting, areas), areas))


def label_spots(mesh: Mesh, meeting: Meeting, areas: FloatArray) -> IntArray:  # (n,)
    """The number of the spot that each of a meeting's points belongs to; `areas` (n,) are of those points."""
    around = np.zeros(len(mesh.points), dtype=np.float64)
    around[meeting.rows] = areas
    triangles = np.ascontiguousarray(mesh.triangles[(around[mesh.triangles] > 0).all(axis=1)])
    labels, _ = label_pieces(Mesh(mesh.points, triangles))
    return labels[meeting.rows]


def spot_areas(labels: IntArray, areas: FloatArray) -> dict[int, float]:
    """Spot → mm², the largest first. Specks do not count."""
    sums = np.bincount(labels, weights=areas)
    large = np.flatnonzero(sums >= SMALLEST_SPOT_MM2)
    return {int(label): float(sums[label]) for label in large[np.argsort(-sums[large], kind="stable")]}


def _are_facing(upper: Arch | None, lower: Arch | None) -> bool:
    """False where both arches are clear and their bites or their fronts look elsewhere."""
    if upper is None or lower is None:
        return True
    return float(upper.occlusal @ lower.occlusal) < -0.5 and float(upper.front @ lower.front) > 0.5


def _are_swapped(upper: Mesh, upper_arch: Arch | None, lower: Mesh, lower_arch: Arch | None) -> bool:
    """Both shapes must speak for it: a palate in the lower file, and no palate in the upper one."""
    if upper_arch is None or lower_arch is None:
        return False
    above, sure_above = jaw_of_shape(upper, upper_arch)
    below, sure_below = jaw_of_shape(lower, lower_arch)
    return (
        below is Jaw.MAXILLA
        and sure_below >= SURE_UPPER
        and above is Jaw.MANDIBLE
        and sure_above >= SURE_LOWER
    )


@dataclass(frozen=True, slots=True, eq=False)
class Regions:
    """Names places along the tooth row, by the arch of one jaw."""

    left: FloatArray  # (3,) to the patient's left
    front: FloatArray  # (3,)
    middle: float
    foremost: float
    scale: float

    @staticmethod
    def of(lower: Arch | None, upper: Arch | None, *, are_swapped: bool) -> "Regions | None":
        arch, is_upper = (lower, are_swapped) if lower is not None else (upper, not are_swapped)
        if arch is None:
            return None
        up = -arch.occlusal if is_upper else arch.occlusal
        left = np.cross(up, arch.front)
        middle = arch.middle if float(left @ arch.side) > 0 else -arch.middle
        scale = min(1.15, max(0.7, arch.depth / ROW_DEPTH_MM))
        return Regions(left, arch.front, middle, arch.foremost, scale)

    def names(self, points: PointArray) -> list[str]:
        """The region of each of points (n, 3)."""
        is_left = points @ self.left > self.middle
        behind = (self.foremost - points @ self.front) / self.scale
        kinds = np.where(
            behind < FRONT_END_MM, "front", np.where(behind < PREMOLAR_END_MM, "premolar", "molar")
        )
        return [f"{'left' if left else 'right'} {kind}" for left, kind in zip(is_left, kinds, strict=True)]

    def sums(self, points: PointArray, areas: FloatArray) -> tuple[tuple[str, float], ...]:
        """The area (n,) of points (n, 3) in each region, around the row from right to left."""
        counted = areas > 0
        if not counted.any():
            return ()
        names = np.array(self.names(points[counted]))
        order = [f"right {kind}" for kind in ("molar", "premolar", "front")]
        order += [f"left {kind}" for kind in ("front", "premolar", "molar")]
        return tuple(
            (name, round(float(areas[counted][names == name].sum()), 2)) for name in order if name in names
        )


def find_occlusion_findings(facts: OcclusionFacts) -> list[Finding]:
    """What there is to say about how two jaws meet; the module's head lists the codes."""
    findings = []
    if facts.are_swapped:
        findings.append(Finding("jaws_swapped", Severity.WARNING))
    if not facts.in_occlusion:
        if facts.gap_mm > LARGEST_GAP_MM:
            findings.append(
                Finding("not_in_occlusion", Severity.WARNING, round(facts.gap_mm, 2), LARGEST_GAP_MM)
            )
        else:
            where = "overlap" if facts.penetration_mm >= OVERLAP_MM else "direction"
            findings.append(Finding("not_in_occlusion", Severity.WARNING, where=where))
    if facts.penetration_mm > LARGEST_DEPTH_MM:
        findings.append(
            Finding(
                "interpenetrating",
                Severity.WARNING,
                round(facts.penetration_mm, 2),
                LARGEST_DEPTH_MM,
                facts.penetration_region,
            )
        )
    return findings
