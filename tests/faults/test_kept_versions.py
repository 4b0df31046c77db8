"""What an earlier version left behind opens in today's: its backup, and its database as it lay on the disk."""

import gzip
import hashlib
import shutil
from pathlib import Path

import pytest

from tests.faults.test_backup import Installation
from tests.kept.make import MASTER_KEY

KEPT = Path(__file__).resolve().parents[1] / "kept"
VERSIONS = sorted(folder.name for folder in KEPT.iterdir() if (folder / "arcada.sqlite3.gz").is_file())

# As a person would: sign in through the form, find the patient, open the record, fetch its bytes.
LOOK_AROUND = """
import django; django.setup()
import hashlib, re
from asgiref.sync import async_to_sync
from django.test import Client
from arcada.apps.audit.models import AuditEvent
from arcada.apps.files.models import StoredFile
from arcada.apps.files.sealed import Verdict, verify_file
from arcada.apps.records.models import Record

def bytes_of(answer):
    async def every():
        return b"".join([piece async for piece in answer.streaming_content])
    return async_to_sync(every)() if answer.streaming else answer.content

ada = Client()
answer = ada.post("/accounts/login/", {"login": "ada@lima.example", "password": "correct horse battery staple"})
assert (answer.status_code, answer.headers["Location"]) == (302, "/"), answer.headers
asked = ada.get("/terms").content.decode()
ada.post("/terms", dict(re.findall(r'type="hidden" name="([a-z]+)" value="([0-9a-f]{64})"', asked)))
page = ada.get("/patients")
assert "P-0218" in page.content.decode(), (page.status_code, page.headers)
records = list(Record.objects.select_related("original", "cleaned").filter(state="ready"))
assert len(records) == 2
for record in records:
    page = ada.get(f"/records/{record.pk}")
    assert page.status_code == 200, (record.slot, page.status_code, page.content.decode()[-1500:])
    given = bytes_of(ada.get(f"/records/{record.pk}/original"))
    assert hashlib.sha256(given).hexdigest() == record.original.sha256, record.slot
    assert b"Canario" in given
    assert b"Canario" not in bytes_of(ada.get(f"/records/{record.pk}/cleaned"))
case = re.search(r'href="(/cases/[0-9a-f-]{36})', ada.get("/cases").content.decode())[1]
page = ada.get(case).content.decode()
assert "Is the margin subgingival?" in page and "Crown 14, zirconia" in page
assert ada.get("/shares").status_code == 200 and "rosa@north-lab.example" in ada.get("/network").content.decode()
files = list(StoredFile.objects.all())
assert all(verify_file(file) is Verdict.WHOLE for file in files)
assert AuditEvent.objects.filter(action="case.decided").count() == 1
print(len(records), len(files))
"""


def with_key(data: Path) -> Installation:
    (data / "keys").mkdir(parents=True)
    (data / "keys" / "master.key").write_text(MASTER_KEY + "\n")
    (data / "keys" / "master.key").chmod(0o600)
    return Installation(data)


def look_around(installation: Installation) -> None:
    records, files = map(int, installation.python(LOOK_AROUND).split())
    assert records == 2 and files > 10
    print(f"{records} records and {files} files checked")


@pytest.mark.parametrize("version", VERSIONS)
def test_a_backup_of_an_earlier_version_is_restored_and_brought_forward(version: str, tmp_path: Path) -> None:
    """BK-07."""
    today = with_key(tmp_path / "data")
    done = today.arcada("restore", str(KEPT / version))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 missing" in done.stdout
    look_around(today)
    again = today.arcada("backup", str(tmp_path / "backups"))
    assert again.returncode == 0, again.stderr
    checked = today.arcada("restore", "--verify", str(tmp_path / "backups"))
    assert checked.returncode == 0, checked.stderr


@pytest.mark.parametrize("version", VERSIONS)
def test_a_database_of_an_earlier_version_is_brought_forward_where_it_lies(
    version: str, tmp_path: Path
) -> None:
    """BK-07."""
    today = with_key(tmp_path / "data")
    shutil.copytree(KEPT / version / "objects", today.data / "files" / "objects")
    database = gzip.decompress((KEPT / version / "arcada.sqlite3.gz").read_bytes())
    (today.data / "arcada.sqlite3").write_bytes(database)
    done = today.arcada("migrate", "--quiet")
    assert done.returncode == 0, done.stderr
    look_around(today)


def test_a_backup_of_a_later_version_is_refused_by_name_and_changes_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    shutil.copytree(KEPT / VERSIONS[0], folder)
    (made,) = folder.glob("2*")
    manifest = (
        (made / "manifest.json").read_text().replace('"0001_initial"', '"0001_initial", "0099_later"', 1)
    )
    before = hashlib.sha256((made / "manifest.json").read_bytes()).hexdigest()
    (made / "manifest.json").write_text(manifest)
    sums = (made / "SHA256SUMS").read_text().replace(before, hashlib.sha256(manifest.encode()).hexdigest())
    (made / "SHA256SUMS").write_text(sums)
    today = with_key(tmp_path / "data")
    done = today.arcada("restore", str(folder))
    assert done.returncode == 1
    assert "a later Arcada" in done.stderr and "0099_later" in done.stderr
    assert "nothing was changed" in done.stderr
