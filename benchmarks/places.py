"""Where the benchmarks read and write, and the peers' environment made there on first use."""

import os
import subprocess
import sys
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
CACHE = REPOSITORY / ".cache"
RESULTS = REPOSITORY / "benchmarks" / "results"
PICTURE = REPOSITORY / "docs" / "pictures" / "benchmarks.svg"
SCAN = REPOSITORY.parent / "shared" / "data" / "scans" / "labscan-scan01.stl"
PEERS = CACHE / "bench-peers"
NPM_PEERS = CACHE / "bench-npm"
MADE = CACHE / "bench-made"
NPM_PACKAGES = ("online-3d-viewer@0.18.0", "three@0.187.0", "esbuild@0.28.2", "@kitware/vtk.js@37.4.3")


def surroundings(**more: str) -> dict[str, str]:
    """The environment of a child: one thread a library, kernels from the cache, nothing of a running Arcada."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ARCADA_")}  # noqa: TID251
    one_thread = dict.fromkeys(("OMP_NUM_THREADS", "LP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")
    kernels = kept.get("NUMBA_CACHE_DIR", str(CACHE / "numba"))
    return {**kept, **one_thread, "NUMBA_CACHE_DIR": kernels, "ARCADA_KERNEL_CACHE": kernels, **more}


def peers_python() -> Path:
    """The Python of the peers' own environment, made when it is missing or its list has changed."""
    python, wanted = PEERS / "bin" / "python", REPOSITORY / "benchmarks" / "peers.txt"
    stamp = PEERS / "installed.txt"
    if not stamp.exists() or stamp.read_text() != wanted.read_text():
        uv = [sys.executable, "-m", "uv"]
        if not python.exists():
            subprocess.run([*uv, "venv", "-q", "--python", sys.executable, str(PEERS)], check=True)
        install = [*uv, "pip", "install", "-q", "--python", str(python), "-r", str(wanted)]
        subprocess.run(install, check=True, timeout=900)
        stamp.write_text(wanted.read_text())
    return python


def npm_peers() -> Path:
    """The folder with the peers' packages of npm."""
    stamp = NPM_PEERS / "installed.txt"
    if not stamp.exists() or stamp.read_text() != "\n".join(NPM_PACKAGES):
        NPM_PEERS.mkdir(parents=True, exist_ok=True)
        (NPM_PEERS / "package.json").write_text('{"private": true}\n')
        install = ["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", *NPM_PACKAGES]
        subprocess.run(install, cwd=NPM_PEERS, check=True, timeout=600)
        stamp.write_text("\n".join(NPM_PACKAGES))
    return NPM_PEERS / "node_modules"
