"""Synthetic arches, bites and crowns: no patient, the same for the same seed, in millimetres in the patient's frame."""

from arcada.core.anatomy import Jaw
from arcada.core.geometry.specimen.arch import make_arch, make_cast, make_pair, make_teeth_only
from arcada.core.geometry.specimen.bite import make_bite
from arcada.core.geometry.specimen.crown import make_crown

__all__ = ["make_arch", "make_bite", "make_cast", "make_crown", "make_pair", "make_teeth_only", "warm"]


def warm() -> None:
    """Compiles every kernel of this package, or loads it from numba's cache."""
    make_arch(Jaw.MANDIBLE, seed=0, triangles=2_000)
