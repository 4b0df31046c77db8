"""A disk without room: nothing half-written is kept, reading goes on, and it heals when there is room again."""

import os
import resource
import subprocess
import sys
from uuid import uuid4

import pytest

from arcada.apps.files.file_store import FileStore
from arcada.apps.files.storage import StoreFull
from tests.apps.files.upload_house import (  # noqa: F401
    MIB,
    REPOSITORY,
    House,
    empty_database,
    make_house,
)

SCRIPT = """
import resource, sys
from pathlib import Path
from arcada.apps.files.file_store import FileStore
from arcada.apps.files.storage import StoreFull
store = FileStore(Path(sys.argv[1]))
resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, resource.RLIM_INFINITY))
writer = store.write("a/b/c")
writer.append(b"x" * 200_000)
state = writer.sync()
try:
    writer.append(b"y" * 200_000)
    raise SystemExit("it was written")
except StoreFull:
    pass
writer.close()
try:
    store.put("d/e/f", b"z" * 400_000)
    raise SystemExit("it was stored")
except StoreFull:
    pass
assert store.size("a/b/c") is None and store.size("d/e/f") is None
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
writer = store.write("a/b/c", state)
writer.append(b"y" * 200_000)
writer.finish()
assert store.read("a/b/c", 0, 400_000) == b"x" * 200_000 + b"y" * 200_000
assert list(store.unfinished()) == []
"""


def test_a_write_that_is_cut_short_is_told_and_taken_back(tmp_path):
    """RLIMIT_FSIZE makes the kernel write a part of what it is given, then refuse."""
    told = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(tmp_path)], cwd=REPOSITORY, capture_output=True, text=True
    )
    assert told.returncode == 0, told.stderr
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] == resource.RLIM_INFINITY


@pytest.fixture
def small_disk(tmp_path):
    """A real file system of 24 MiB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", folder], capture_output=True, text=True
    )
    if mounted.returncode:
        pytest.skip(f"mounting a small disk needs root: {mounted.stderr.strip()}")
    yield folder
    subprocess.run(["umount", "-l", folder], check=True)


@pytest.mark.full
def test_a_full_disk_answers_507_reads_go_on_and_uploads_finish_when_there_is_room(
    small_disk,
    tmp_path,
    empty_database,  # noqa: F811
):
    house: House = make_house(tmp_path / "data", f"file://{small_disk}/files", empty_database)
    try:
        first = os.urandom(5 * MIB)
        before = house.open(first)
        house.send_all(before, first)
        data = os.urandom(12 * MIB)
        upload = house.open(data)
        assert house.patch(upload, 0, data[: 4 * MIB])[0] == 204
        (small_disk / "filler").write_bytes(b"x" * (14 * MIB))
        status, headers, body = house.patch(upload, 4 * MIB, data[4 * MIB :])
        assert status == 507, body
        assert "retry-after" in headers
        assert house.ask("read", id=before)["sha256"]
        assert house.offset(upload) == 4 * MIB
        (small_disk / "filler").unlink()
        house.send_all(upload, data)
        assert house.ask("read", id=upload)["sha256"] == house.ask("look")["files"][upload]["sha256"]
        assert len(house.left_of(upload)) == 1
    finally:
        house.kill()


@pytest.mark.full
def test_a_full_store_keeps_no_half_object(small_disk):
    store = FileStore(small_disk)
    kept = f"{uuid4()}/{uuid4()}/a"
    store.put(kept, b"x" * (5 * MIB))
    (small_disk / "filler").write_bytes(b"x" * (18 * MIB))
    with pytest.raises(StoreFull):
        store.put(f"{uuid4()}/{uuid4()}/b", b"y" * (5 * MIB))
    assert [one.key for one in store.objects()] == [kept]
    assert list(store.unfinished()) == []
    assert store.read(kept, 0, 5 * MIB) == b"x" * (5 * MIB)
