"""The five standard views follow the chart a dentist knows."""

import numpy as np
import pytest

from arcada.core.geometry.facts import IDENTITY, Orientation
from arcada.core.geometry.views import VIEWS, View, camera_rows, picture_right

PATIENT_LEFT, SUPERIOR, ANTERIOR = (1, 0, 0), (0, 1, 0), (0, 0, 1)
PATIENT_RIGHT, INFERIOR, POSTERIOR = (-1, 0, 0), (0, -1, 0), (0, 0, -1)


@pytest.mark.parametrize(
    ("view", "camera", "top", "right_of_picture"),
    [
        (View.FRONT, ANTERIOR, SUPERIOR, PATIENT_LEFT),
        (View.RIGHT, PATIENT_RIGHT, SUPERIOR, ANTERIOR),
        (View.LEFT, PATIENT_LEFT, SUPERIOR, POSTERIOR),
        (View.UPPER, INFERIOR, ANTERIOR, PATIENT_LEFT),
        (View.LOWER, SUPERIOR, POSTERIOR, PATIENT_LEFT),
    ],
)
def test_each_view_stands_where_the_chart_says(view, camera, top, right_of_picture):
    assert VIEWS[view].camera == camera
    assert VIEWS[view].up == top
    assert picture_right(view) == right_of_picture


def test_keys_one_to_five_follow_the_order_of_the_views():
    assert [VIEWS[view].key for view in View] == [1, 2, 3, 4, 5]


@pytest.mark.parametrize("view", View)
def test_no_view_mirrors_the_patient(view):
    rows = camera_rows(view, IDENTITY)
    assert np.linalg.det(rows) == pytest.approx(1.0)
    assert np.allclose(rows @ rows.T, np.eye(3))


@pytest.mark.parametrize("view", View)
def test_a_scan_that_lies_differently_in_its_file_is_seen_from_the_same_side(view):
    # This file's axes: x is up, y is the front, z is the patient's left.
    lying = Orientation(rows=((0.0, 0.0, 1.0), (1.0, 0.0, 0.0), (0.0, 1.0, 0.0)), confidence=1.0)
    in_patient = np.array([3.0, 5.0, 7.0])  # left, up, front
    in_file = np.array([5.0, 7.0, 3.0])
    assert np.allclose(camera_rows(view, lying) @ in_file, camera_rows(view, IDENTITY) @ in_patient)
