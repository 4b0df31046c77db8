"""All files in one ZIP: cleaned names, hashes in a manifest, no dates, and the same bytes every time (DE-09)."""

import hashlib
import io
import json
import random
import shutil
import subprocess
import tracemalloc
import zipfile

import pytest
from asgiref.sync import async_to_sync
from django.utils import timezone

from arcada.apps.accounts.models import Workspace
from arcada.apps.files.sealed import store_bytes
from arcada.apps.files.serving import RightsEnded
from arcada.apps.files.zip_stream import ZipEntry, zip_stream
from arcada.core.errors import Unavailable
from arcada.core.sealing import CHUNK

pytestmark = pytest.mark.django_db


@pytest.fixture
def keep(store):
    """Store bytes as a file of one clinic."""
    clinic = Workspace.objects.create(kind="clinic", name="Clinic", created_at=timezone.now())
    return lambda data: store_bytes(
        clinic.id, data, purpose="cleaned", media_type="model/stl", now=timezone.now()
    )


def zipped(entries, **more) -> bytes:
    async def run():
        return b"".join([piece async for piece in zip_stream(entries, **more)])

    return async_to_sync(run)()


def test_the_archive_holds_every_file_and_a_manifest_with_its_hash(keep):
    data = {
        "A-1042_upper-jaw.stl": random.Random(1).randbytes(3 * CHUNK + 5),
        "photos/A-1042_EV19.jpg": b"jpeg",
        "e": b"",
    }
    archive = zipfile.ZipFile(
        io.BytesIO(zipped([ZipEntry(n, keep(d)) for n, d in data.items()], about={"case": "A-1042"}))
    )
    assert archive.testzip() is None
    assert archive.namelist() == ["manifest.json", *sorted(data)]
    assert {name: archive.read(name) for name in data} == data
    manifest = json.loads(archive.read("manifest.json"))
    assert manifest["case"] == "A-1042"
    assert {f["name"]: f["sha256"] for f in manifest["files"]} == {
        name: hashlib.sha256(content).hexdigest() for name, content in data.items()
    }
    for info in archive.infolist():
        assert info.date_time == (1980, 1, 1, 0, 0, 0)
        assert info.compress_type == zipfile.ZIP_STORED
        assert info.extra == b""


def test_two_exports_are_identical_to_the_byte_in_whatever_order_they_are_asked_for(keep):
    entries = [ZipEntry(f"{n}.stl", keep(random.Random(n).randbytes(1000 * n))) for n in range(5)]
    first = zipped(entries)
    assert zipped(list(reversed(entries))) == first
    again = [
        ZipEntry(entry.name, keep(random.Random(n).randbytes(1000 * n))) for n, entry in enumerate(entries)
    ]
    assert zipped(again) == first


def test_hostile_and_equal_names_stay_inside_and_apart(keep):
    names = ["../../etc/passwd", "/etc/shadow", "..\\..\\boot.ini", "a.stl", "A.STL", "a.stl", "manifest.json",
             "x\r\ny.stl", "\u202elts.exe", "..", "", "con/../../x.stl", "C:\\x.stl"]  # fmt: skip
    archive = zipfile.ZipFile(io.BytesIO(zipped([ZipEntry(n, keep(n.encode())) for n in names])))
    told = archive.namelist()
    assert len(told) == len(names) + 1
    assert len({name.casefold() for name in told}) == len(told)
    for name in told:
        assert not name.startswith("/")
        assert ".." not in name.split("/")
        assert not any(ord(c) < 32 or c in "\\\u202e" for c in name)


def test_a_broken_seal_gives_no_archive_that_opens(keep, store):
    good, bad = keep(b"good"), keep(b"bad" * 1000)
    raw = bytearray(store.read(bad.object_key, 0, store.size(bad.object_key)))
    raw[50] ^= 1
    store.delete(bad.object_key)
    store.put(bad.object_key, bytes(raw))
    given = []

    async def run():
        async for piece in zip_stream([ZipEntry("a", good), ZipEntry("b", bad)]):
            given.append(piece)

    with pytest.raises(Unavailable):
        async_to_sync(run)()
    with pytest.raises(zipfile.BadZipFile):
        zipfile.ZipFile(io.BytesIO(b"".join(given)))


def test_a_right_that_ends_aborts_the_archive(keep, monkeypatch):
    monkeypatch.setattr("arcada.apps.files.serving.RECHECK_SECONDS", 0)
    with pytest.raises(RightsEnded):
        zipped([ZipEntry("a", keep(b"1"))], still_allowed=lambda: False)


def test_memory_stays_flat_however_large_the_archive(keep):
    file = keep(random.Random(2).randbytes(40 * CHUNK))

    async def run():
        total = 0
        async for piece in zip_stream([ZipEntry(str(n), file) for n in range(4)]):
            total += len(piece)
        return total

    tracemalloc.start()
    total = async_to_sync(run)()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert total > 160 * CHUNK
    assert peak < 60 * CHUNK


@pytest.mark.skipif(not shutil.which("unzip"), reason="unzip is not installed (Debian: unzip)")
def test_unzip_finds_no_fault(keep, tmp_path):
    path = tmp_path / "a.zip"
    path.write_bytes(zipped([ZipEntry("ü/a.stl", keep(b"x" * 5000)), ZipEntry("b", keep(b""))]))
    told = subprocess.run(["unzip", "-t", path], capture_output=True, text=True)
    assert told.returncode == 0, told.stdout
    assert "No errors" in told.stdout


@pytest.mark.full
def test_a_file_beyond_four_gibibytes_is_written_as_zip64(keep, monkeypatch):
    """The bytes are made up on the way out: only the archive's own bookkeeping is under test."""
    size = (4 << 30) + 5
    file = keep(b"")
    file.bytes = size

    async def pieces(file, start, stop):
        left = stop
        block = bytes(64 * CHUNK)
        while left:
            yield block[: min(left, len(block))]
            left -= min(left, len(block))

    monkeypatch.setattr("arcada.apps.files.zip_stream.aread_range", pieces)

    async def run():
        tail, total = b"", 0
        async for piece in zip_stream([ZipEntry("large", file), ZipEntry("second", file)]):
            total += len(piece)
            tail = (tail + piece)[-2000:] if len(piece) < 2000 else piece[-2000:]
        return total, tail

    total, tail = async_to_sync(run)()
    assert total > 2 * size
    assert b"PK\x06\x06" in tail  # the zip64 directory's end
    assert size.to_bytes(8, "little") in tail
