"""Fuzzes the OBJ reader and its companions: `python tests/fuzz/fuzz_obj.py [SECONDS]`; seeds are the golden meshes."""

import sys
import tempfile
from pathlib import Path

import atheris

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

# Imported before, the kernels stay as they are: numba cannot compile what was instrumented.
from arcada.core.geometry import text_kernels, weld_kernels

with atheris.instrument_imports(include=["arcada.core.geometry"]):
    from arcada.core.errors import Unreadable
    from arcada.core.geometry.obj import read_obj

GOLDEN = Path(__file__).resolve().parents[1] / "golden" / "meshes"


SEPARATOR = b"\0\0companion\0\0"
NAMES = ("a.mtl", "a.png")


def read_once(data: bytes) -> None:
    """Only `Unreadable` may leave the reader; it reads the same again from the cleaned file.

    What follows each separator is a companion: the library, then the texture.
    """
    main, *parts = data.split(SEPARATOR)
    try:
        scan = read_obj(main, dict(zip(NAMES, parts, strict=False)))
    except Unreadable:
        return
    again = read_obj(scan.cleaned, scan.cleaned_companions)
    assert again.removed == () and again.cleaned == scan.cleaned
    assert again.cleaned_companions == scan.cleaned_companions
    assert again.mesh.points.tobytes() == scan.mesh.points.tobytes()
    assert again.mesh.triangles.tobytes() == scan.mesh.triangles.tobytes()


def main() -> None:
    seconds = int(sys.argv[1]) if len(sys.argv) > 1 else 30
    for kernels in (text_kernels, weld_kernels):
        kernels.warm()
    with tempfile.TemporaryDirectory() as found:
        seeds = Path(found) / "seeds"
        seeds.mkdir()
        for seed in GOLDEN.glob("*.obj"):
            (seeds / seed.name).write_bytes(seed.read_bytes())
        scan = (
            b"mtllib a.mtl\nusemtl a\nv 0 0 0\nv 1 0 0\nv 0 1 0\nvt 0 0\nvt 1 0\nvt 0 1\nf 1/1 2/2 3/3\n",
            b"newmtl a\nKd 1 1 1\nmap_Kd -s 2 2 -clamp on a.png\n",
            (GOLDEN / "textured.png").read_bytes(),
        )
        (seeds / "with-companions").write_bytes(SEPARATOR.join(scan))
        options = [f"-max_total_time={seconds}", "-timeout=20", "-rss_limit_mb=1024", "-max_len=20000"]
        atheris.Setup([sys.argv[0], found, str(seeds), *options], read_once)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
