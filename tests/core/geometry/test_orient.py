"""The found frame against the frame that a scan was made in, whatever the scanner's axes."""

import math
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from arcada.core.anatomy import Jaw
from arcada.core.geometry.facts import IDENTITY
from arcada.core.geometry.mesh import Mesh
from arcada.core.geometry.obj import read_obj
from arcada.core.geometry.orient import find_jaw, find_orientation, weigh_jaw
from arcada.core.geometry.specimen.arch import make_arch
from arcada.core.geometry.stl import read_stl
from tests.core.geometry.made_meshes import ball, open_arch, sheet, together

SCANS = Path(__file__).parents[4] / "shared" / "data" / "scans"
needs_data = pytest.mark.skipif(not SCANS.is_dir(), reason="the folder of real files is absent")
JAWS = [Jaw.MAXILLA, Jaw.MANDIBLE]


@cache
def arch(jaw: Jaw, seed: int = 5) -> Mesh:
    return make_arch(jaw, seed=seed, triangles=30_000, colours=False)


def rotation(seed: int) -> np.ndarray:
    turned, upper = np.linalg.qr(np.random.default_rng(seed).normal(size=(3, 3)))
    turned *= np.sign(np.diag(upper))
    return turned * np.array([np.linalg.det(turned), 1, 1])


def moved(mesh: Mesh, turn: np.ndarray, shift=(0.0, 0.0, 0.0), factor: float = 1.0) -> Mesh:
    points = (mesh.points.astype(np.float64) @ turn.T + np.array(shift)) * factor
    return Mesh(np.ascontiguousarray(points, dtype=np.float32), mesh.triangles)


def kept(mesh: Mesh, is_kept: np.ndarray) -> Mesh:
    """The part of a mesh whose vertices are kept."""
    triangles = mesh.triangles[is_kept[mesh.triangles].all(axis=1)]
    used, number = np.unique(triangles, return_inverse=True)
    return Mesh(
        np.ascontiguousarray(mesh.points[used]),
        np.ascontiguousarray(number.reshape(-1, 3).astype(np.uint32)),
    )


def degrees_between(rows: np.ndarray, others: np.ndarray) -> float:
    cosine = (np.trace(rows @ others.T) - 1) / 2
    return math.degrees(math.acos(min(1.0, max(-1.0, cosine))))


@pytest.mark.parametrize("jaw", JAWS)
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_an_arch_turned_any_way_is_found_within_five_degrees(jaw, seed):
    turn = rotation(seed)
    found = find_orientation(moved(arch(jaw), turn, shift=(30, -200, 77)), hint=jaw)
    assert degrees_between(np.array(found.rows) @ turn, np.eye(3)) < 5
    assert found.confidence > 0.8


@pytest.mark.parametrize("factor", [1 / 25.4, 0.001, 1000.0, 7.0])
def test_the_frame_does_not_depend_on_the_unit(factor):
    found = find_orientation(moved(arch(Jaw.MANDIBLE), rotation(4), factor=factor), hint=Jaw.MANDIBLE)
    assert degrees_between(np.array(found.rows) @ rotation(4), np.eye(3)) < 5


@pytest.mark.parametrize("jaw", JAWS)
def test_the_found_frame_is_a_proper_rotation(jaw):
    rows = np.array(find_orientation(moved(arch(jaw), rotation(9)), hint=jaw).rows)
    np.testing.assert_allclose(rows @ rows.T, np.eye(3), atol=1e-9)
    assert np.linalg.det(rows) == pytest.approx(1)


@pytest.mark.parametrize("jaw", JAWS)
def test_a_surface_whose_outside_faces_inwards_is_still_the_right_way_up_when_that_is_known(jaw):
    inside_out = Mesh(arch(jaw).points, np.ascontiguousarray(arch(jaw).triangles[:, ::-1]))
    found = find_orientation(inside_out, hint=jaw, is_inverted=True)
    assert degrees_between(np.array(found.rows), np.eye(3)) < 5


def test_a_cast_with_a_flat_base_faces_away_from_it():
    ridge = open_arch(120, 40)
    base = sheet(60, 60, lambda u, v: (70 * u - 35, 0 * u - 12, 70 * v - 20))
    cast = together(ridge, Mesh(base.points, np.ascontiguousarray(base.triangles)))
    found = find_orientation(moved(cast, rotation(6)), hint=Jaw.MANDIBLE)
    assert float(np.array(found.rows[1]) @ rotation(6) @ [0, 1, 0]) > 0.95


