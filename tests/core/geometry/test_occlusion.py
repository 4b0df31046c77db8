"""Two jaws against each other: made pairs in the bite, moved out of it, and surfaces with known gaps."""

from functools import cache
from pathlib import Path

import numpy as np
import pytest

from arcada.core.geometry.mesh import Mesh
from arcada.core.geometry.obj import read_obj
from arcada.core.geometry.occlusion import check_occlusion, find_occlusion_findings
from arcada.core.geometry.specimen.arch import make_pair
from arcada.core.geometry.specimen.faults import inverted, rotation_of
from tests.core.geometry.made_meshes import ball, sheet

SCANS = Path(__file__).parents[4] / "shared" / "data" / "scans"
needs_data = pytest.mark.skipif(not SCANS.is_dir(), reason="the folder of real files is absent")


@cache
def pair() -> tuple[Mesh, Mesh]:
    return make_pair(4, triangles=120_000, colours=False)


def moved(mesh: Mesh, *by_mm: float, turn: np.ndarray | None = None) -> Mesh:
    points = mesh.points.astype(np.float64) @ (np.eye(3) if turn is None else turn).T + np.array(by_mm)
    return Mesh(np.ascontiguousarray(points, dtype=np.float32), mesh.triangles)


def about_front(degrees: float) -> np.ndarray:
    cosine, sine = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    return np.array([[cosine, -sine, 0], [sine, cosine, 0], [0, 0, 1]])


def codes(upper: Mesh, lower: Mesh) -> set[str]:
    return {finding.code for finding in find_occlusion_findings(check_occlusion(upper, lower))}


def test_a_pair_in_the_bite_passes_and_touches_on_both_sides():
    found = check_occlusion(*pair())
    assert found.in_occlusion
    assert find_occlusion_findings(found) == []
    assert found.gap_mm < 0.1
    assert {name.split()[0] for name, _ in found.contact_regions} == {"right", "left"}
    assert sum(area for _, area in found.contact_regions) == pytest.approx(found.contact_area_mm2, abs=0.1)
    assert found.contact_count > 5


def test_a_pair_pushed_together_runs_into_each_other_by_as_much():
    upper, lower = pair()
    before, after = check_occlusion(upper, lower), check_occlusion(moved(upper, 0, -0.6, 0), lower)
    pushed = after.penetration_mm + before.gap_mm - before.penetration_mm
    assert after.in_occlusion
    assert pushed == pytest.approx(0.6, abs=0.1)
    assert codes(moved(upper, 0, -0.6, 0), lower) == {"interpenetrating"}


def test_a_pair_pulled_apart_is_not_in_occlusion():
    upper, lower = pair()
    found = check_occlusion(moved(upper, 0, 5, 0), lower)
    assert not found.in_occlusion
    assert found.penetration_mm == 0
    assert [finding.code for finding in find_occlusion_findings(found)] == ["not_in_occlusion"]


def test_jaws_far_apart_have_a_gap_of_about_that_size():
    upper, lower = pair()
    found = check_occlusion(moved(upper, 0, 60, 0), lower)
    assert found.gap_mm == pytest.approx(57, abs=4)


def test_the_answer_does_not_depend_on_the_frame_both_jaws_share():
    upper, lower = pair()
    plain = check_occlusion(upper, lower)
    turned = check_occlusion(*(moved(jaw, 40, -90, 300, turn=rotation_of(3)) for jaw in (upper, lower)))
    assert turned.gap_mm == pytest.approx(plain.gap_mm, abs=0.01)
    assert turned.contact_area_mm2 == pytest.approx(plain.contact_area_mm2, rel=0.05, abs=0.5)
    for side in ("right", "left"):
        areas = [
            sum(a for name, a in found.contact_regions if name.startswith(side)) for found in (plain, turned)
        ]
        assert areas[1] == pytest.approx(areas[0], rel=0.2, abs=0.5)


@pytest.mark.parametrize(("degrees", "region"), [(2.0, "left molar"), (-2.0, "right molar")])
def test_the_deepest_place_is_named_on_the_patients_side(degrees, region):
    upper, lower = pair()
    found = check_occlusion(upper, moved(lower, 0, 0, 0, turn=about_front(degrees)))
    assert found.penetration_mm > 0.3
    assert found.penetration_region == region


