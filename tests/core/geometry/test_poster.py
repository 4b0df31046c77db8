"""A poster shows the scan as the dentist expects it: right side, whole, in its own colours, lit."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arcada.core.geometry import poster_kernels
from arcada.core.geometry.facts import IDENTITY, Orientation
from arcada.core.geometry.light import LIGHT_OF_BYTE, bytes_of_light
from arcada.core.geometry.mesh import Mesh
from arcada.core.geometry.poster import render_poster, render_posters
from arcada.core.geometry.views import View
from tests.core.geometry.made_meshes import ball, open_arch, sheet, together

# One ball per direction of the patient, each in a colour of its own.
PLACES = {
    "left": ((30.0, 0.0, 0.0), (230, 30, 30)),
    "right": ((-30.0, 0.0, 0.0), (30, 230, 30)),
    "up": ((0.0, 20.0, 0.0), (30, 30, 230)),
    "down": ((0.0, -20.0, 0.0), (230, 230, 30)),
    "front": ((0.0, 0.0, 20.0), (30, 230, 230)),
    "back": ((0.0, 0.0, -20.0), (230, 30, 230)),
}


def six_balls() -> Mesh:
    balls = [ball(24, radius=4.0, centre=centre) for centre, _ in PLACES.values()]
    colours = np.concatenate([np.tile(rgb, (len(balls[0].points), 1)) for _, rgb in PLACES.values()])
    joined = together(*balls)
    return Mesh(joined.points, joined.triangles, colours.astype(np.uint8))


def place_of(poster: np.ndarray, rgb: tuple[int, int, int]) -> tuple[float, float] | None:
    """Where this colour's middle is: -1 to 1, to the right and upwards; None where it is not seen."""
    height, width, _ = poster.shape
    bright = np.array(rgb) > 128
    seen = poster[:, :, :3].astype(int)
    is_there = (poster[:, :, 3] == 255) & ((seen > 80) == bright).all(axis=2)
    if not is_there.any():
        return None
    rows, columns = np.nonzero(is_there)
    return (2 * columns.mean() / width - 1, 1 - 2 * rows.mean() / height)


