"""The coarse level is the same scan with fewer triangles: same place, same border, same colours."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arcada.core.geometry import level_kernels
from arcada.core.geometry.levels import better_level, coarse_level
from arcada.core.geometry.mesh import Mesh
from tests.core.geometry.made_meshes import ball, border_edges, open_arch, sheet, together, triangle_set


def assert_sound(mesh: Mesh) -> None:
    """Every triangle has three vertices and an area and is there once; every vertex is used."""
    assert mesh.points.dtype == np.float32 and mesh.triangles.dtype == np.uint32
    assert np.isfinite(mesh.points).all()
    assert np.array_equal(np.unique(mesh.triangles), np.arange(len(mesh.points)))
    trios = np.sort(mesh.triangles, axis=1)
    assert (trios[:, 0] < trios[:, 1]).all() and (trios[:, 1] < trios[:, 2]).all()
    assert len(np.unique(trios, axis=0)) == len(trios)
    corners = mesh.points[mesh.triangles].astype(np.float64)
    area = np.linalg.norm(np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]), axis=1)
    assert (area > 0).all()
    assert mesh.colours is None or mesh.colours.shape == mesh.points.shape


def farthest_from(points: np.ndarray, others: np.ndarray) -> float:
    """The largest distance that one of the points has to the nearest of the others."""
    away = np.linalg.norm(points[:, None, :].astype(np.float64) - others[None, :, :], axis=2)
    return float(away.min(axis=1).max())


def pieces(mesh: Mesh) -> int:
    """How many parts hang together."""
    piece = np.arange(len(mesh.points))
    for _ in range(len(mesh.points)):
        before = piece.copy()
        np.minimum.at(piece, mesh.triangles, piece[mesh.triangles].min(axis=1)[:, None])
        piece = piece[piece]
        if np.array_equal(piece, before):
            break
    return len(np.unique(piece))


@pytest.mark.parametrize("level", [coarse_level, better_level])
@pytest.mark.parametrize("target", [1_000, 4_000, 10_000])
@pytest.mark.parametrize("make", [open_arch, lambda: ball(220)])
def test_a_level_has_about_the_triangles_asked_for(level, target, make):
    coarse = level(make(), target)
    assert 0.8 * target <= len(coarse.triangles) <= 1.1 * target
    assert_sound(coarse)


@pytest.mark.parametrize("level", [coarse_level, better_level])
def test_a_scan_that_is_small_already_stays_as_it_is(level):
    small = ball(24)
    assert level(small, len(small.triangles)) is small


def test_a_coarse_border_consists_of_points_of_the_scans_own_border():
    arch = open_arch()
    coarse = coarse_level(arch, 2_000)
    before, after = border_edges(arch), border_edges(coarse)
    own = {point.tobytes() for point in arch.points[np.unique(before)]}
    kept = [point.tobytes() in own for point in coarse.points[np.unique(after)]]
    assert np.mean(kept) > 0.98
    length_before = np.linalg.norm(np.diff(arch.points[before], axis=1), axis=2).sum()
    length_after = np.linalg.norm(np.diff(coarse.points[after], axis=1), axis=2).sum()
    assert length_after == pytest.approx(length_before, rel=0.03)


def test_a_coarse_border_reaches_as_far_as_the_scans():
    arch = open_arch()
    border = arch.points[np.unique(border_edges(arch))]
    coarse = coarse_level(arch, 2_000)
    assert farthest_from(border, coarse.points[np.unique(border_edges(coarse))]) < 2.0
    for side in (np.min, np.max):
        assert np.abs(side(coarse.points, axis=0) - side(arch.points, axis=0)).max() < 0.5


def test_a_coarse_ball_keeps_its_radius_and_looks_outwards_everywhere():
    coarse = coarse_level(ball(220, radius=10.0), 3_000)
    radius = np.linalg.norm(coarse.points.astype(np.float64), axis=1)
    assert radius.min() > 9.9 and radius.max() < 10.1
    corners = coarse.points[coarse.triangles].astype(np.float64)
    normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    assert (np.einsum("ij,ij->i", normals, corners.mean(axis=1)) > 0).all()


def test_a_closed_cast_stays_closed():
    coarse = coarse_level(ball(220), 3_000)
    assert len(border_edges(coarse)) == 0


def test_a_file_that_holds_both_sides_of_each_triangle_gets_a_level_too():
    one_side = open_arch()
    both = Mesh(one_side.points, np.concatenate([one_side.triangles, one_side.triangles[:, ::-1]]))
    coarse = coarse_level(both, 2_000)
    assert 1_600 <= len(coarse.triangles) <= 2_200
    assert_sound(coarse)


def test_triangles_of_different_clusters_keep_their_winding():
    arch = open_arch(40, 20)
    own_cluster = np.arange(len(arch.points), dtype=np.int32)
    kept = level_kernels.collapse_triangles(arch.triangles, own_cluster)
    assert np.array_equal(triangle_set(kept), triangle_set(arch.triangles))


def test_a_triangle_without_an_area_is_left_out():
    needle = Mesh(
        np.array([[30, 0, 0], [40, 0, 0], [50, 0, 0]], dtype=np.float32),
        np.array([[0, 1, 2]], dtype=np.uint32),
    )
    coarse = coarse_level(together(ball(160), needle), 2_000)
    assert_sound(coarse)
    assert coarse.points[:, 0].max() < 11


def test_a_sharp_edge_stays_sharp():
    def roof(u, v):
        return 40 * u, 10 - np.abs(v - 0.5) * 20, 40 * v

    coarse = coarse_level(sheet(150, 150, roof), 1_500)
    assert coarse.points[:, 1].max() == pytest.approx(10.0, abs=0.02)
    along_the_ridge = coarse.points[np.abs(coarse.points[:, 2] - 20.0) < 0.3]
    assert len(along_the_ridge) > 10
    assert along_the_ridge[:, 1].min() > 9.8


def test_teeth_that_nearly_touch_do_not_grow_together():
    left, right = ball(160, radius=5.0), ball(160, radius=5.0, centre=(10.05, 0.0, 0.0))
    coarse = coarse_level(together(left, right), 1_500)
    assert pieces(coarse) == 2


def test_the_two_sides_of_a_thin_wall_stay_apart():
    front = sheet(120, 120, lambda u, v: (40 * u, 40 * v, 0 * u))
    back = sheet(120, 120, lambda u, v: (40 * u, 40 * v, 0 * u - 0.05))
    coarse = coarse_level(together(front, back), 2_000)
    depths = coarse.points[coarse.triangles][:, :, 2]
    assert (np.ptp(depths, axis=1) == 0).all()


@pytest.mark.parametrize("level", [coarse_level, better_level])
def test_colours_are_averaged_as_light_and_not_as_numbers(level):
    def black_or_white(u, v):
        square = (np.rint(u * 200) + np.rint(v * 200)) % 2 * 255
        return square, square, square

    coarse = level(sheet(200, 200, lambda u, v: (40 * u, 40 * v, 0.3 * np.sin(9 * u)), black_or_white), 800)
    assert coarse.colours is not None
    # Half the light is sRGB 188; the mean of the numbers would be 128.
    assert np.median(coarse.colours) == pytest.approx(188, abs=6)


@pytest.mark.parametrize("level", [coarse_level, better_level])
def test_a_scan_of_one_colour_keeps_that_very_colour(level):
    coarse = level(open_arch(120, 60, lambda u, v: (0 * u + 201, 0 * u + 97, 0 * u + 3)), 1_000)
    assert coarse.colours is not None
    assert (coarse.colours == [201, 97, 3]).all()


def test_the_better_level_follows_the_shape_more_closely():
    def error(level: Mesh) -> float:
        middles = level.points[level.triangles].astype(np.float64).mean(axis=1)
        return float(np.abs(np.linalg.norm(middles, axis=1) - 10.0).mean())

    full = ball(220, radius=10.0)
    assert error(better_level(full, 1_000)) < 1.2 * error(coarse_level(full, 1_000))


@settings(max_examples=150, deadline=None)
@given(
    st.integers(3, 60).flatmap(
        lambda vertices: st.tuples(
            st.lists(st.tuples(*[st.floats(-1e6, 1e6, width=32)] * 3), min_size=vertices, max_size=vertices),
            st.lists(
                st.lists(st.integers(0, vertices - 1), min_size=3, max_size=3, unique=True),
                min_size=6,
                max_size=120,
            ),
        )
    ),
    st.integers(1, 20),
)
def test_any_soup_of_triangles_gives_a_sound_level_or_stays_as_it_is(soup, target):
    points, triangles = soup
    mesh = Mesh(np.array(points, dtype=np.float32), np.array(triangles, dtype=np.uint32))
    coarse = coarse_level(mesh, target)
    if coarse is not mesh:
        assert_sound(coarse)


def test_a_mesh_in_read_only_memory_compiles_no_kernel_again():
    level_kernels.warm()
    compiled = len(level_kernels.collapse_triangles.signatures)
    arch = open_arch(60, 30)
    for array in (arch.points, arch.triangles):
        array.flags.writeable = False
    coarse_level(arch, 500)
    assert len(level_kernels.collapse_triangles.signatures) == compiled == 1
    assert len(level_kernels.mark_border.signatures) == 1
