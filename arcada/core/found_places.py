"""A place on one version of a surface, found again on a newer one: when it counts as moved, and why it may be gone."""

from typing import Final

MOVED_MM: Final = 0.2  # below it a place counts as where it was
NO_SURFACE, NO_FIT = "no_surface", "no_fit"


def has_moved(moved_mm: float | None) -> bool:
    """The surface under the place lies elsewhere by more than counts."""
    return (moved_mm or 0.0) > MOVED_MM