def test_a_touch_of_the_incisors_alone_is_in_front():
    upper, lower = pair()
    tipped = np.array([[1, 0, 0], [0, np.cos(0.1), -np.sin(0.1)], [0, np.sin(0.1), np.cos(0.1)]])
    front = lower.points[:, 2].max()
    shifted = moved(lower, 0, 0, -front)
    found = check_occlusion(upper, moved(shifted, 0, 0.9, front, turn=tipped.T))
    assert {name.split()[1] for name, _ in found.contact_regions} <= {"front", "premolar"}
    assert "front" in found.penetration_region


def test_jaws_in_each_others_place_are_swapped():
    upper, lower = pair()
    assert not check_occlusion(upper, lower).are_swapped
    found = check_occlusion(lower, upper)
    assert found.are_swapped
    assert "jaws_swapped" in {finding.code for finding in find_occlusion_findings(found)}


def test_swapped_jaws_far_from_the_origin_still_have_their_contacts_on_both_sides():
    upper, lower = (moved(jaw, 80, 20, -50) for jaw in pair())
    areas = dict(check_occlusion(lower, upper).contact_regions)
    assert {name.split()[0] for name in areas} == {"right", "left"}


def test_the_same_jaw_twice_does_not_face_itself():
    upper, _ = pair()
    found = check_occlusion(upper, upper)
    assert not found.are_facing
    assert not found.in_occlusion


def test_surfaces_that_are_inside_out_are_measured_as_if_they_were_not():
    upper, lower = pair()
    plain, turned = check_occlusion(upper, lower), check_occlusion(inverted(upper), inverted(lower))
    assert turned.penetration_mm == pytest.approx(plain.penetration_mm, abs=0.01)
    assert turned.in_occlusion


@pytest.mark.parametrize("gap_mm", [0.05, 0.25, 0.8, 2.5])
def test_the_gap_between_a_ball_and_a_plate_is_exact(gap_mm):
    plate = sheet(80, 80, lambda u, v: (40 * v - 20, 0 * u, 40 * u - 20))
    found = check_occlusion(ball(200, 10.0, (0, 10 + gap_mm, 0)), plate)
    assert found.gap_mm == pytest.approx(gap_mm, abs=0.02)
    assert found.in_occlusion == (gap_mm <= 0.3)


@pytest.mark.parametrize("depth_mm", [0.1, 0.6, 1.2])
def test_the_depth_of_a_ball_in_a_plate_is_exact(depth_mm):
    plate = sheet(160, 160, lambda u, v: (40 * v - 20, 0 * u, 40 * u - 20))
    found = check_occlusion(ball(400, 10.0, (0, 10 - depth_mm, 0)), plate)
    assert found.penetration_mm == pytest.approx(depth_mm, abs=0.02)
    assert found.contact_count == 1
    # The part of the plate under the ball nearer than 0.1 mm is a disc; its radius follows from Pythagoras.
    assert found.contact_area_mm2 == pytest.approx(np.pi * (10.1**2 - (10 - depth_mm) ** 2), rel=0.1)


def test_one_stray_point_is_no_contact_that_deep():
    plate = sheet(80, 80, lambda u, v: (40 * v - 20, 0 * u, 40 * u - 20))
    other = sheet(81, 81, lambda u, v: (40 * u - 20, 0 * u + 0.2, 40 * v - 20))
    other.points[3000, 1] = -2.0
    assert check_occlusion(other, plate).penetration_mm < 1.0


@needs_data
def test_the_real_dentition_of_which_each_jaw_has_its_own_frame_is_not_in_occlusion():
    upper, lower = (
        read_obj((SCANS / f"dentition-a-{jaw}.obj").read_bytes(), {}).mesh for jaw in ("upper", "lower")
    )
    assert codes(upper, lower) == {"not_in_occlusion", "interpenetrating"}
    assert codes(lower, upper) == {"jaws_swapped", "not_in_occlusion", "interpenetrating"}
