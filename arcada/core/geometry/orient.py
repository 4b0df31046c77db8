"""How a scan lies in its file, and which jaw it is: what a name says, held against what the shape says."""

import math

import numpy as np
import numpy.typing as npt

from arcada.core.anatomy import Jaw
from arcada.core.geometry import arch as arches
from arcada.core.geometry.arch import Arch, find_arch
from arcada.core.geometry.facts import IDENTITY, Orientation
from arcada.core.geometry.measure import label_pieces
from arcada.core.geometry.mesh import Mesh

FloatArray = npt.NDArray[np.float64]

# Below this likeness the file's own axes are the better guess: a crown, a block, a die.
LEAST_LIKENESS = 0.05
NAME_CONFIDENCE = 0.85
# So sure must the shape be to outvote a name.
OVERRULING = 0.75
PALATE, OPEN_FLOOR, TEETH = 0.85, 0.55, 0.7
# Of a shorter piece the gum inside the arch looks like a palate.
LEAST_DEPTH_MM = 28.0
# Distance of the two foremost teeth's centres: upper central incisors are 8.5 mm wide, lower ones 5.3 mm.
UPPER_SPACING_MM, LOWER_SPACING_MM = 7.2, 6.6


def find_orientation(mesh: Mesh, *, hint: Jaw = Jaw.UNKNOWN, is_inverted: bool = False) -> Orientation:
    """The patient's axes in the file's coordinates; `is_inverted` is what `measure` said of the surface."""
    arch = find_arch(mesh, is_inverted=is_inverted)
    if arch is None or arch.likeness < LEAST_LIKENESS:
        return IDENTITY
    jaw, _ = weigh_jaw(hint, *jaw_of_shape(mesh, arch))
    return orientation_of(arch, jaw)


def orientation_of(arch: Arch, jaw: Jaw) -> Orientation:
    """The patient's axes for an arch that is this jaw's; an unknown jaw is taken as an upper one."""
    up = arch.occlusal if jaw is Jaw.MANDIBLE else -arch.occlusal
    front = arch.front - up * float(arch.front @ up)
    front /= np.linalg.norm(front)
    left = np.cross(up, front)
    confidence = arch.likeness * (0.5 + 0.5 * arch.agreement)
    return Orientation(rows=(_triple(left), _triple(up), _triple(front)), confidence=round(confidence, 3))


def _triple(values: FloatArray) -> tuple[float, float, float]:
    return (float(values[0]), float(values[1]), float(values[2]))


def find_jaw(
    mesh: Mesh, name_hint: Jaw, orientation: Orientation, *, is_inverted: bool = False
) -> tuple[Jaw, float]:
    """Which jaw it is and how sure that is (0 to 1), from a name's hint and the shape in a known frame."""
    if orientation.confidence <= 0.0:
        return weigh_jaw(name_hint, Jaw.UNKNOWN, 0.0)
    arch = _arch_in(mesh, orientation, is_inverted)
    guess = (Jaw.UNKNOWN, 0.0) if arch is None else jaw_of_shape(mesh, arch)
    return weigh_jaw(name_hint, *guess)


def weigh_jaw(hint: Jaw, guess: Jaw, confidence: float) -> tuple[Jaw, float]:
    """A hint against a guess from the shape: agreement adds up, and only a sure shape outvotes a name."""
    if hint is Jaw.UNKNOWN:
        return guess, confidence
    if guess is Jaw.UNKNOWN:
        return hint, NAME_CONFIDENCE
    if hint is guess:
        return hint, 1.0 - (1.0 - NAME_CONFIDENCE) * (1.0 - confidence)
    if confidence >= OVERRULING:
        return guess, confidence * (1.0 - NAME_CONFIDENCE / 4)
    return hint, NAME_CONFIDENCE * (1.0 - confidence / 2)


def _arch_in(mesh: Mesh, orientation: Orientation, is_inverted: bool) -> Arch | None:
    """The arch with its directions taken from an orientation; only its size and place are fitted."""
    factor = arches.millimetres_of(mesh)
    axes = arches.occlusal_axes(mesh, factor, is_inverted=is_inverted)
    if axes is None:
        return None
    up, front = np.array(orientation.rows[1]), np.array(orientation.rows[2])
    occlusal = up if float(axes[0] @ up) >= 0 else -up
    return arches.arch_facing(mesh, factor, occlusal, front, orientation.confidence)


def jaw_of_shape(mesh: Mesh, arch: Arch) -> tuple[Jaw, float]:
    """A vault between the sides of the arch is a palate; teeth without gum tell by the width of their incisors."""
    if arch.depth < LEAST_DEPTH_MM:
        return Jaw.UNKNOWN, 0.0
    inside = arches.cells_inside(mesh, arch)
    expected = arch.half_width * arch.depth * 0.5 / arches.CELL_MM**2
    if len(inside) < 0.1 * expected:
        spacing = _incisor_spacing(mesh, arch)
        if spacing is None:
            return Jaw.MANDIBLE, OPEN_FLOOR * arch.likeness
        if spacing > UPPER_SPACING_MM:
            return Jaw.MAXILLA, TEETH * arch.likeness
        return (Jaw.MANDIBLE, TEETH * arch.likeness) if spacing < LOWER_SPACING_MM else (Jaw.UNKNOWN, 0.0)
    if len(inside) < 0.6 * expected:
        return Jaw.UNKNOWN, 0.0
    side = np.abs(inside[:, 0]) / arch.half_width
    middle, flanks = inside[side < 0.15, 2], inside[side > 0.38, 2]
    if len(middle) == 0 or len(flanks) == 0:
        return Jaw.UNKNOWN, 0.0
    vault_mm = float(np.median(flanks) - np.median(middle))
    # A trimmed floor of the mouth is flat, a palate is an arch of three to eight millimetres here.
    if vault_mm < 1.5:
        return Jaw.UNKNOWN, 0.0
    return Jaw.MAXILLA, PALATE * min(1.0, arch.likeness * 1.5) * min(1.0, vault_mm / 2.5)


def _incisor_spacing(mesh: Mesh, arch: Arch) -> float | None:
    """Millimetres between the centres of the two foremost separate teeth; None when the teeth are one piece."""
    labels, found = label_pieces(mesh)
    if not 6 <= found <= 200:
        return None
    sizes = np.bincount(labels, minlength=found)
    centres = np.stack(
        [np.bincount(labels, weights=mesh.points[:, axis], minlength=found) / sizes for axis in range(3)],
        axis=1,
    )
    centres = centres[sizes > 0.2 * sizes.max()] * arch.factor
    if len(centres) < 6:
        return None
    order = np.argsort(-(centres @ arch.front))
    spacing = float(np.linalg.norm(centres[order[0]] - centres[order[1]]))
    return spacing if math.isfinite(spacing) else None


def warm() -> None:
    """Runs every kernel once on a small bowl, with the types that production uses."""
    u, v = np.meshgrid(np.linspace(-1, 1, 24), np.linspace(-1, 1, 24), indexing="ij")
    points = np.stack([30 * u, 9 * (1 - u**2 - v**2), 25 * v], axis=-1).reshape(-1, 3).astype(np.float32)
    number = np.arange(len(points)).reshape(u.shape)
    a, b, c, d = number[:-1, :-1], number[1:, :-1], number[1:, 1:], number[:-1, 1:]
    triangles = np.stack([a, c, b, a, d, c], axis=-1).reshape(-1, 3).astype(np.uint32)
    bowl = Mesh(points, np.ascontiguousarray(triangles))
    arch = find_arch(bowl)
    if arch is not None:
        _incisor_spacing(bowl, arch)
