"""Our side of the occlusion benchmark."""

from collections.abc import Callable
from pathlib import Path

import numpy as np

from arcada.core import kernels
from arcada.core.comparing import StoredSurface, compare_jaws
from arcada.core.geometry.distance import build_tree, find_nearest
from arcada.core.geometry.stl import read_stl

kernels.warm()


def _surface(files: dict[str, str], jaw: str) -> StoredSurface:
    stream, cleaned = (Path(files[f"{jaw}.{kind}"]).read_bytes() for kind in ("glb", "stl"))
    return StoredSurface(stream, cleaned, "stl_binary")


def _job(files: dict[str, str]) -> Callable[[], object]:
    def run() -> dict[str, object]:
        above, below = compare_jaws(_surface(files, "upper"), _surface(files, "lower"))
        return {
            "state": below.state.value,
            "measured_from": below.summary["measured_from"]["record"],
            "spots": len(above.spots) + len(below.spots),
            "bytes": len(above.values or b"") + len(below.values or b""),
        }

    return run


def _distances(files: dict[str, str]) -> Callable[[], object]:
    """Of the upper jaw's vertices to the lower one, in the file's order."""

    def run() -> None:
        upper, lower = (read_stl(Path(files[f"{jaw}.stl"]).read_bytes()).mesh for jaw in ("upper", "lower"))
        found = find_nearest(build_tree(lower), upper.points, limit=2.0)
        np.savez(files["out.npz"], distances=found.distances, points=upper.points)

    return run


STAGES = {"occlusion job": _job, "distances": _distances}
