"""A restoration against its antagonist: its shape tells which jaw it sits on, and only then are there contacts."""

import numpy as np
import pytest

from arcada.core.anatomy import Jaw
from arcada.core.geometry.mesh import Mesh
from arcada.core.geometry.restoration import NoAntagonist, find_restoration_contacts, find_seat
from arcada.core.geometry.specimen import make_crown, make_pair
from tests.core.geometry.made_meshes import sheet

CEMENT = 0.05
BOTTOM = -3.0  # of the preparation
PLATEAU = 1.2  # half of its width


def prepared_jaw() -> Mesh:
    """30 mm wide, looking up, flat at the height 0, with a box prepared in its middle."""

    def surface(u, v):
        x, z = 30 * u - 15, 30 * v - 15
        is_box = np.maximum(np.abs(x), np.abs(z)) < 4.05
        return x, np.where(is_box, BOTTOM, 0.0), z

    return looking(sheet(100, 100, surface), up=True)


def antagonist(height: float) -> Mesh:
    return looking(sheet(60, 60, lambda u, v: (30 * u - 15, 0 * u + height, 30 * v - 15)), up=False)


def looking(mesh: Mesh, *, up: bool) -> Mesh:
    a, b, c = (mesh.points[mesh.triangles[:, corner]].astype(float) for corner in range(3))
    is_up = float(np.cross(b - a, c - a)[:, 1].sum()) > 0
    return mesh if is_up == up else Mesh(mesh.points, np.ascontiguousarray(mesh.triangles[:, ::-1]))


def inlay(top: float) -> Mesh:
    """A closed box that lies a cement gap above the bottom of the preparation; in the middle of its top a plateau."""
    low, half, squares = BOTTOM + CEMENT, 3.6, 24

    def face(height, up, plateau=0.0):
        def surface(u, v):
            x, z = half * (2 * u - 1), half * (2 * v - 1)
            return x, np.where(np.maximum(np.abs(x), np.abs(z)) < PLATEAU + 0.01, height + plateau, height), z

        return looking(sheet(squares, squares, surface), up=up)

    shoulder = top - 1.0
    parts = [face(shoulder, True, plateau=1.0), face(low, False)]
    turn = np.linspace(0, 1, squares + 1)
    side = half * (2 * turn - 1)
    rim = [(s, -half) for s in side[:-1]] + [(half, s) for s in side[:-1]]
    rim += [(s, half) for s in side[:0:-1]] + [(-half, s) for s in side[:0:-1]]
    around = np.array(rim)
    wall = np.concatenate(
        [np.c_[around[:, 0], np.full(len(around), h), around[:, 1]] for h in (shoulder, low)]
    )
    count = len(around)
    number = np.arange(count)
    after = np.roll(number, -1)
    walls = np.concatenate(
        [np.c_[number, number + count, after], np.c_[after, number + count, after + count]],
    )
    points, triangles, start = [], [], 0
    for mesh_points, mesh_triangles in [(m.points, m.triangles) for m in parts] + [
        (wall, outwards(wall, walls))
    ]:
        points.append(np.asarray(mesh_points, dtype=np.float64))
        triangles.append(np.asarray(mesh_triangles, dtype=np.int64) + start)
        start += len(mesh_points)
    return welded(np.concatenate(points), np.concatenate(triangles))


def outwards(points, triangles):
    a, b, c = (points[triangles[:, corner]] for corner in range(3))
    is_out = (np.cross(b - a, c - a) * (a + b + c)).sum() > 0
    return triangles if is_out else triangles[:, ::-1]


def welded(points, triangles) -> Mesh:
    once, place = np.unique(points.round(6), axis=0, return_inverse=True)
    return Mesh(
        np.ascontiguousarray(once, dtype=np.float32),
        np.ascontiguousarray(place.reshape(-1)[triangles], dtype=np.uint32),
    )


def upside_down(mesh: Mesh) -> Mesh:
    """Turned about the axis to the front, so that nothing is mirrored."""
    return Mesh(mesh.points * np.float32([-1, -1, 1]), mesh.triangles)


def top_of(restoration: Mesh, distances) -> np.ndarray:
    """The distances of its plateau in µm."""
    points = restoration.points
    return distances[points[:, 1] > points[:, 1].max() - 1e-4] * 1000


