"""Orientation and jaw of a scan in one go: the arch is found once, and both are read from it."""

from dataclasses import dataclass

from arcada.core.anatomy import Jaw
from arcada.core.geometry.arch import find_arch
from arcada.core.geometry.facts import IDENTITY, Orientation
from arcada.core.geometry.mesh import Mesh
from arcada.core.geometry.orient import LEAST_LIKENESS, jaw_of_shape, orientation_of, weigh_jaw


@dataclass(frozen=True, slots=True)
class Pose:
    """`likeness` to an arch and `jaw_confidence` are 0 to 1."""

    orientation: Orientation
    jaw: Jaw
    jaw_confidence: float
    likeness: float


def find_pose(mesh: Mesh, *, name_hint: Jaw, place_hint: Jaw, is_inverted: bool) -> Pose:
    """How the scan lies and which jaw it is.

    The place that a scan is meant for may turn it upright, but never says which jaw it is: else a lower jaw in
    the upper jaw's place would never be found.
    """
    arch = find_arch(mesh, is_inverted=is_inverted)
    if arch is None or arch.likeness < LEAST_LIKENESS:
        return Pose(IDENTITY, *weigh_jaw(name_hint, Jaw.UNKNOWN, 0.0), 0.0 if arch is None else arch.likeness)
    guess = jaw_of_shape(mesh, arch)
    jaw, confidence = weigh_jaw(name_hint, *guess)
    hint = place_hint if name_hint is Jaw.UNKNOWN else name_hint
    upright, _ = weigh_jaw(hint, *guess)
    return Pose(orientation_of(arch, upright), jaw, confidence, arch.likeness)
