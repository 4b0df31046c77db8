"""Contacts of two jaws: known gaps, known overlaps, spots, and jaws that do not meet."""

import numpy as np
import pytest

from arcada.core.geometry.contacts import find_contacts
from arcada.core.geometry.distance import build_tree, find_nearest, find_signed
from arcada.core.geometry.heat import as_bytes, as_distances
from arcada.core.geometry.mesh import Mesh
from arcada.core.heat_scale import CONTACTS, DEVIATION, NOTHING
from tests.core.geometry.made_meshes import ball, sheet
from tests.core.geometry.test_distance import to_triangle
from tests.core.geometry.test_occlusion import moved, pair


def plate(height: float, *, up: bool, squares: int = 40) -> Mesh:
    """30 mm wide, at a height, looking up or down."""
    made = sheet(squares, squares, lambda u, v: (30 * u - 15, 0 * u + height, 30 * v - 15))
    triangles = made.triangles if not up else made.triangles[:, ::-1]
    return Mesh(made.points, np.ascontiguousarray(triangles))


def facing_plates(gap: float) -> tuple[Mesh, Mesh]:
    """Upper and lower; which way a grid looks is read from its first triangle."""
    upper, lower = plate(gap, up=False), plate(0.0, up=True)
    a, b, c = lower.points[lower.triangles[0]].astype(float)
    if np.cross(b - a, c - a)[1] < 0:
        upper, lower = plate(gap, up=True), plate(0.0, up=False)
    return upper, lower


def test_planes_a_tenth_of_a_millimetre_apart_are_a_hundred_micrometres_apart():
    found = find_contacts(*facing_plates(0.1))
    for side in (found.of_upper, found.of_lower):
        assert side is not None
        inner = side.distances[~np.isnan(side.distances)]
        assert len(inner) > 1000
        np.testing.assert_allclose(inner * 1000, 100, atol=1)
        assert set(np.unique(side.values)) == {NOTHING, CONTACTS.zero + 10}


def test_planes_that_run_into_each_other_are_as_deep_and_negative():
    found = find_contacts(*facing_plates(-0.12))
    assert found.of_lower is not None
    inner = found.of_lower.distances[~np.isnan(found.of_lower.distances)]
    np.testing.assert_allclose(inner * 1000, -120, atol=1)
    (spot,) = found.of_lower.spots
    assert spot.deepest_um == pytest.approx(-120, abs=1)
    # A border of half a square is nearest to the other plate's rim and says nothing.
    assert 25**2 < spot.area_mm2 < 30**2
    assert np.abs(spot.point).max() < 2


def test_crossing_spheres_have_the_right_sign_everywhere_but_at_the_rim():
    one, other = ball(160, 10.0), ball(160, 10.0, centre=(12.0, 0.0, 0.0))
    found = find_signed(build_tree(other), one.points, limit=4.0)
    truth = np.linalg.norm(one.points.astype(float) - [12, 0, 0], axis=1) - 10.0
    sagitta = 10.0 * (1 - np.cos(np.pi / 160)) * 2.2  # how far the flat triangles lie inside the sphere
    counts = np.isfinite(found.distances) & (np.abs(truth) > sagitta)
    assert counts.sum() > 2000
    assert (np.sign(found.distances[counts]) == np.sign(truth[counts])).all()
    assert (found.distances[counts] < 0).any() and (found.distances[counts] > 0).any()


def test_at_a_sharp_ridge_the_sign_is_right_where_plain_face_normals_are_wrong():
    # A blade: beside its edge the nearest face may look away from the point although the point is outside.
    blade = Mesh(
        np.array([[0, 0, -9], [0, 0, 9], [-1.4, -8, 0], [1.4, -8, 0]], dtype=np.float32),
        np.array([[0, 1, 2], [0, 3, 1], [0, 2, 3], [1, 3, 2]], dtype=np.uint32),
    )
    a, b, c, d = blade.points.astype(float)
    if np.dot(np.cross(b - a, c - a), d - a) > 0:
        blade = Mesh(blade.points, np.ascontiguousarray(blade.triangles[:, ::-1]))
    turns = np.linspace(np.radians(15), np.radians(165), 60)
    points = np.stack([0.5 * np.cos(turns), 0.5 * np.sin(turns), np.zeros(60)], axis=1).astype(np.float32)
    found = find_signed(build_tree(blade), points)
    assert (found.distances > 0).all()
    corners = blade.points[blade.triangles[found.triangles]].astype(float)
    normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    plain = ((points - corners[:, 0]) * normals).sum(axis=1)
    assert (plain < 0).any(), "the test no longer has a point at which one face's normal is wrong"


def test_distances_of_contacts_are_those_of_brute_force():
    upper, lower = (Mesh(m.points, m.triangles) for m in (ball(20, 9.0), ball(20, 9.0, centre=(0, 17.9, 0))))
    tree = build_tree(lower)
    found = find_nearest(tree, upper.points, limit=2.0)
    corners = lower.points[lower.triangles].astype(float)
    for point, distance in zip(upper.points.astype(float), found.distances, strict=True):
        truth = min(to_triangle(point, *corner) for corner in corners)
        assert distance == pytest.approx(truth, abs=1e-5) if truth <= 2.0 else np.isinf(distance)


def test_a_pair_in_the_bite_has_spots_on_both_jaws_that_lie_on_their_surfaces():
    upper, lower = pair()
    found = find_contacts(upper, lower)
    assert found.of_upper is not None and found.of_lower is not None
    for mesh, side in ((upper, found.of_upper), (lower, found.of_lower)):
        assert len(side.values) == len(mesh.points)
        assert len(side.spots) > 5
        areas = [spot.area_mm2 for spot in side.spots]
        assert areas == sorted(areas, reverse=True) and sum(areas) <= side.area_mm2 + 0.01
        at = np.array([spot.point for spot in side.spots], dtype=np.float32)
        assert find_nearest(build_tree(mesh), at).distances.max() < 1e-3
        assert all(spot.deepest_um <= 100 for spot in side.spots)
        assert {spot.region.split()[0] for spot in side.spots if spot.region} == {"right", "left"}
    assert found.of_lower.area_mm2 == pytest.approx(found.facts.contact_area_mm2)


def test_of_jaws_that_do_not_meet_no_picture_is_made():
    upper, lower = pair()
    found = find_contacts(moved(upper, 0, 5, 0), lower)
    assert not found.facts.in_occlusion
    assert found.of_upper is None and found.of_lower is None


@pytest.mark.parametrize("scale", [CONTACTS, DEVIATION])
def test_a_byte_says_its_distance_to_half_a_step(scale):
    lowest = (1 - scale.zero) * scale.step_um / 1000
    asked = np.linspace(max(lowest, -scale.cutoff_mm), scale.cutoff_mm, 4001)
    values = as_bytes(asked, scale)
    assert values.min() >= 1
    np.testing.assert_allclose(as_distances(values, scale), asked, atol=scale.step_um / 2000 + 1e-9)


def test_nothing_is_said_beyond_the_cutoff_and_the_deepest_byte_holds_what_is_deeper():
    values = as_bytes(np.array([np.nan, np.inf, 2.001, 2.0, 0.0, -0.54, -1.4, -2.1]), CONTACTS)
    assert values.tolist() == [0, 0, 0, 255, 55, 1, 1, 0]
