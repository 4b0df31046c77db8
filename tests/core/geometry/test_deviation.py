"""What changed between two versions: where, by how much, and in frames of their own."""

import numpy as np
import pytest

from arcada.core.geometry.alignment import align
from arcada.core.geometry.deviation import find_deviation
from arcada.core.geometry.found_again import find_again
from arcada.core.geometry.mesh import Mesh
from arcada.core.heat_scale import DEVIATION
from tests.core.geometry.made_meshes import ball, open_arch
from tests.core.geometry.test_occlusion import moved, pair


def rotation_of(axis: tuple[float, float, float], degrees: float) -> np.ndarray:
    """About an axis through the origin."""
    x, y, z = np.array(axis) / np.linalg.norm(axis)
    cross = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    angle = np.radians(degrees)
    return np.eye(3) + np.sin(angle) * cross + (1 - np.cos(angle)) * cross @ cross


def bumped(mesh: Mesh, at: np.ndarray, by_mm: float, reach_mm: float = 3.0) -> Mesh:
    """The surface pushed outwards (away from its middle) around a place, softly to the sides."""
    points = mesh.points.astype(float)
    away = np.linalg.norm(points - at, axis=1)
    share = np.clip(1 - (away / reach_mm) ** 2, 0, 1)
    out = points / np.linalg.norm(points, axis=1)[:, None]
    return Mesh((points + out * (share * by_mm)[:, None]).astype(np.float32), mesh.triangles)


def test_the_same_surface_has_not_changed():
    arch = open_arch(120, 40)
    found = find_deviation(arch, arch)
    assert found.summary is not None and found.values is not None
    assert not found.alignment.is_moved
    assert found.summary.changed_share == 0 and found.summary.greatest_um == 0
    assert set(found.values.tolist()) == {DEVIATION.zero}


@pytest.mark.parametrize("by_mm", [0.3, -0.3])
def test_what_was_added_is_positive_and_what_was_taken_away_negative(by_mm):
    before = ball(120)
    at = np.array([0.0, 0.0, 10.0])
    found = find_deviation(bumped(before, at, by_mm), before)
    assert found.summary is not None
    assert not found.alignment.is_moved
    assert found.summary.greatest_um == pytest.approx(by_mm * 1000, abs=15)
    assert np.linalg.norm(np.array(found.summary.greatest_at) - at) < 1.0
    # Where the push is more than 50 µm, within 2.74 mm around the place: a cap of that chord.
    cap = np.pi * (3 * np.sqrt(1 - 0.05 / 0.3)) ** 2
    assert found.summary.changed_mm2 == pytest.approx(cap, rel=0.1)
    assert found.summary.changed_share == pytest.approx(cap / (4 * np.pi * 100), rel=0.1)


def test_a_shift_inside_one_frame_is_a_change_and_is_never_fitted_away():
    arch = open_arch(120, 40)
    found = find_deviation(moved(arch, 0.0, 0.3, 0.0), arch)
    assert found.summary is not None
    assert not found.alignment.is_moved
    assert found.summary.changed_share > 0.5


def test_what_lies_beyond_the_older_rim_is_not_compared():
    whole = open_arch(120, 40)
    middle = whole.points[whole.triangles].mean(axis=1)
    half = Mesh(whole.points, np.ascontiguousarray(whole.triangles[middle[:, 0] < 10]))
    found = find_deviation(whole, half)
    assert found.summary is not None
    assert found.summary.uncompared_mm2 > 100
    assert found.summary.changed_share < 0.01


@pytest.mark.parametrize("degrees", [0.0, 35.0, 170.0])
def test_versions_in_frames_of_their_own_are_laid_upon_each_other(degrees):
    lower = pair()[1]
    turn = rotation_of((0.3, 1.0, -0.4), degrees)
    away = moved(lower, 21.0, -40.0, 13.0, turn=turn)
    found = find_deviation(away, lower)
    assert found.summary is not None
    assert found.alignment.is_moved and found.alignment.is_fitted
    assert found.alignment.residual_um < 2
    np.testing.assert_allclose(found.alignment.onto_older(away.points), lower.points, atol=0.005)
    np.testing.assert_allclose(found.alignment.onto_newer(lower.points), away.points, atol=0.005)
    assert found.summary.changed_share < 0.001


def test_a_local_change_does_not_pull_the_fit_along():
    lower = pair()[1]
    at = lower.points[int(np.argmax(lower.points[:, 2]))].astype(float)
    changed = bumped(lower, at, 0.8, reach_mm=6.0)
    found = find_deviation(moved(changed, 30.0, 8.0, 3.0, turn=rotation_of((0, 1, 0), 20.0)), lower)
    assert found.summary is not None and found.alignment.is_moved
    assert found.alignment.residual_um < 5
    assert found.summary.greatest_um == pytest.approx(
        find_deviation(changed, lower).summary.greatest_um, abs=15
    )


def test_two_different_things_are_not_fitted():
    assert not align(moved(ball(80), 100, 0, 0), pair()[1]).is_fitted
    assert find_deviation(moved(ball(80), 100, 0, 0), pair()[1]).values is None


def test_a_pin_is_found_again_says_how_far_it_moved_and_when_its_surface_is_gone():
    before = ball(120)
    at = np.array([0.0, 0.0, 10.0])
    after = bumped(before, at, 0.34)
    middle = after.points[after.triangles].mean(axis=1)
    after = Mesh(after.points, np.ascontiguousarray(after.triangles[middle[:, 0] > -5]))
    pins = [
        ((0.0, 0.0, 10.0), (0.0, 0.0, 1.0)),
        ((0.0, 10.0, 0.0), (0.0, 1.0, 0.0)),
        ((-10.0, 0.0, 0.0), (-1.0, 0.0, 0.0)),
    ]
    found = find_again(pins, before, after)
    assert found.points is not None
    there, still, gone = found.points
    assert (
        there.moved_mm == pytest.approx(0.34, abs=0.01)
        and there.point is not None
        and there.normal is not None
    )
    np.testing.assert_allclose(there.point, [0, 0, 10.34], atol=0.06)
    assert there.normal[2] > 0.95
    assert still.moved_mm == pytest.approx(0, abs=0.01)
    assert gone.point is None and gone.moved_mm is None


def test_a_pin_is_carried_into_the_frame_of_the_newer_version():
    lower = pair()[1]
    turn = rotation_of((0.3, 1.0, -0.4), 50.0)
    newer = moved(lower, 12.0, -9.0, 44.0, turn=turn)
    place = lower.points[len(lower.points) // 3].astype(float)
    found = find_again([(tuple(place), (0.0, 1.0, 0.0))], lower, newer)
    assert found.points is not None and found.points[0].point is not None
    assert found.points[0].moved_mm is not None and found.points[0].moved_mm < 0.01
    np.testing.assert_allclose(found.points[0].point, turn @ place + [12, -9, 44], atol=0.01)
    assert find_again([(tuple(place), (0.0, 1.0, 0.0))], lower, moved(ball(80), 100, 0, 0)).points is None