def test_a_restoration_a_tenth_of_a_millimetre_below_its_antagonist_is_a_hundred_micrometres_away():
    shape = inlay(0.0)
    found = find_restoration_contacts(shape, antagonist(0.1), prepared_jaw())
    assert (found.seat, found.reason) == (Jaw.MANDIBLE, None)
    assert found.of_restoration is not None and found.of_antagonist is not None
    np.testing.assert_allclose(top_of(shape, found.of_restoration.distances), 100, atol=1)
    over = found.of_antagonist.distances[
        np.abs(antagonist(0.1).points[:, [0, 2]]).max(axis=1) < PLATEAU - 0.2
    ]
    np.testing.assert_allclose(over * 1000, 100, atol=1)
    assert (found.gap_mm, found.depth_mm) == (pytest.approx(0.1, abs=0.001), 0.0)


def test_a_restoration_that_runs_into_its_antagonist_is_as_deep_and_negative():
    shape = inlay(0.15)
    found = find_restoration_contacts(shape, antagonist(0.1), prepared_jaw())
    assert found.of_restoration is not None and found.of_antagonist is not None
    np.testing.assert_allclose(top_of(shape, found.of_restoration.distances), -50, atol=1)
    for side in (found.of_restoration, found.of_antagonist):
        assert side.spots[0].deepest_um == pytest.approx(-50, abs=1)
    assert (found.gap_mm, found.depth_mm) == (0.0, pytest.approx(0.05, abs=0.001))


def test_what_it_sits_on_is_told_whichever_jaw_that_is():
    shape, upper, lower = (upside_down(mesh) for mesh in (inlay(0.15), prepared_jaw(), antagonist(0.1)))
    found = find_restoration_contacts(shape, upper, lower)
    assert found.seat is Jaw.MAXILLA
    assert found.of_antagonist is not None and len(found.of_antagonist.distances) == len(lower.points)
    assert found.of_antagonist.spots[0].deepest_um == pytest.approx(-50, abs=1)


def test_the_inner_side_of_a_restoration_is_no_contact():
    shape = inlay(0.0)
    found = find_restoration_contacts(shape, antagonist(0.1), prepared_jaw())
    assert found.of_restoration is not None
    is_below = shape.points[:, 1] < BOTTOM + 0.5
    assert np.isnan(found.of_restoration.distances[is_below]).all()


@pytest.mark.parametrize("version", [1, 2, 3])
def test_a_crown_for_14_sits_on_the_upper_jaw_and_bites_on_the_lower_one(version):
    upper, lower = make_pair(218, triangles=60_000, preparation_fdi=14)
    found = find_restoration_contacts(make_crown(218, 14, version, triangles=21_000), upper, lower)
    assert found.seat is Jaw.MAXILLA
    assert found.shares[Jaw.MAXILLA] > 0.35 and found.shares[Jaw.MANDIBLE] < 0.08
    assert found.of_antagonist is not None and len(found.of_antagonist.distances) == len(lower.points)


def test_a_crown_that_is_built_too_high_runs_deeper_into_the_antagonist_than_one_that_is_not():
    upper, lower = make_pair(218, triangles=60_000, preparation_fdi=14)
    high, right = (
        find_restoration_contacts(make_crown(218, 14, version, triangles=21_000), upper, lower)
        for version in (1, 3)
    )
    assert high.depth_mm > right.depth_mm + 0.08


def test_a_design_in_a_frame_of_its_own_gets_no_contacts():
    shape = inlay(0.0)
    away = Mesh(shape.points + np.float32([200, 0, 0]), shape.triangles)
    found = find_restoration_contacts(away, antagonist(0.1), prepared_jaw())
    assert (found.seat, found.reason) == (None, NoAntagonist.NOT_SEATED)
    assert found.of_restoration is None and found.of_antagonist is None


def test_a_plate_between_two_jaws_that_lies_along_both_gets_no_contacts():
    flat = looking(sheet(60, 60, lambda u, v: (30 * u - 15, 0 * u, 30 * v - 15)), up=True)
    plate = Mesh(flat.points * np.float32([0.5, 1, 0.5]) + np.float32([0, 0.1, 0]), flat.triangles)
    found = find_restoration_contacts(plate, antagonist(0.2), flat)
    assert (found.seat, found.reason) == (None, NoAntagonist.ON_BOTH)
    assert found.of_restoration is None and found.of_antagonist is None


def test_between_jaws_that_do_not_meet_nothing_is_claimed_of_a_restoration():
    found = find_restoration_contacts(inlay(0.0), antagonist(2.0), prepared_jaw())
    assert not found.jaws.in_occlusion
    assert (found.seat, found.of_restoration, found.of_antagonist) == (None, None, None)


def test_of_one_jaw_alone_no_antagonist_is_told():
    assert find_seat({Jaw.MAXILLA: 0.6}) == (None, NoAntagonist.ONE_JAW)
