"""Intake of a scan or a design: read, measure, orient, judge, levels, stream, posters."""

from dataclasses import replace
from typing import Final

from arcada.core.anatomy import Jaw
from arcada.core.file_names import jaw_in_name
from arcada.core.findings import Finding, blocks
from arcada.core.geometry.digest import geometry_digest
from arcada.core.geometry.facts import Orientation, ScanFacts
from arcada.core.geometry.levels import coarse_level
from arcada.core.geometry.measure import Measures, find_scan_findings, measure
from arcada.core.geometry.mesh import Mesh
from arcada.core.geometry.pose import find_pose
from arcada.core.geometry.poster import render_posters
from arcada.core.geometry.read import ReadScan
from arcada.core.geometry.read_scan import read_scan
from arcada.core.geometry.stream import COARSE_BITS, FULL_BITS, encode_glb
from arcada.core.geometry.views import View
from arcada.core.images.webp import encode_webp
from arcada.core.prepared import Parts, Task
from arcada.core.slots import EXPECTED_JAW
from arcada.core.upload_standard import check_scan, weigh

MILLIMETRES_OF: Final = {"mm": 1.0, "inch": 25.4, "m": 1000.0, "µm": 0.001}
# A jaw that is less sure than this is not told: it would only raise false alarms.
_SURE_ENOUGH: Final = 0.5


def prepare_scan(task: Task) -> Parts:
    """Everything that follows from the bytes of one scan; `Unreadable` where they hold none."""
    scan = read_scan(task.data, task.format, task.declared.companions)
    measures = _measured(scan.mesh, task.declared.unit)
    hint = EXPECTED_JAW.get(task.place.code, Jaw.UNKNOWN)
    named = jaw_in_name(task.declared.name)
    pose = find_pose(scan.mesh, name_hint=named, place_hint=hint, is_inverted=measures.inverted)
    facts = ScanFacts(
        format=scan.format,
        bytes=len(task.data),
        sha256=task.sha256,
        triangles=measures.triangles,
        vertices=measures.vertices,
        unit=measures.unit,
        extent_mm=measures.extent_mm,
        has_colour=scan.mesh.colours is not None,
        jaw=pose.jaw if pose.jaw_confidence >= _SURE_ENOUGH else Jaw.UNKNOWN,
        components=measures.components,
        border_loops=measures.border_loops,
        orientation=pose.orientation,
        kind=task.kind.value,
        geometry_digest=geometry_digest(scan.mesh),
    )
    findings = _judge(task, scan, measures, facts, pose.likeness)
    if blocks(findings):
        return Parts(facts, findings)
    return Parts(
        facts=facts,
        findings=findings,
        receipt=scan.removed,
        cleaned=scan.cleaned,
        cleaned_companions=scan.cleaned_companions,
        renditions={
            **_streams(scan.mesh, measures.unit_factor_to_mm),
            **_posters(scan.mesh, pose.orientation, task.declared.posters),
        },
    )


def _measured(mesh: Mesh, unit: str | None) -> Measures:
    """The measures, in the unit that a person confirmed where there is one."""
    measures = measure(mesh)
    if unit not in MILLIMETRES_OF or unit == measures.unit:
        return measures
    factor = MILLIMETRES_OF[unit]
    ratio = factor / measures.unit_factor_to_mm
    return replace(
        measures,
        unit=unit,
        unit_factor_to_mm=factor,
        holes=tuple(
            replace(hole, perimeter_mm=hole.perimeter_mm * ratio, diameter_mm=hole.diameter_mm * ratio)
            for hole in measures.holes
        ),
        component_extents_mm=tuple(extent * ratio for extent in measures.component_extents_mm),
        area_mm2=measures.area_mm2 * ratio**2,
        volume_mm3=measures.volume_mm3 * ratio**3,
        mean_edge_mm=measures.mean_edge_mm * ratio,
    )


def _judge(
    task: Task, scan: ReadScan, measures: Measures, facts: ScanFacts, likeness: float
) -> tuple[Finding, ...]:
    is_arch_expected = task.place.code in EXPECTED_JAW or task.place.weight("arch_expected") is not None
    surface = find_scan_findings(measures, is_arch_expected=is_arch_expected, arch_likeness=likeness)
    if task.declared.unit in MILLIMETRES_OF:
        surface = [finding for finding in surface if not finding.code.startswith("unit_")]
    found = [*task.findings, *scan.findings, *surface, *check_scan(task.standard, task.place, facts)]
    return tuple(weigh(task.place, found, keep=bool(task.declared.keep_reason)))


def _streams(mesh: Mesh, unit_factor_to_mm: float) -> dict[str, bytes]:
    """The coarse and the full level for the viewer, in millimetres where the file has them."""
    return {
        "coarse.glb": encode_glb(coarse_level(mesh), bits=COARSE_BITS, unit_factor_to_mm=unit_factor_to_mm),
        "full.glb": encode_glb(mesh, bits=FULL_BITS, unit_factor_to_mm=unit_factor_to_mm),
    }


def _posters(mesh: Mesh, orientation: Orientation, views: tuple[str, ...]) -> dict[str, bytes]:
    drawn = render_posters(mesh, orientation, [View(view) for view in views])
    return {f"poster-{view.value}.webp": encode_webp(pixels) for view, pixels in drawn.items()}