def test_the_front_teeth_alone_are_found_with_less_confidence():
    whole = arch(Jaw.MAXILLA)
    front = kept(whole, whole.points[:, 2] > whole.points[:, 2].max() - 22)
    found = find_orientation(front, hint=Jaw.MAXILLA)
    assert degrees_between(np.array(found.rows), np.eye(3)) < 15
    assert 0.1 < found.confidence < 0.6


@pytest.mark.parametrize("jaw", JAWS)
def test_half_an_arch_is_not_sold_as_sure(jaw):
    half = kept(arch(jaw), arch(jaw).points[:, 0] > -2)
    assert find_orientation(half, hint=jaw).confidence < 0.5


@pytest.mark.parametrize(
    "thing", [ball(radius=30.0), ball(radius=5.0), sheet(1, 1, lambda u, v: (u, v, 0 * u))]
)
def test_what_is_no_arch_stays_in_the_axes_of_its_file(thing):
    assert find_orientation(thing) == IDENTITY


def test_a_single_triangle_and_one_without_area_do_no_harm():
    for corners in ([[0, 0, 0], [9, 0, 0], [0, 9, 0]], [[0, 0, 0], [9, 0, 0], [18, 0, 0]], [[1, 1, 1]] * 3):
        tiny = Mesh(np.array(corners, dtype=np.float32), np.array([[0, 1, 2]], dtype=np.uint32))
        assert find_orientation(tiny) == IDENTITY
        assert find_jaw(tiny, Jaw.UNKNOWN, IDENTITY) == (Jaw.UNKNOWN, 0.0)


def test_coordinates_near_the_end_of_float32_do_no_harm():
    huge = Mesh(ball(24).points * np.float32(3e37), ball(24).triangles)
    assert find_orientation(huge) == IDENTITY


def test_a_palate_tells_the_upper_jaw_and_an_open_floor_hints_at_the_lower():
    for jaw, least in ((Jaw.MAXILLA, 0.8), (Jaw.MANDIBLE, 0.5)):
        mesh = moved(arch(jaw), rotation(7))
        found, confidence = find_jaw(mesh, Jaw.UNKNOWN, find_orientation(mesh))
        assert found is jaw
        assert confidence >= least


def test_an_upper_jaw_named_lower_is_told_by_its_palate():
    mesh = arch(Jaw.MAXILLA)
    orientation = find_orientation(mesh, hint=Jaw.MANDIBLE)
    assert degrees_between(np.array(orientation.rows), np.eye(3)) < 5
    assert find_jaw(mesh, Jaw.MANDIBLE, orientation)[0] is Jaw.MAXILLA


def test_an_open_arch_named_upper_stays_upper_because_its_palate_may_not_have_been_scanned():
    mesh = arch(Jaw.MANDIBLE)
    assert find_jaw(mesh, Jaw.MAXILLA, find_orientation(mesh, hint=Jaw.MAXILLA))[0] is Jaw.MAXILLA


def test_a_name_and_a_shape_that_agree_are_surer_than_either():
    assert weigh_jaw(Jaw.MAXILLA, Jaw.MAXILLA, 0.7)[1] > max(weigh_jaw(Jaw.MAXILLA, Jaw.UNKNOWN, 0.0)[1], 0.7)
    assert weigh_jaw(Jaw.MAXILLA, Jaw.MANDIBLE, 0.5)[1] < weigh_jaw(Jaw.MAXILLA, Jaw.UNKNOWN, 0.0)[1]


@needs_data
@pytest.mark.parametrize(
    "name", ["labscan-scan01.stl", "labscan-scan040.stl", "labscan-scan012-vertexcolour.obj"]
)
def test_a_lab_scan_of_an_upper_cast_is_seen_with_its_teeth_down_and_its_front_ahead(name):
    data = (SCANS / name).read_bytes()
    mesh = (read_obj(data, {}) if name.endswith("obj") else read_stl(data)).mesh
    orientation = find_orientation(mesh)
    assert find_jaw(mesh, Jaw.UNKNOWN, orientation)[0] is Jaw.MAXILLA
    # In these files +y is about the bite side and +z about the front.
    assert degrees_between(np.array(orientation.rows), np.array([[-1, 0, 0], [0, -1, 0], [0, 0, 1]])) < 20


@needs_data
@pytest.mark.parametrize(
    ("name", "jaw"), [("dentition-a-upper.obj", Jaw.MAXILLA), ("dentition-a-lower.obj", Jaw.MANDIBLE)]
)
def test_separate_teeth_tell_their_jaw_by_their_incisors(name, jaw):
    mesh = read_obj((SCANS / name).read_bytes(), {}).mesh
    orientation = find_orientation(mesh)
    assert find_jaw(mesh, Jaw.UNKNOWN, orientation)[0] is jaw
    assert degrees_between(np.array(orientation.rows), np.eye(3)) < 8
