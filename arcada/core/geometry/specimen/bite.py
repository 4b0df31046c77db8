"""A synthetic buccal scan: a few teeth of both jaws on one side, as they meet."""

from typing import Literal

import numpy as np

from arcada.core.anatomy import Jaw
from arcada.core.geometry.mesh import Mesh
from arcada.core.geometry.specimen import field as f
from arcada.core.geometry.specimen.arch import along_edges, mesh_of, ragged, sampled
from arcada.core.geometry.specimen.colours import colours_of
from arcada.core.geometry.specimen.form import jaw_form
from arcada.core.geometry.specimen.surface import cut, pieces, triangulate

FROM_TOOTH, TO_TOOTH = 3, 6  # canine to first molar
SMALLEST_PIECE = 0.15  # of all triangles; less is a crumb


def make_bite(
    seed: int,
    side: Literal["right", "left"] = "right",
    *,
    triangles: int = 40_000,
    colours: bool = True,
    noise_mm: float = 0.008,
) -> Mesh:
    """Canine to first molar of both jaws from the cheek's side, lying where `make_pair(seed)` lies."""
    upper, lower = jaw_form(Jaw.MAXILLA, seed), jaw_form(Jaw.MANDIBLE, seed)
    sign = -1.0 if side == "right" else 1.0
    step = 0.255 * (40_000 / triangles) ** 0.5
    rows = [7 - n if side == "right" else 6 + n for n in (FROM_TOOTH, TO_TOOTH)]
    ends = upper.teeth[rows][:, [f.CX, f.CZ]]
    low = np.array([ends[:, 0].min() - 10, -14.0, ends[:, 1].min() - 9])
    high = np.array([ends[:, 0].max() + 10, 14.0, ends[:, 1].max() + 9])
    grid = np.minimum(sampled(upper, low, high, step), sampled(lower, low, high, step))
    cells, ways, faces = triangulate(grid)
    start = low + cells * step

    on_upper, on_lower = start.copy(), start.copy()
    found_upper = f.onto_surface(on_upper, ways, step, *upper.arguments())
    found_lower = f.onto_surface(on_lower, ways, step, *lower.arguments())
    is_upper = found_upper[:, :2].min(1) < found_lower[:, :2].min(1)
    points = np.where(is_upper[:, None], on_upper, on_lower)
    found = np.where(is_upper[:, None], found_upper, found_lower)

    s, p, v = sign * found[:, 3], found[:, 4], found[:, 5]
    edge = ragged(found[:, 3], seed + 3, 0.6)
    first, last = upper.starts[6 + FROM_TOOTH] + 0.5, upper.starts[7 + TO_TOOTH] - 0.5
    uneven = ragged(points[:, 1], seed + 4, 0.5)
    beyond = np.max([0.4 + 0.2 * uneven - p, first + uneven - s, s - last + uneven, -8.6 + edge - v], axis=0)
    faces, edges, share = cut(faces, beyond, 0.15 * step)

    paint = None
    if colours:
        of_upper, of_lower = (colours_of(jaw, points, found, ways, seed) for jaw in (upper, lower))
        own = np.where(is_upper[:, None], of_upper, of_lower)
        paint = along_edges(own.astype(float), edges, share).astype(np.uint8)
    points, ways = along_edges(points, edges, share), along_edges(ways, edges, share)
    piece = pieces(faces, points.shape[0])[faces[:, 0]]
    faces = faces[np.bincount(piece)[piece] > SMALLEST_PIECE * faces.shape[0]]
    points += ways * np.random.default_rng([seed, 9]).normal(0, noise_mm, (points.shape[0], 1))
    return mesh_of(points, faces, paint)
