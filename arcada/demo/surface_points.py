"""Points on synthetic jaws for pins: the side of a tooth, its normal, and a camera that sees it."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from arcada.core.anatomy import Jaw
from arcada.core.geometry.mesh import Mesh
from arcada.core.geometry.specimen import field
from arcada.core.geometry.specimen.form import jaw_form, row_of

FloatArray = npt.NDArray[np.float64]
Point = tuple[float, float, float]

REACH_MM = 6.5  # how far from a tooth's middle its surface is looked for
LABEL_REACH_MM = 1.5
SPAN_MM = 42.0  # what the pin's camera shows


@dataclass(frozen=True, slots=True)
class SurfacePoint:
    """A point of a surface, the way its surface looks, and the way from it to whoever looks at it."""

    point: Point
    normal: Point
    eye: Point

    def as_pin(self) -> dict[str, object]:
        """As a thread keeps it, with a camera 100 mm away."""
        position = [at + 100 * way for at, way in zip(self.point, self.eye, strict=True)]
        camera = {
            "position": position,
            "target": list(self.point),
            "up": [0.0, 1.0, 0.0],
            "zoom": 100 / SPAN_MM,
        }
        return {"point": list(self.point), "normal": list(self.normal), "camera": camera}


def tooth_place(jaw: Jaw, seed: int, tooth_fdi: int) -> tuple[float, float]:
    """Where a tooth stands in the arch: to the patient's left and to the front, mm."""
    x, z = jaw_form(jaw, seed).teeth[row_of(jaw, tooth_fdi), [field.CX, field.CZ]]
    return float(x), float(z)


def middle_of(mesh: Mesh, jaw: Jaw, seed: int, tooth_fdi: int) -> Point:
    """The point of the bite's side above the middle of a tooth, where its label is set."""
    x, z = tooth_place(jaw, seed, tooth_fdi)
    points = mesh.points.astype(np.float64)
    near = np.flatnonzero(np.hypot(points[:, 0] - x, points[:, 2] - z) < LABEL_REACH_MM)
    heights = points[near, 1] * (-1.0 if jaw is Jaw.MAXILLA else 1.0)
    return _three(points[near[int(np.argmax(heights))]])


def pin_on(
    mesh: Mesh, jaw: Jaw, seed: int, tooth_fdi: int, *, distal: float = 0.0, buccal: float = 0.0
) -> "SurfacePoint":
    """The place on the side of a tooth that lies farthest to `distal` and `buccal`, seen from outside and the bite."""
    teeth = jaw_form(jaw, seed).teeth
    row = teeth[row_of(jaw, tooth_fdi)]
    outwards = np.array([row[field.WX], 0.0, row[field.WZ]])
    mesial = np.array([row[field.UX], 0.0, row[field.UZ]])
    wanted = buccal * outwards - distal * mesial
    bite = np.array([0.0, -1.0 if jaw is Jaw.MAXILLA else 1.0, 0.0])
    points = mesh.points.astype(np.float64)
    centre = np.array([row[field.CX], 0.0, row[field.CZ]])
    depth = points @ -bite
    near = (
        (np.hypot(points[:, 0] - centre[0], points[:, 2] - centre[2]) < REACH_MM)
        & (depth > 1.0)
        & (depth < 5.0)
    )
    candidates = np.flatnonzero(near)
    place = int(candidates[np.argmax((points[candidates] - centre) @ wanted)])
    point, normal = points[place], _normal_at(mesh, place)
    eye = outwards + 0.9 * bite
    eye /= np.linalg.norm(eye)
    return SurfacePoint(_three(point), _three(normal), _three(eye))


def _normal_at(mesh: Mesh, vertex: int) -> FloatArray:  # (3,)
    corners = mesh.points[mesh.triangles[(mesh.triangles == vertex).any(axis=1)]].astype(np.float64)
    total = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]).sum(axis=0)
    return np.asarray(total / np.linalg.norm(total))


def _three(vector: FloatArray) -> Point:
    x, y, z = vector.tolist()
    return x, y, z