@pytest.mark.parametrize(
    ("view", "left", "right", "top", "bottom", "hidden"),
    [
        (View.FRONT, "right", "left", "up", "down", "back"),
        (View.RIGHT, "back", "front", "up", "down", "left"),
        (View.LEFT, "front", "back", "up", "down", "right"),
        (View.UPPER, "right", "left", "front", "back", "up"),
        (View.LOWER, "right", "left", "back", "front", "down"),
    ],
)
@pytest.mark.parametrize("lying", [False, True])
def test_each_side_of_the_patient_is_where_the_chart_has_it(view, left, right, top, bottom, hidden, lying):
    mesh, orientation = six_balls(), IDENTITY
    if lying:  # the same patient in a file whose axes are up, front, left
        rows = np.array([[0.0, 0.0, 1.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])
        orientation = Orientation(rows=tuple(map(tuple, rows)), confidence=1.0)
        mesh = Mesh(np.ascontiguousarray(mesh.points @ rows, dtype=np.float32), mesh.triangles, mesh.colours)
    poster = render_poster(mesh, orientation, view)
    where = {name: place_of(poster, rgb) for name, (_, rgb) in PLACES.items()}
    assert where[left] is not None and where[left][0] < -0.3
    assert where[right] is not None and where[right][0] > 0.3
    assert where[top] is not None and where[top][1] > 0.3
    assert where[bottom] is not None and where[bottom][1] < -0.3
    assert where[hidden] is None


@pytest.mark.parametrize("view", View)
@pytest.mark.parametrize(("width", "height"), [(512, 384), (200, 300)])
def test_the_scan_fills_the_picture_up_to_the_margin(view, width, height):
    poster = render_poster(open_arch(), IDENTITY, view, width=width, height=height)
    assert poster.shape == (height, width, 4) and poster.dtype == np.uint8
    rows, columns = np.nonzero(poster[:, :, 3])
    left, right, top, bottom = columns.min(), width - 1 - columns.max(), rows.min(), height - 1 - rows.max()
    assert abs(left - right) <= 2 and abs(top - bottom) <= 2
    assert min(left / width, top / height) == pytest.approx(0.04, abs=0.008)


def test_nothing_but_the_scan_is_opaque_and_its_outline_is_smooth():
    poster = render_poster(ball(160), IDENTITY, View.FRONT, width=400, height=400)
    alpha = poster[:, :, 3]
    assert alpha[0, 0] == 0 and alpha[200, 200] == 255
    assert set(np.unique(alpha)) == {0, 64, 128, 191, 255}
    radius = np.hypot(*(np.mgrid[0:400, 0:400] - 199.5))
    assert (alpha[radius < 400 * 0.46 - 1.5] == 255).all()
    assert (alpha[radius > 400 * 0.46 + 1.5] == 0).all()
    assert (poster[alpha == 0] == 0).all()


def test_there_is_no_crack_between_neighbouring_triangles():
    wavy = sheet(301, 223, lambda u, v: (40 * u, 30 * v, np.sin(31 * u) * np.cos(17 * v)))
    alpha = render_poster(wavy, IDENTITY, View.FRONT)[:, :, 3]
    rows, columns = np.nonzero(alpha == 255)
    assert (alpha[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1] == 255).all()


def test_the_nearer_surface_hides_the_farther_whatever_the_order_in_the_file():
    near = sheet(4, 4, lambda u, v: (40 * u, 30 * v, 0 * u + 5), lambda u, v: (0 * u + 230, 0 * u, 0 * u))
    far = sheet(4, 4, lambda u, v: (40 * u, 30 * v, 0 * u - 5), lambda u, v: (0 * u, 0 * u + 230, 0 * u))
    pictures = []
    for first, second in ((near, far), (far, near)):
        joined = together(first, second)
        both = Mesh(joined.points, joined.triangles, np.concatenate([first.colours, second.colours]))
        pictures.append(render_poster(both, IDENTITY, View.FRONT))
    assert np.array_equal(*pictures)
    red, green, _, _ = pictures[0][192, 256]
    assert red > 150 and green < 80


@pytest.mark.parametrize("rgb", [(255, 255, 255), (200, 120, 110), (90, 140, 60), (235, 220, 190)])
def test_a_surface_that_faces_the_camera_shows_the_scans_own_colour(rgb):
    """Light only scales a colour: hue and saturation are the file's, and it is about as bright."""
    flat = sheet(20, 20, lambda u, v: (40 * u, 30 * v, 0 * u), lambda u, v: tuple(0 * u + c for c in rgb))
    shown = render_poster(flat, IDENTITY, View.FRONT)[192, 256, :3]
    assert np.abs(shown.astype(int) - np.array(rgb)).max() <= 26
    light = LIGHT_OF_BYTE[shown] / LIGHT_OF_BYTE[list(rgb)]
    assert light.max() / light.min() < 1.12
    assert 0.75 < light.mean() <= 1.02


def test_the_inner_side_of_an_open_scan_is_lit_and_darker():
    outside = sheet(20, 20, lambda u, v: (40 * u, 30 * v, 0 * u))
    inside = Mesh(outside.points, np.ascontiguousarray(outside.triangles[:, ::-1]))
    front = render_poster(outside, IDENTITY, View.FRONT)[192, 256, 0]
    back = render_poster(inside, IDENTITY, View.FRONT)[192, 256, 0]
    assert 60 < back < 0.75 * front


def test_a_scan_without_colours_is_shown_in_stone():
    red, green, blue, _ = render_poster(ball(48), IDENTITY, View.FRONT)[192, 256].astype(int)
    assert red > green > blue > 140


def test_a_round_shape_is_shaded_and_brightest_towards_the_light():
    poster = render_poster(ball(160), IDENTITY, View.FRONT, width=400, height=400)[:, :, 0].astype(int)
    upper_left, lower_right = poster[120, 130], poster[300, 300]
    assert upper_left > lower_right + 25
    assert lower_right > 60


def test_a_groove_is_darker_than_the_surface_around_it():
    def grooved(u, v):
        return 40 * u, 30 * v, -1.5 * np.exp(-(((u - 0.5) * 40) ** 2) / 0.3)

    poster = render_poster(sheet(400, 40, grooved), IDENTITY, View.FRONT)[192, :, 0].astype(int)
    assert poster[256] < poster[150] - 15
    assert poster[256] < poster[360] - 15


def test_all_five_posters_are_the_five_single_ones():
    arch = open_arch(100, 40)
    together_made = render_posters(arch, IDENTITY)
    assert list(together_made) == list(View)
    for view, poster in together_made.items():
        assert np.array_equal(poster, render_poster(arch, IDENTITY, view))


def test_a_scan_far_from_the_origin_gives_the_same_picture():
    here, there = ball(64), ball(64, centre=(3000.0, -2000.0, 1000.0))
    difference = render_poster(here, IDENTITY, View.RIGHT).astype(int) - render_poster(
        there, IDENTITY, View.RIGHT
    )
    assert np.abs(difference).mean() < 1.0


@pytest.mark.parametrize(
    "points",
    [
        [[5, 5, 5], [5, 5, 5], [5, 5, 5]],
        [[0, 0, 0], [1, 1, 1], [2, 2, 2]],
        [[0, 0, 0], [3e38, 0, 0], [0, -3e38, 1]],
        [[0, 0, 0], [1e-38, 0, 0], [0, 1e-38, 0]],
    ],
)
def test_a_shape_without_an_area_or_beyond_measure_gives_a_picture_and_no_error(points):
    mesh = Mesh(np.array(points, dtype=np.float32), np.array([[0, 1, 2]], dtype=np.uint32))
    for poster in render_posters(mesh, IDENTITY).values():
        assert poster.shape == (384, 512, 4)


@settings(max_examples=80, deadline=None)
@given(
    st.integers(1, 30).flatmap(
        lambda vertices: st.tuples(
            st.lists(
                st.tuples(*[st.floats(width=32, allow_nan=False, allow_infinity=False)] * 3),
                min_size=vertices,
                max_size=vertices,
            ),
            st.lists(st.tuples(*[st.integers(0, vertices - 1)] * 3), min_size=1, max_size=40),
        )
    )
)
def test_any_soup_of_triangles_gives_a_picture(soup):
    points, triangles = soup
    mesh = Mesh(np.array(points, dtype=np.float32), np.array(triangles, dtype=np.uint32))
    for poster in render_posters(mesh, IDENTITY, width=64, height=48).values():
        assert poster.shape == (48, 64, 4)


def test_every_byte_survives_the_way_to_light_and_back():
    assert np.array_equal(bytes_of_light(LIGHT_OF_BYTE), np.arange(256))


def test_a_mesh_in_read_only_memory_compiles_no_kernel_again():
    poster_kernels.warm()
    arch = open_arch(20, 10, lambda u, v: (200 * u, 200 * v, 9 + 0 * u))
    for array in (arch.points, arch.triangles, arch.colours):
        array.flags.writeable = False
    render_posters(arch, IDENTITY)
    for kernel in ("smooth_normals", "fit_into_picture", "rasterise", "shade"):
        assert len(getattr(poster_kernels, kernel).signatures) == 1, kernel


REAL = Path(__file__).parents[4] / "shared" / "data" / "scans" / "labscan-scan01.stl"


@pytest.mark.skipif(not REAL.is_file(), reason="the folder of real scans (../shared/data) is absent")
def test_a_real_cast_is_wholly_lit_from_all_sides():
    layout = [("normal", "<f4", 3), ("corners", "<f4", (3, 3)), ("rest", "<u2")]
    corners = np.frombuffer(REAL.read_bytes(), dtype=layout, offset=84)["corners"].reshape(-1, 3)
    points, numbers = np.unique(corners, axis=0, return_inverse=True)
    cast = Mesh(np.ascontiguousarray(points), numbers.reshape(-1, 3).astype(np.uint32))
    for view, poster in render_posters(cast, IDENTITY).items():
        lit = poster[:, :, :3][poster[:, :, 3] == 255].mean(axis=1)
        assert len(lit) > 0.15 * poster[:, :, 3].size, view
        assert 120 < np.median(lit) < 230, view
        assert lit.std() > 5, view
