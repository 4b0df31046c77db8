"""Fuzzes the PLY reader: `python tests/fuzz/fuzz_ply.py [SECONDS]`; seeds are the golden meshes."""

import sys
import tempfile
from pathlib import Path

import atheris

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

# Imported before, the kernels stay as they are: numba cannot compile what was instrumented.
from arcada.core.geometry import ply_kernels, text_kernels, weld_kernels

with atheris.instrument_imports(include=["arcada.core.geometry"]):
    from arcada.core.errors import Unreadable
    from arcada.core.geometry.ply import read_ply

GOLDEN = Path(__file__).resolve().parents[1] / "golden" / "meshes"


def read_once(data: bytes) -> None:
    """Only `Unreadable` may leave the reader, and what it read it must read again from the cleaned file."""
    try:
        scan = read_ply(data)
    except Unreadable:
        return
    again = read_ply(scan.cleaned)
    assert again.removed == () and again.cleaned == scan.cleaned
    assert again.mesh.points.tobytes() == scan.mesh.points.tobytes()
    assert again.mesh.triangles.tobytes() == scan.mesh.triangles.tobytes()


def main() -> None:
    seconds = int(sys.argv[1]) if len(sys.argv) > 1 else 30
    for kernels in (ply_kernels, text_kernels, weld_kernels):
        kernels.warm()
    with tempfile.TemporaryDirectory() as found:
        seeds = Path(found) / "seeds"
        seeds.mkdir()
        for seed in GOLDEN.glob("*.ply"):
            (seeds / seed.name).write_bytes(seed.read_bytes())
        options = [f"-max_total_time={seconds}", "-timeout=20", "-rss_limit_mb=1024", "-max_len=20000"]
        atheris.Setup([sys.argv[0], found, str(seeds), *options], read_once)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
