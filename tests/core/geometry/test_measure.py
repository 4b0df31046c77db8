"""What `measure` says of surfaces whose truth is known."""

from pathlib import Path

import numpy as np
import pytest

from arcada.core.anatomy import Jaw
from arcada.core.findings import Severity
from arcada.core.geometry.measure import find_scan_findings, judge_unit, measure
from arcada.core.geometry.mesh import Mesh
from arcada.core.geometry.specimen.arch import make_arch
from tests.core.geometry.made_meshes import ball, open_arch, sheet, together

DATA = Path(__file__).parents[4] / "shared" / "data"
needs_data = pytest.mark.skipif(not DATA.is_dir(), reason="the folder of real files is absent")


def box(x: float, y: float, z: float) -> Mesh:
    """A closed block with its corner at the origin, normals outwards."""
    corners = np.array([[i, j, k] for k in (0, z) for j in (0, y) for i in (0, x)], dtype=np.float32)
    sides = [(0, 2, 3, 1), (4, 5, 7, 6), (0, 1, 5, 4), (2, 6, 7, 3), (0, 4, 6, 2), (1, 3, 7, 5)]
    triangles = [t for a, b, c, d in sides for t in ((a, b, c), (a, c, d))]
    return Mesh(corners, np.array(triangles, dtype=np.uint32))


def without(mesh: Mesh, *rows: int) -> Mesh:
    return Mesh(mesh.points, np.delete(mesh.triangles, rows, axis=0))


def with_triangles(mesh: Mesh, *more: tuple[int, int, int]) -> Mesh:
    return Mesh(mesh.points, np.vstack([mesh.triangles, np.array(more, dtype=np.uint32)]))


def turned(mesh: Mesh) -> Mesh:
    return Mesh(mesh.points, np.ascontiguousarray(mesh.triangles[:, ::-1]))


def scaled(mesh: Mesh, factor: float) -> Mesh:
    return Mesh((mesh.points * np.float32(factor)).astype(np.float32), mesh.triangles)


def codes(mesh: Mesh, **options) -> dict[str, Severity]:
    return {finding.code: finding.severity for finding in find_scan_findings(measure(mesh), **options)}


def test_a_block_has_its_area_volume_box_and_mean_edge():
    found = measure(box(10, 20, 30))
    assert found.area_mm2 == pytest.approx(2 * (200 + 300 + 600))
    assert found.volume_mm3 == pytest.approx(6000)
    assert found.extent == (10.0, 20.0, 30.0)
    assert (found.box_min, found.box_max) == ((0.0, 0.0, 0.0), (10.0, 20.0, 30.0))
    edges = sum(
        np.linalg.norm(box(10, 20, 30).points[t] - box(10, 20, 30).points[np.roll(t, 1)], axis=1).sum()
        for t in box(10, 20, 30).triangles
    )
    assert found.mean_edge_mm == pytest.approx(edges / 36)
    assert (found.border_loops, found.components, found.component_sizes) == (0, 1, (12,))
    assert find_scan_findings(found) == []


def test_the_volume_of_a_block_far_from_the_origin_keeps_its_digits():
    far = box(10, 20, 30)
    far = Mesh(far.points + np.float32(4096), far.triangles)
    assert measure(far).volume_mm3 == pytest.approx(6000, rel=1e-9)


@pytest.mark.parametrize(
    ("extent", "unit"),
    [
        (68.0, "mm"),
        (8.0, "mm"),
        (2.7, "inch"),
        (0.35, "inch"),
        (0.068, "m"),
        (0.008, "m"),
        (68_000.0, "µm"),
        (900.0, "unknown"),
        (0.001, "unknown"),
        (1e7, "unknown"),
    ],
)
def test_the_unit_is_judged_by_the_largest_extent(extent, unit):
    assert judge_unit(extent)[0] == unit


@pytest.mark.parametrize(
    ("factor", "code"),
    [(1 / 25.4, "unit_inches"), (0.001, "unit_metres"), (1000.0, "unit_micrometres"), (20.0, "unit_unknown")],
)
def test_an_arch_in_another_unit_is_named_and_measured_in_millimetres(factor, code):
    arch = open_arch()
    found = measure(scaled(arch, factor))
    assert [f.code for f in find_scan_findings(found)] == [code]
    if code != "unit_unknown":
        assert found.area_mm2 == pytest.approx(measure(arch).area_mm2, rel=1e-3)
        assert found.extent_mm == pytest.approx(measure(arch).extent_mm, rel=1e-4)


