"""Distances to surfaces whose truth is known: by formula, by brute force, by symmetry."""

import numpy as np
import pytest

from arcada.core.errors import Unreadable
from arcada.core.geometry import distance
from arcada.core.geometry.distance import build_tree, find_nearest, find_signed
from arcada.core.geometry.mesh import Mesh
from tests.core.geometry.made_meshes import ball, open_arch, sheet, together


def block() -> Mesh:
    """A closed cube from -5 to 5, normals outwards."""
    corners = np.array([[i, j, k] for k in (-5, 5) for j in (-5, 5) for i in (-5, 5)], dtype=np.float32)
    sides = [(0, 2, 3, 1), (4, 5, 7, 6), (0, 1, 5, 4), (2, 6, 7, 3), (0, 4, 6, 2), (1, 3, 7, 5)]
    triangles = [t for a, b, c, d in sides for t in ((a, b, c), (a, c, d))]
    return Mesh(corners, np.array(triangles, dtype=np.uint32))


def cloud(count: int, reach: float, seed: int = 1) -> np.ndarray:
    return np.random.default_rng(seed).uniform(-reach, reach, (count, 3)).astype(np.float32)


def to_segment(p: np.ndarray, a: np.ndarray, b: np.ndarray) -> float:
    along = np.clip(np.dot(p - a, b - a) / np.dot(b - a, b - a), 0, 1)
    return float(np.linalg.norm(p - a - along * (b - a)))


def to_triangle(p: np.ndarray, a: np.ndarray, b: np.ndarray, c: np.ndarray) -> float:
    """The schoolbook way: the foot on the plane when it lies inside, else the nearest side."""
    normal = np.cross(b - a, c - a)
    foot = p - normal * np.dot(p - a, normal) / np.dot(normal, normal)
    sides = [np.dot(np.cross(t - s, foot - s), normal) for s, t in ((a, b), (b, c), (c, a))]
    if min(sides) >= 0:
        return float(np.linalg.norm(p - foot))
    return min(to_segment(p, a, b), to_segment(p, b, c), to_segment(p, c, a))


def distance_to_block(points: np.ndarray) -> np.ndarray:
    beyond = np.abs(points.astype(float)) - 5
    return np.linalg.norm(np.maximum(beyond, 0), axis=1) + np.minimum(beyond.max(axis=1), 0)


def test_distances_are_those_of_brute_force_over_all_triangles():
    arch = open_arch(24, 8)
    points = cloud(150, 40)
    corners = arch.points[arch.triangles].astype(float)
    expected = [min(to_triangle(p, *corner) for corner in corners) for p in points.astype(float)]
    np.testing.assert_allclose(
        find_nearest(build_tree(arch), points).distances, expected, rtol=1e-6, atol=1e-6
    )


def test_the_named_triangle_is_the_one_at_that_distance():
    arch = open_arch(60, 20)
    points = cloud(200, 40)
    found = find_nearest(build_tree(arch), points)
    for p, near, t in zip(points.astype(float), found.distances, found.triangles, strict=True):
        assert to_triangle(p, *arch.points[arch.triangles[t]].astype(float)) == pytest.approx(near, abs=1e-6)


def test_signed_distances_to_a_block_follow_the_formula_at_faces_edges_and_corners():
    points = cloud(4000, 12)
    found = find_signed(build_tree(block()), points)
    np.testing.assert_allclose(found.distances, distance_to_block(points), atol=2e-6)
    assert not found.at_border.any()


def test_the_sign_at_a_sharp_tip_is_right_where_face_normals_disagree():
    # Beside the tip, half of the faces look away from the point: one face's normal alone would say "inside".
    spike = Mesh(
        np.array([[0, 0, 0], [1, 0, 20], [-1, 1, 20], [-1, -1, 20]], dtype=np.float32),
        np.array([[0, 2, 1], [0, 3, 2], [0, 1, 3], [1, 2, 3]], dtype=np.uint32),
    )
    around = np.linspace(0, 2 * np.pi, 24, endpoint=False)
    beside = np.stack([3 * np.cos(around), 3 * np.sin(around), np.full(24, -0.6)], axis=1)
    assert (find_signed(build_tree(spike), beside).distances > 0).all()
    assert find_signed(build_tree(spike), np.array([[0, 0, 10]])).distances[0] < 0


