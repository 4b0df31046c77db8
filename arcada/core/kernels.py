"""Warms every kernel once, so that no file ever waits for a compiler."""

from arcada.core.geometry import measure
from arcada.core.images import entropy

_MODULES = (measure, entropy)


def warm() -> None:
    """Runs each kernel on a tiny input with production's types; a worker does this before it forks."""
    for module in _MODULES:
        module.warm()