def test_the_border_of_an_open_arch_is_no_finding():
    found = measure(open_arch())
    assert (found.border_loops, found.hole_count) == (1, 0)
    assert find_scan_findings(found, is_arch_expected=True) == []


def test_a_hole_inside_an_open_arch_is_found_with_its_size_and_place():
    arch = open_arch()
    middle = arch.points[arch.triangles].mean(axis=1)
    target = middle[np.argmax(middle[:, 1] + middle[:, 2])]  # on the front teeth, away from the border
    inside = np.linalg.norm(middle - target, axis=1) < 2.0
    found = measure(without(arch, *np.flatnonzero(inside)))
    assert (found.border_loops, found.hole_count) == (2, 1)
    assert found.holes[0].diameter_mm == pytest.approx(4.0, abs=1.0)
    assert np.linalg.norm(np.array(found.holes[0].centre) - target) < 0.7
    for is_arch_expected, severity in ((True, Severity.WARNING), (False, Severity.NOTE)):
        (finding,) = find_scan_findings(found, is_arch_expected=is_arch_expected)
        assert (finding.code, finding.severity, finding.value) == ("holes_inside", severity, 1)


def test_a_hole_in_a_closed_cast_is_a_hole_and_not_its_border():
    found = measure(without(ball(), 100, 101))
    assert (found.border_loops, found.hole_count) == (1, 1)
    assert find_scan_findings(found, is_arch_expected=True)[0].severity is Severity.NOTE  # below a millimetre


def test_two_holes_that_do_not_touch_are_two():
    assert measure(without(ball(), 100, 4000)).hole_count == 2


def test_a_ring_shaped_scan_without_its_palate_has_no_hole():
    ring = sheet(
        120,
        20,
        lambda u, v: (
            (20 + 12 * v) * np.cos(2 * np.pi * u),
            4 * np.sin(np.pi * v),
            (20 + 12 * v) * np.sin(2 * np.pi * u),
        ),
    )
    welded, number = np.unique(np.round(ring.points, 4), axis=0, return_inverse=True)
    found = measure(
        Mesh(
            np.ascontiguousarray(welded),
            np.ascontiguousarray(number.ravel()[ring.triangles].astype(np.uint32)),
        )
    )
    assert (found.border_loops, found.hole_count) == (2, 0)


def test_an_edge_with_three_triangles_is_non_manifold():
    cube = box(10, 10, 10)
    fin = Mesh(np.vstack([cube.points, [[20, 20, 20]]]).astype(np.float32), cube.triangles)
    assert measure(with_triangles(fin, (0, 1, 8))).non_manifold_edges == 1


def test_a_repeated_triangle_is_counted_once_whatever_its_winding_and_start():
    cube = box(10, 10, 10)
    a, b, c = (int(i) for i in cube.triangles[5])
    for again in ((a, b, c), (b, c, a), (c, b, a)):
        assert measure(with_triangles(cube, again)).duplicate_triangles == 1
    assert measure(with_triangles(cube, (a, b, c), (a, b, c))).duplicate_triangles == 2
    assert measure(cube).duplicate_triangles == 0


def test_one_turned_triangle_breaks_three_edges():
    cube = box(10, 10, 10)
    cube.triangles[3] = cube.triangles[3][::-1]
    assert measure(cube).inconsistent_edges == 3


def test_triangles_without_area_are_counted():
    cube = box(10, 10, 10)
    points = np.vstack([cube.points, [[5, 0, 0]]]).astype(np.float32)
    line = (0, 1, 8)
    assert (
        measure(
            Mesh(points, np.vstack([cube.triangles, [line, (3, 3, 4)]]).astype(np.uint32))
        ).zero_area_triangles
        == 2
    )


@pytest.mark.parametrize("jaw", [Jaw.MAXILLA, Jaw.MANDIBLE])
def test_an_open_arch_whose_outside_faces_inwards_is_inverted(jaw):
    arch = make_arch(jaw, seed=3, triangles=30_000, colours=False)
    assert not measure(arch).inverted
    assert measure(turned(arch)).inverted


def test_a_closed_body_whose_outside_faces_inwards_is_inverted():
    assert not measure(ball()).inverted
    assert measure(turned(ball())).inverted
    assert "inverted" in codes(turned(ball()))


