"""Warms every kernel once, so that no file ever waits for a compiler, and no child needs the disk."""

from arcada.core.geometry import (
    distance,
    level_kernels,
    measure,
    orient,
    ply_kernels,
    poster_kernels,
    text_kernels,
    weld_kernels,
)
from arcada.core.images import entropy, lossless, webp
from arcada.core.rehearsal import rehearse

MODULES = (
    weld_kernels,
    text_kernels,
    ply_kernels,
    measure,
    orient,
    level_kernels,
    poster_kernels,
    distance,
    entropy,
    lossless,
    webp,
)


_is_warm = False


def warm() -> None:
    """Runs each kernel on a tiny input with production's types; a worker does this before it forks."""
    global _is_warm
    for module in MODULES:
        module.warm()
    rehearse()
    _is_warm = True


def warm_once() -> None:
    """For whoever forks a limited child without having been warmed: it finds everything loaded."""
    if not _is_warm:
        warm()
