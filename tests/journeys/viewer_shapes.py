"""Scans for the viewer whose measures are known."""

import numpy as np

from arcada.core.geometry.mesh import Mesh
from arcada.core.geometry.stream import decode_glb, encode_glb
from tests.journeys.viewer_harness import ROOT, HarnessScan, horseshoe

STATIC = ROOT / "arcada/web/static"
SHEETS = tuple(STATIC / name for name in ("tokens.css", "arcada.css", "pages-review.css"))
UPPER, LOWER = horseshoe(y_mm=9), horseshoe(y_mm=-9)
JAWS = [HarnessScan("u", "Upper jaw", UPPER, "maxilla"), HarnessScan("l", "Lower jaw", LOWER, "mandible")]


def slab(*, height_mm: float, thickness_mm: float, y_mm: float = 0.0, steps: int = 12) -> Mesh:
    """A closed plate across the view from the front: x ±15 mm, `height_mm` high, `thickness_mm` deep."""
    ticks = np.linspace(-1, 1, steps)
    u, v = (grid.ravel() for grid in np.meshgrid(ticks, ticks, indexing="ij"))
    front = np.stack([15 * u, y_mm + height_mm / 2 * v, np.full_like(u, thickness_mm / 2)], axis=-1)
    points = np.concatenate([front, front * [1, 1, -1]]).astype(np.float32)
    i, j = (grid.ravel() for grid in np.meshgrid(np.arange(steps - 1), np.arange(steps - 1), indexing="ij"))
    a, b, c, d = i * steps + j, (i + 1) * steps + j, i * steps + j + 1, (i + 1) * steps + j + 1
    face = np.concatenate([np.stack([a, b, c], -1), np.stack([b, d, c], -1)])
    back = face[:, ::-1] + steps * steps
    return Mesh(points, np.ascontiguousarray(np.concatenate([face, back]), dtype=np.uint32))


def ball(radius_mm: float, steps: int = 160) -> Mesh:
    up, around = np.meshgrid(
        np.linspace(0, np.pi, steps), np.linspace(0, 2 * np.pi, steps, endpoint=False), indexing="ij"
    )
    points = radius_mm * np.stack(
        [np.sin(up) * np.cos(around), np.cos(up), np.sin(up) * np.sin(around)], axis=-1
    )
    i, j = (grid.ravel() for grid in np.meshgrid(np.arange(steps - 1), np.arange(steps), indexing="ij"))
    a, b = i * steps + j, i * steps + (j + 1) % steps
    triangles = np.concatenate([np.stack([a, b, a + steps], -1), np.stack([b, b + steps, a + steps], -1)])
    return Mesh(points.reshape(-1, 3).astype(np.float32), np.ascontiguousarray(triangles, dtype=np.uint32))


def in_stream_order(mesh: Mesh) -> Mesh:
    """The same mesh with its vertices as the viewer's stream has them."""
    return decode_glb(encode_glb(mesh))