def test_a_flat_patch_is_not_called_inverted_either_way():
    patch = sheet(20, 20, lambda u, v: (20 * u, 0.1 * np.sin(9 * u), 20 * v))
    assert not measure(patch).inverted
    assert not measure(turned(patch)).inverted


def test_separate_teeth_are_teeth_and_not_fragments():
    teeth = together(*(ball(24, 4.0, (10 * i, 0, 0)) for i in range(6)))
    assert codes(teeth, is_arch_expected=True) == {"teeth_only": Severity.WARNING}


def test_pieces_beside_an_arch_are_fragments_and_specks_a_note():
    arch, speck, piece = open_arch(), box(1, 1, 1), ball(24, 2.0, (60, 0, 0))
    speck = Mesh(speck.points + np.float32(50), speck.triangles)
    assert codes(together(arch, speck)) == {"fragments": Severity.NOTE}
    assert codes(together(arch, speck, piece)) == {"fragments": Severity.WARNING}


def test_two_jaws_in_one_bite_scan_are_not_fragments():
    upper = open_arch()
    lower = Mesh(upper.points - np.float32([0, 30, 0]), upper.triangles)
    assert codes(together(upper, lower)) == {}


@pytest.mark.parametrize("size_mm", [8.0, 240.0])
def test_a_file_too_small_or_too_large_for_an_arch_is_asked_about_only_where_an_arch_is_expected(size_mm):
    thing = scaled(ball(), size_mm / 20)
    assert "not_an_arch" not in codes(thing)
    assert ("not_an_arch" in codes(thing, is_arch_expected=True)) or "unit_unknown" in codes(thing)


def test_something_unlike_an_arch_is_asked_about():
    thing = scaled(ball(), 3)
    assert codes(thing, is_arch_expected=True, arch_likeness=0.0) == {"not_an_arch": Severity.WARNING}
    assert codes(thing, is_arch_expected=True, arch_likeness=0.9) == {}


def test_a_part_of_an_arch_is_not_called_wrong_for_its_shape():
    assert codes(scaled(ball(), 1.5), is_arch_expected=True, arch_likeness=0.0) == {}


def test_two_hundred_thousand_triangles_around_one_vertex_do_not_hang():
    count = 200_000
    turn = np.linspace(0, 2 * np.pi, count, endpoint=False)
    points = np.vstack(
        [[[0, 0, 0]], np.stack([30 * np.cos(turn), np.zeros(count), 30 * np.sin(turn)], axis=1)]
    )
    rim = 1 + np.arange(count)
    triangles = np.stack([np.zeros(count, dtype=int), rim, np.roll(rim, -1)], axis=1)
    triangles = np.random.default_rng(1).permutation(triangles)  # an order that a simple sort would choke on
    found = measure(Mesh(points.astype(np.float32), triangles.astype(np.uint32)))
    assert (found.border_loops, found.non_manifold_edges, found.components) == (1, 0, 1)


def test_coordinates_near_the_end_of_float32_give_numbers():
    found = measure(scaled(ball(24), 3e37))
    assert np.isfinite([found.area_mm2, found.volume_mm3, *found.extent]).all()
    assert (found.unit, found.zero_area_triangles) == ("unknown", 0)


def test_points_that_no_triangle_uses_count_for_nothing():
    cube = box(10, 10, 10)
    found = measure(
        Mesh(np.vstack([[[900, 900, 900]], cube.points]).astype(np.float32), cube.triangles + np.uint32(1))
    )
    assert (found.extent, found.components) == ((10.0, 10.0, 10.0), 1)


@needs_data
def test_the_lab_scan_is_one_closed_body_in_millimetres():
    raw = np.frombuffer((DATA / "scans" / "labscan-scan01.stl").read_bytes(), np.uint8, offset=84).reshape(
        -1, 50
    )
    corners = np.ascontiguousarray(raw[:, 12:48]).view("<f4").reshape(-1, 3)
    points, number = np.unique(corners, axis=0, return_inverse=True)
    found = measure(Mesh(np.ascontiguousarray(points), number.reshape(-1, 3).astype(np.uint32)))
    assert (found.unit, found.components, found.border_loops, found.inverted) == ("mm", 1, 0, False)
    assert find_scan_findings(found, is_arch_expected=True) == []
