"""Synthetic scans of a jaw: what the demo shows, the tests judge and the benchmarks load."""

import numpy as np
import numpy.typing as npt

from arcada.core.anatomy import Jaw
from arcada.core.geometry.mesh import Mesh
from arcada.core.geometry.specimen import field as f
from arcada.core.geometry.specimen.colours import colours_of
from arcada.core.geometry.specimen.form import JawForm, jaw_form, only, prepared, row_of
from arcada.core.geometry.specimen.surface import IntArray, cut, largest_piece, triangulate, used
from arcada.core.geometry.specimen.teeth import FloatArray

GridArray = npt.NDArray[np.float32]
# The cells that give an arch of about 200,000 triangles.
STEP_OF_200K_MM = {Jaw.MAXILLA: 0.2865, Jaw.MANDIBLE: 0.243}


def sampled(form: JawForm, low: FloatArray, high: FloatArray, step: float) -> GridArray:
    """The field of a jaw in the box from `low` to `high`, every `step` mm: (nx, ny, nz)."""
    grid = np.full(np.ceil((high - low) / step).astype(int) + 1, f.FAR, dtype=np.float32)
    f.sample(low, step, grid, *form.arguments())
    return grid


def box_of(form: JawForm, deep: float) -> tuple[FloatArray, FloatArray]:
    """The corners of the box a jaw lies in, reaching `deep` mm beyond the middle of the bite."""
    x, z = form.teeth[:, f.CX], form.teeth[:, f.CZ]
    low, high = np.array([x.min() - 11, -4.0, z.min() - 12]), np.array([x.max() + 11, deep, z.max() + 9])
    if form.jaw is Jaw.MANDIBLE:
        low[1], high[1] = -deep, 7.0
    return low, high


def ragged(at: FloatArray, seed: int, amount_mm: float) -> FloatArray:
    """The edge a scanner's wand leaves: uneven along a length `at` (n,)."""
    rng = np.random.default_rng([seed, 5])
    total = np.zeros_like(at)
    for length, part in ((24.0, 0.9), (9.0, 0.7), (3.4, 0.4), (1.3, 0.22)):
        knots = np.arange(-90, 90, length)
        total += part * np.interp(at, knots, rng.normal(0, 1, knots.size))
    return total * amount_mm


def _beyond_scan(form: JawForm, points: FloatArray, found: FloatArray, seed: int) -> FloatArray:  # (n,)
    """Positive where the wand did not reach."""
    s, p, v = found[:, 3], found[:, 4], found[:, 5]
    edge = ragged(s, seed, 0.75)
    depth = form.along[f.A_NECK].min() + 3.4
    if form.jaw is Jaw.MANDIBLE:
        behind = np.abs(s) - (form.starts[-1] + 3.6) - 0.8 * edge
        return np.asarray(np.maximum(depth - np.where(p > 0, 7.6, 9.0) - edge - v, behind))
    high = np.where(p > -1.0, depth - 8.6 - edge - v, -5.0)
    last = form.teeth[:, f.CZ].min() - 8.5
    palate_end = last + 0.4 * np.clip(-p - 6, 0, 8) + ragged(points[:, 0], seed + 1, 0.7) - points[:, 2]
    return np.asarray(np.maximum(high, palate_end))


def mesh_of(points: FloatArray, triangles: IntArray, colours: npt.NDArray[np.uint8] | None = None) -> Mesh:
    """A mesh in the house's types, without unused vertices."""
    keep, triangles = used(triangles, points.shape[0])
    return Mesh(
        np.ascontiguousarray(points[keep], dtype=np.float32),
        np.ascontiguousarray(triangles, dtype=np.uint32),
        None if colours is None else np.ascontiguousarray(colours[keep]),
    )


def along_edges(values: FloatArray, edges: IntArray, share: FloatArray) -> FloatArray:
    """Values (n, k) with those of the vertices that a cut made appended."""
    a, b = values[edges[:, 0]], values[edges[:, 1]]
    return np.concatenate([values, a + (b - a) * share[:, None]])


