"""A synthetic crown design that sits on the preparation of a synthetic arch."""

from dataclasses import replace
from typing import NamedTuple

import numpy as np

from arcada.core.anatomy import Jaw
from arcada.core.geometry.mesh import Mesh
from arcada.core.geometry.specimen import field as f
from arcada.core.geometry.specimen.arch import mesh_of, sampled
from arcada.core.geometry.specimen.form import jaw_form, only, prepared, row_of
from arcada.core.geometry.specimen.surface import largest_piece, triangulate

CEMENT_MM = 0.04
FROM_GUM_MM = 0.15  # a scan rounds the corner between gum and crown by about this much


class Version(NamedTuple):
    """What the technician had reached: room to the neighbours and how much too high it bites, mm."""

    contact_gap_mm: float
    too_high_mm: float


VERSIONS = {1: Version(0.20, 0.15), 2: Version(0.10, 0.0), 3: Version(0.0, 0.0)}


def make_crown(seed: int, fdi: int = 14, version: int = 3, *, triangles: int = 40_000) -> Mesh:
    """A closed crown for `make_arch(…, preparation_fdi=fdi)` of the same seed; version 3 touches both neighbours."""
    asked = VERSIONS[version]
    form = jaw_form(Jaw.MAXILLA if fdi < 30 else Jaw.MANDIBLE, seed)
    row = row_of(form.jaw, fdi)
    step = 0.135 * (40_000 / triangles) ** 0.5
    x, z, neck, height = form.teeth[row, [f.CX, f.CZ, f.NECK, f.HEIGHT]]
    ends = -form.numbers[f.N_SIDE] * np.array([neck - 1.0, neck + height + 1.0])
    low, high = np.array([x - 7.5, ends.min() - 1.5, z - 7.5]), np.array([x + 7.5, ends.max() + 1.5, z + 7.5])
    neighbours = sampled(only(form, [row - 1, row + 1]), low, high, step)
    gum = sampled(only(form, []).with_numbers(gum=1.0), low, high, step)
    stump = sampled(only(prepared(form, fdi), [row]), low, high, step)

    teeth = form.teeth.copy()
    teeth[row, f.NECK] += asked.too_high_mm
    outer = sampled(only(replace(form, teeth=teeth), [row]), low, high, step)
    across, up = (np.arange(n) * step + start for n, start in zip(outer.shape[:2], low[:2], strict=True))
    ahead = np.arange(outer.shape[2]) * step + low[2]
    numbers = form.numbers
    to_mesial = (across[:, None, None] - x) * form.teeth[row, f.UX] + (ahead - z) * form.teeth[row, f.UZ]
    flat = up[:, None] - numbers[f.N_SPEE] * (ahead - numbers[f.N_SPEE_Z]) ** 2
    above_neck = -numbers[f.N_SIDE] * flat[None] - neck
    margin = f.margin_height(prepared(form, fdi).teeth[row], to_mesial)
    mesial = np.broadcast_to(to_mesial > 0, outer.shape)
    for _ in range(3):  # widened until it would reach both neighbours, which then press their shape into it
        room = max(neighbours[(outer < 0) & side].min() for side in (mesial, ~mesial))
        if room < -0.03:
            break
        teeth[row, f.HALF_WIDTH] += room + 0.05
        outer = sampled(only(replace(form, teeth=teeth), [row]), low, high, step)
    other = jaw_form(Jaw.MANDIBLE if form.jaw is Jaw.MAXILLA else Jaw.MAXILLA, seed)
    antagonists = sampled(other, low, high, step)
    kept_off = [CEMENT_MM - stump, FROM_GUM_MM - gum, asked.contact_gap_mm - neighbours]
    kept_off.append(-asked.too_high_mm - antagonists)
    solid = np.max([outer, *kept_off, margin - above_neck], axis=0)
    cells, _, faces = triangulate(solid.astype(np.float32))
    return mesh_of(low + cells * step, largest_piece(faces, cells.shape[0]))
