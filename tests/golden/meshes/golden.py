"""Holds what a reader says of a golden mesh against the .json beside it."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from arcada.core.errors import Unreadable
from arcada.core.geometry.obj import read_obj
from arcada.core.geometry.ply import read_ply
from arcada.core.geometry.read import ReadScan
from arcada.core.geometry.stl import read_stl

FOLDER = Path(__file__).parent
CANARY = b"CANARY-Jane-Roe-1970"
READERS: dict[str, Callable[..., ReadScan]] = {".stl": read_stl, ".ply": read_ply, ".obj": read_obj}


def names(ending: str) -> list[str]:
    return sorted(path.name for path in FOLDER.glob(f"*{ending}"))


def few_or_full(ending: str, few: list[str]) -> list:
    """All golden meshes as test parameters: a few always, the rest in the full run."""
    return [pytest.param(name, marks=[] if name in few else [pytest.mark.full]) for name in names(ending)]


def expected(name: str) -> dict:
    return json.loads((FOLDER / f"{name}.json").read_text())


def read(name: str, data: bytes | None = None) -> ReadScan:
    """Reads one golden mesh, or `data` in its place, with the companions that its .json names."""
    data = (FOLDER / name).read_bytes() if data is None else data
    found = {
        role: (FOLDER / file).read_bytes() for role, file in expected(name).get("companions", {}).items()
    }
    reader = READERS[Path(name).suffix]
    return reader(data, found) if found else reader(data)


def said_of(name: str) -> dict:
    """What the reader says, in the shape of the .json."""
    wanted = expected(name)
    try:
        scan = read(name)
    except Unreadable as trouble:
        return {key: wanted[key] for key in ("companions",) if key in wanted} | {
            "accepted": False,
            "code": trouble.code,
        }
    said = {
        "accepted": True,
        "format": scan.format.value,
        "triangles": len(scan.mesh.triangles),
        "vertices": len(scan.mesh.points),
        "colour": scan.mesh.colours is not None,
        "findings": [finding.code for finding in scan.findings],
        "removed": [line.where for line in scan.removed],
        "outgoing": sorted(scan.cleaned_companions),
        "companions": wanted.get("companions", {}),
    }
    return {key: said[key] for key in wanted}


def assert_same_mesh(one: ReadScan, other: ReadScan) -> None:
    assert one.mesh.points.tobytes() == other.mesh.points.tobytes()
    assert one.mesh.triangles.tobytes() == other.mesh.triangles.tobytes()
    assert (one.mesh.colours is None) == (other.mesh.colours is None)
    if one.mesh.colours is not None:
        assert np.array_equal(one.mesh.colours, other.mesh.colours)


def assert_clean(scan: ReadScan, reader: Callable[..., ReadScan]) -> None:
    """A cleaned file reads the same, bit by bit, and there is nothing more to remove."""
    again = reader(scan.cleaned, scan.cleaned_companions) if scan.cleaned_companions else reader(scan.cleaned)
    assert_same_mesh(scan, again)
    assert again.removed == ()
    assert again.cleaned == scan.cleaned
    assert again.cleaned_companions == scan.cleaned_companions


def damaged(data: bytes, cuts: list[tuple[str, int, bytes]]) -> bytes:
    """The bytes after some accidents: each is a kind, a place and bytes."""
    for kind, place, piece in cuts:
        at = place % (len(data) + 1)
        if kind == "cut":
            data = data[:at]
        elif kind == "insert":
            data = data[:at] + piece + data[at:]
        elif kind == "overwrite":
            data = data[:at] + piece + data[at + len(piece) :]
        elif kind == "remove":
            data = data[:at] + data[at + len(piece) :]
        else:
            data = data[:at] + data[max(at - 40, 0) :]
    return data