def scan_of(form: JawForm, *, seed: int, triangles: int, colours: bool, noise_mm: float) -> Mesh:
    """The jaw as a scanner would give it: an open shell with an uneven border."""
    step = STEP_OF_200K_MM[form.jaw] * (200_000 / triangles) ** 0.5
    low, high = box_of(form, 22.0)
    cells, ways, faces = triangulate(sampled(form, low, high, step))
    points = low + cells * step
    found = f.onto_surface(points, ways, step, *form.arguments())
    faces, edges, share = cut(faces, _beyond_scan(form, points, found, seed), 0.15 * step)
    points, ways = along_edges(points, edges, share), along_edges(ways, edges, share)
    paint = None
    if colours:
        tooth = np.concatenate([found[:, 2], found[edges[:, 0], 2]])
        found = along_edges(found, edges, share)
        found[:, 2] = tooth
        paint = colours_of(form, points, found, ways, seed)
    faces = largest_piece(faces, points.shape[0])
    if noise_mm > 0:
        points = points + ways * np.random.default_rng([seed, 6]).normal(0, noise_mm, (points.shape[0], 1))
    return mesh_of(points, faces, paint)


def make_arch(
    jaw: Jaw,
    *,
    seed: int,
    triangles: int = 200_000,
    colours: bool = True,
    noise_mm: float = 0.006,
    preparation_fdi: int | None = None,
) -> Mesh:
    """One scanned arch, an open shell in the patient's frame, within a tenth of `triangles`."""
    form = jaw_form(jaw, seed)
    if preparation_fdi is not None:
        form = prepared(form, preparation_fdi)
    return scan_of(form, seed=seed, triangles=triangles, colours=colours, noise_mm=noise_mm)


def make_pair(
    seed: int,
    *,
    triangles: int = 200_000,
    colours: bool = True,
    noise_mm: float = 0.006,
    preparation_fdi: int | None = None,
) -> tuple[Mesh, Mesh]:
    """Upper and lower arch in occlusion in one frame; `triangles` is for each.

    At 200,000 triangles most lower crowns touch, none is more than 0.05 mm inside the other jaw.
    Coarser meshes cut across cusps and grooves, so their contacts open by the height of that cut.
    """

    def arch(jaw: Jaw) -> Mesh:
        own = preparation_fdi if preparation_fdi and (preparation_fdi < 30) == (jaw is Jaw.MAXILLA) else None
        return make_arch(
            jaw, seed=seed, triangles=triangles, colours=colours, noise_mm=noise_mm, preparation_fdi=own
        )

    return arch(Jaw.MAXILLA), arch(Jaw.MANDIBLE)


def make_cast(jaw: Jaw, *, seed: int, triangles: int = 200_000, base_mm: float | None = None) -> Mesh:
    """A closed model of the jaw standing on a flat base, as a laboratory scans it: one piece without a border."""
    base = base_mm or (24.0 if jaw is Jaw.MAXILLA else 19.0)
    form = jaw_form(jaw, seed)
    back = float(form.teeth[:, f.CZ].min()) - 9.0
    form = form.with_numbers(base=base, end=form.starts[-1] + 4.0, back=back)
    step = (0.374 if jaw is Jaw.MAXILLA else 0.306) * (200_000 / triangles) ** 0.5
    low, high = box_of(form, base + 3.0)
    cells, _, faces = triangulate(sampled(form, low, high, step))
    return mesh_of(low + cells * step, largest_piece(faces, cells.shape[0]))


def make_teeth_only(
    jaw: Jaw, *, seed: int, triangles: int = 100_000, teeth_fdi: tuple[int, ...] | None = None
) -> Mesh:
    """Crowns as separate open pieces in one mesh, without gum; `triangles` is for all fourteen of the jaw."""
    form = jaw_form(jaw, seed)
    rows = range(form.teeth.shape[0]) if teeth_fdi is None else [row_of(jaw, fdi) for fdi in teeth_fdi]
    step = 0.284 * (100_000 / triangles) ** 0.5
    parts, faces, count = [], [], 0
    for row in rows:
        alone = only(form, [row])
        x, z, neck = form.teeth[row, [f.CX, f.CZ, f.NECK]]
        low, high = box_of(alone, 12.0)
        low[[0, 2]], high[[0, 2]] = (x - 8, z - 8), (x + 8, z + 8)
        cells, ways, triangles_here = triangulate(sampled(alone, low, high, step))
        points = low + cells * step
        found = f.onto_surface(points, ways, step, *alone.arguments())
        triangles_here, edges, share = cut(triangles_here, neck + 0.3 - found[:, 5], 0.15 * step)
        points = along_edges(points, edges, share)
        faces.append(largest_piece(triangles_here, points.shape[0]) + count)
        parts.append(points)
        count += points.shape[0]
    return mesh_of(np.concatenate(parts), np.concatenate(faces))
