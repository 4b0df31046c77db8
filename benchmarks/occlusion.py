"""Contacts of two jaws of 200k triangles: the whole job beside open3d, and the distances beside open3d and libigl.

Ours reads both cleaned files again, puts them in the stream's order, judges the bite, measures both ways with sign and
makes bytes and spots. open3d reads both files and measures both ways, with its sign by rays and without one. libigl
measures both ways without a sign and only says whether the distances are right: it knows no cutoff and takes minutes
without one. The peers' environment is made on first use (benchmarks/peers.txt).
"""

import os
import sys
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from benchmarks.lane import Lane
from benchmarks.places import MADE, peers_python

CUTOFF_MM = 2.0
GOAL_S, GOAL_RATIO, GOAL_UM = 1.5, 3.0, 1.0
OURS = "occlusion job"
PEERS = ("open3d, with sign", "open3d, without a sign")


def make_files() -> dict[str, str]:
    """Two jaws in the bite as STL, and as the streams that intake makes of them."""
    from arcada.core.geometry.specimen import make_pair
    from arcada.core.geometry.stream import encode_glb
    from arcada.core.geometry.write import write_stl

    MADE.mkdir(parents=True, exist_ok=True)
    files = {
        name: str(MADE / f"bite-{name}")
        for name in ("upper.stl", "lower.stl", "upper.glb", "lower.glb", "out.npz")
    }
    if not Path(files["lower.glb"]).exists():
        for jaw, mesh in zip(("upper", "lower"), make_pair(3, triangles=200_000), strict=True):
            Path(files[f"{jaw}.stl"]).write_bytes(write_stl(mesh))
            Path(files[f"{jaw}.glb"]).write_bytes(encode_glb(mesh))
    return files


def measure(rounds: int) -> dict[str, Any]:
    files = make_files()
    core = max(os.sched_getaffinity(0))
    ours, peers = (
        Lane(sys.executable, "benchmarks.occlusion_ours", core),
        Lane(peers_python(), "benchmarks.occlusion_peers", core),
    )
    runs: dict[str, list[dict[str, Any]]] = {name: [] for name in (OURS, *PEERS)}
    try:
        for _ in range(rounds):
            runs[OURS].append(ours.ask(OURS, files))
            for name in PEERS:
                runs[name].append(peers.ask(name, files))
        agreement = _agreement(ours, peers, files)
    finally:
        ours.close()
        peers.close()
    cpu_s = {name: round(median(run["cpu_ms"] for run in done) / 1e3, 3) for name, done in runs.items()}
    ratios = {name: round(cpu_s[name] / cpu_s[OURS], 2) for name in PEERS}
    for name, seconds in cpu_s.items():
        print(f"{name:32s} {seconds:8.3f} s of CPU  {ratios.get(name, 1.0):6.2f}x", flush=True)
    for name, told in agreement.items():
        print(
            f"{name}: farthest {told['farthest_um']} µm of {told['points']} points (goal {GOAL_UM})",
            flush=True,
        )
    return {
        "cpu_s": cpu_s,
        "ratios": ratios,
        "goal_s": GOAL_S,
        "goal_ratio": GOAL_RATIO,
        "verdict": "met" if cpu_s[OURS] <= GOAL_S and min(ratios.values()) >= GOAL_RATIO else "missed",
        "agreement": agreement,
        "goal_um": GOAL_UM,
        "rounds": rounds,
        "ours_told": runs[OURS][-1]["told"],
        "load_at_end": round(os.getloadavg()[0], 1),
    }


def _agreement(ours: Lane, peers: Lane, files: dict[str, str]) -> dict[str, dict[str, float]]:
    """The largest difference in µm from each peer, of all distances within the cutoff, and how many those are."""
    found = {}
    mine = _told(ours, "distances", files)
    for name, stage in (("open3d", "open3d distances"), ("libigl", "libigl distances")):
        theirs = _told(peers, stage, files)
        counts = np.isfinite(mine) & (theirs <= CUTOFF_MM)
        worst = float(np.abs(mine - theirs)[counts].max()) * 1000.0
        found[name] = {"farthest_um": round(worst, 7), "points": int(counts.sum())}
    return found


def _told(lane: Lane, stage: str, files: dict[str, str]) -> np.ndarray:
    lane.ask(stage, files)
    return np.load(files["out.npz"])["distances"]
