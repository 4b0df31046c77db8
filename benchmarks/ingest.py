"""Ingest of a scan: ours beside the fastest libraries of PyPI and beside trimesh, own CPU time, taking turns."""

import os
import sys
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from benchmarks.lane import Lane
from benchmarks.places import MADE, SCAN, peers_python

Files = dict[str, str]


@dataclass(frozen=True)
class Row:
    """One comparison: our stage, the peers' stages of which the fastest counts, and the wanted ratio."""

    title: str
    ours: str
    peers: tuple[str, ...]
    goal: float | None
    files: str = "arch"


BEST = ("best of PyPI, vtk picture", "best of PyPI, moderngl picture")
TRIMESH = ("trimesh chain",)
WHOLE = tuple(
    # The peers make one picture, so that is what the goals are for; the other rows are there to be seen.
    Row(f"whole, {title} {against}, {name}", ours, peers, goal if title == "one poster" else None, files)
    for files, name in (("arch", "200k arch"), ("scan", "lab scan"))
    for title, ours in (
        ("one poster", "whole, one poster"),
        ("five posters", "whole, five posters"),
        ("one poster and edge collapse", "whole, one poster, edge collapse"),
    )
    for against, peers, goal in (("/ best of PyPI", BEST, 1.6), ("/ trimesh chain", TRIMESH, 2.8))
)
STAGES = (
    Row("binary STL: parse and weld", "binary STL", ("stl_reader",), 1.7),
    Row("binary STL: parse and weld, lab scan", "binary STL", ("stl_reader",), 1.7, "scan"),
    Row(
        "binary STL: the whole reader, with a cleaned copy", "binary STL, whole reader", ("stl_reader",), None
    ),
    Row("ASCII STL: parse and weld", "ASCII STL", ("stl_reader, ASCII",), 1.7),
    Row(
        "ASCII STL: the whole reader, with a cleaned copy",
        "ASCII STL, whole reader",
        ("stl_reader, ASCII",),
        None,
    ),
    Row("PLY, binary, with colours", "PLY", ("open3d, PLY",), 3.0),
    Row("OBJ with colours", "OBJ", ("tinyobjloader",), 2.4),
    Row("weld alone", "weld", ("meshoptimizer weld", "numpy weld"), 1.5),
    Row("validate", "validate", ("vtk validate", "trimesh validate"), 4.0),
    Row("thumbnail 512 × 384", "thumbnail", ("moderngl picture", "vtk picture"), 1.6),
    Row("coarse and full stream", "levels and stream", ("fast-simplification + meshopt",), None),
    Row(
        "the same with edge collapse",
        "levels and stream, edge collapse",
        ("fast-simplification + meshopt",),
        None,
    ),
    Row("distances, near, exact, with build", "distance", ("open3d distance",), 1.2, "near"),
    Row("distances of two jaws to 5 mm, with build", "distance to 5 mm", ("open3d distance",), 3.0, "jaws"),
)


def make_files() -> dict[str, Files]:
    """The 200k arch in every format, the lab scan where it is, and points to ask distances of."""
    from arcada.core.geometry.specimen import make_pair
    from arcada.core.geometry.write import write_obj, write_ply, write_stl, write_stl_ascii

    MADE.mkdir(parents=True, exist_ok=True)
    named = {name: str(MADE / f"arch.{name}") for name in ("stl", "ascii", "ply", "obj")}
    near, jaws = str(MADE / "near.npy"), str(MADE / "jaws.npy")
    if not Path(jaws).exists():
        upper, lower = make_pair(3, triangles=200_000)
        written = {
            "stl": write_stl(lower), "ascii": write_stl_ascii(lower, name="arch"), "ply": write_ply(lower),
            "obj": write_obj(lower),
        }  # fmt: skip
        for name, data in written.items():
            Path(named[name]).write_bytes(data)
        shift = np.random.default_rng(1).normal(0, 0.1, lower.points.shape)
        np.save(near, (lower.points + shift).astype(np.float32))
        np.save(jaws, np.ascontiguousarray(upper.points, np.float32))
    files = {"arch": named, "near": named | {"queries": near}, "jaws": named | {"queries": jaws}}
    return files | ({"scan": {"stl": str(SCAN)}} if SCAN.exists() else {})


def measure(rounds: int) -> dict[str, Any]:
    files = make_files()
    core = max(os.sched_getaffinity(0))
    ours = Lane(sys.executable, "benchmarks.ingest_ours", core)
    # vtk and moderngl take each other's GL context away, so each draws in a process of its own.
    peers = {name: Lane(peers_python(), "benchmarks.ingest_peers", core) for name in ("vtk", "moderngl")}
    figures: dict[str, Any] = {}
    try:
        for group, rows, times in (("whole", WHOLE, rounds), ("stages", STAGES, rounds + 2)):
            figures[group] = [
                found for kind in files for found in _group(kind, rows, files, ours, peers, times)
            ]
    finally:
        ours.close()
        for lane in peers.values():
            lane.close()
    return figures


def _group(
    kind: str, rows: tuple[Row, ...], files: dict[str, Files], ours: Lane, peers: dict[str, Lane], rounds: int
) -> list[dict[str, Any]]:
    """All stages on one kind of file, each once a round."""
    rows = tuple(row for row in rows if row.files == kind)
    runs: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for _ in range(rounds):
        for row in rows:
            for side, name in (("ours", row.ours), *(("peer", peer) for peer in row.peers)):
                lane = ours if side == "ours" else peers["moderngl" if "moderngl" in name else "vtk"]
                done = runs.setdefault((side, name), [])
                if len(done) < rounds:
                    done.append(lane.ask(name, files[kind]))
    return [_told(row, runs) for row in rows]


def _told(row: Row, runs: dict[tuple[str, str], list[dict[str, Any]]]) -> dict[str, Any]:
    def middle(side: str, name: str) -> float:
        return median(one["cpu_ms"] for one in runs[side, name])

    mine = middle("ours", row.ours)
    others = {name: round(middle("peer", name), 1) for name in row.peers}
    best = min(others, key=lambda name: others[name])
    ratio = others[best] / mine
    verdict = "" if row.goal is None else ("met" if ratio >= row.goal else "missed")
    print(
        f"{row.title:64s} {mine:8.1f} {others[best]:8.1f} {ratio:6.2f}x  goal {row.goal}  {verdict}",
        flush=True,
    )
    return {
        "title": row.title,
        "ours_cpu_ms": round(mine, 1),
        "peers_cpu_ms": others,
        "best_peer": best,
        "ratio": round(ratio, 2),
        "goal": row.goal,
        "verdict": verdict,
        "rounds": len(runs["ours", row.ours]),
        "ours_told": runs["ours", row.ours][-1]["told"],
        "peer_told": runs["peer", best][-1]["told"],
    }
