"""The contracts of imports in pyproject.toml hold: layers, a pure core, arrays in two rooms, no models in pages."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_the_import_contracts_hold() -> None:
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout[-3000:]
    kept = done.stdout.count(" KEPT")
    assert kept >= 4 and "BROKEN" not in done.stdout
    print(f"{kept} contracts checked")
