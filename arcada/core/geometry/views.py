"""The five standard views: where the camera stands and which way is up, in the patient's frame."""

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from arcada.core.geometry.facts import Orientation

Direction: TypeAlias = tuple[int, int, int]  # along the patient's axes: left, up, front
CameraArray: TypeAlias = npt.NDArray[np.float64]  # (3, 3), rows: to the right, up, towards the camera


class View(StrEnum):
    """In the order of the keys 1-5."""

    FRONT = "front"
    RIGHT = "right"
    LEFT = "left"
    UPPER = "upper"
    LOWER = "lower"


@dataclass(frozen=True, slots=True)
class StandardView:
    """`camera` points from the scan to the camera, `up` to the top of the picture; both are unit vectors."""

    key: int
    camera: Direction
    up: Direction


# The convention of a clinical chart: whoever looks stands before the patient, so the patient's right is on
# the left of the picture in the front view and in both occlusal ones. The viewer's table mirrors this one.
VIEWS: dict[View, StandardView] = {
    View.FRONT: StandardView(key=1, camera=(0, 0, 1), up=(0, 1, 0)),
    View.RIGHT: StandardView(key=2, camera=(-1, 0, 0), up=(0, 1, 0)),
    View.LEFT: StandardView(key=3, camera=(1, 0, 0), up=(0, 1, 0)),
    View.UPPER: StandardView(key=4, camera=(0, -1, 0), up=(0, 0, 1)),
    View.LOWER: StandardView(key=5, camera=(0, 1, 0), up=(0, 0, -1)),
}


def picture_right(view: View) -> Direction:
    """The patient's direction that points to the right of the picture: up × camera."""
    (ux, uy, uz), (cx, cy, cz) = VIEWS[view].up, VIEWS[view].camera
    return (uy * cz - uz * cy, uz * cx - ux * cz, ux * cy - uy * cx)


def camera_rows(view: View, orientation: Orientation) -> CameraArray:
    """Turns the file's coordinates into the picture's: right, up, towards the camera. (3, 3)"""
    standard = VIEWS[view]
    in_patient = np.array([picture_right(view), standard.up, standard.camera], dtype=np.float64)
    return np.ascontiguousarray(in_patient @ np.array(orientation.rows, dtype=np.float64))