def test_a_query_near_the_border_of_a_shell_is_marked():
    plate = sheet(10, 10, lambda u, v: (20 * u - 10, 0 * u, 20 * v - 10))
    found = find_signed(build_tree(plate), np.array([[0, 1, 0], [12, 1, 1], [12, 1, 12]], dtype=np.float32))
    assert found.at_border.tolist() == [False, True, True]
    assert found.distances == pytest.approx(np.array([-1, -np.hypot(2, 1), -3]))


def test_beyond_the_limit_there_is_no_answer_and_below_it_nothing_changes():
    tree = build_tree(ball())
    points = cloud(3000, 30)
    free, bound = find_nearest(tree, points), find_nearest(tree, points, limit=5.0)
    near = free.distances <= 5.0
    np.testing.assert_array_equal(bound.distances[near], free.distances[near])
    assert np.isinf(bound.distances[~near]).all()
    assert (bound.triangles[~near] == -1).all()


def test_the_order_of_the_questions_changes_no_answer():
    tree = build_tree(open_arch(60, 20))
    points = cloud(500, 40)
    mixed = np.random.default_rng(3).permutation(500)
    np.testing.assert_array_equal(
        find_nearest(tree, points).distances[mixed], find_nearest(tree, points[mixed]).distances
    )


@pytest.mark.parametrize("count", [1, 2, 3, 4, 5, 16, 17, 64, 65])
def test_any_number_of_triangles_makes_a_whole_tree(count):
    whole = ball(24)
    part = Mesh(whole.points, np.ascontiguousarray(whole.triangles[:count]))
    points = cloud(50, 20)
    corners = part.points[part.triangles].astype(float)
    expected = [min(to_triangle(p, *corner) for corner in corners) for p in points.astype(float)]
    np.testing.assert_allclose(
        find_nearest(build_tree(part), points).distances, expected, rtol=1e-6, atol=1e-6
    )


def test_coordinates_near_the_end_of_float32_do_no_harm():
    huge = Mesh(ball(12).points * np.float32(1e36), ball(12).triangles)
    found = find_nearest(build_tree(huge), huge.points[:5] * np.float32(1.5))
    assert np.isfinite(found.distances).all()


def test_triangles_that_all_lie_upon_each_other_end_the_search(monkeypatch):
    monkeypatch.setattr(distance, "FEWEST_STEPS", 20_000)
    monkeypatch.setattr(distance, "STEPS_PER_QUERY", 10)
    turns = np.linspace(0, 2 * np.pi, 3000)
    rim = np.stack([30 * np.cos(turns), 0 * turns, 30 * np.sin(turns)], axis=1)
    needles = np.concatenate([rim, -rim, rim + np.array([0, 0.01, 0])]).astype(np.float32)
    number = np.arange(3000)
    tangle = Mesh(needles, np.stack([number, number + 3000, number + 6000], axis=1).astype(np.uint32))
    with pytest.raises(Unreadable) as trouble:
        find_nearest(build_tree(tangle), cloud(2000, 5))
    assert trouble.value.code == "too_tangled"


def test_a_vertex_with_thousands_of_triangles_does_not_slow_the_sign():
    count = 50_000
    turn = np.linspace(0, 2 * np.pi, count, endpoint=False)
    points = np.vstack([[[0, 9, 0]], np.stack([30 * np.cos(turn), 0 * turn, 30 * np.sin(turn)], axis=1)])
    rim = 1 + np.arange(count)
    fan = Mesh(
        points.astype(np.float32), np.stack([0 * rim, np.roll(rim, -1), rim], axis=1).astype(np.uint32)
    )
    above = find_signed(build_tree(fan), np.tile(np.float32([[0, 12, 0]]), (200, 1)))
    assert (above.distances > 0).all() or (above.distances < 0).all()


def test_a_surface_is_at_no_distance_from_itself():
    pair = together(ball(), ball(24, 3.0, (30, 0, 0)))
    assert find_nearest(build_tree(pair), pair.points).distances.max() == 0.0


def test_triangles_without_width_are_edges_or_points_not_a_division_by_zero():
    points = np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 0]], dtype=np.float32)
    flat = np.array([[0, 0, 1], [0, 3, 2], [1, 1, 1], [0, 1, 2]], dtype=np.uint32)
    queries = np.array([[0.5, -1, 0], [-1, 0.5, 0], [2, 0, 0], [0.2, 0.2, 1]], dtype=np.float32)
    tree = build_tree(Mesh(points, flat))
    np.testing.assert_allclose(find_nearest(tree, queries).distances, [1, 1, 1, 1], atol=1e-6)
    find_signed(tree, queries)
