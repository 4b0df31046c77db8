"""A backup taken while people work comes back whole; a damaged one names what is damaged and changes nothing."""

import gzip
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.templates import lay_empty

ROOT = Path(__file__).resolve().parents[2]
# Fills an installation on its own, as fast as it can: rows and sealed bytes, each in one commit.
WRITER = """
import django; django.setup()
import sys, uuid
from datetime import UTC, datetime
from django.db import transaction
from arcada.apps.accounts.actions import create_workspace
from arcada.apps.accounts.models import User, Workspace
from arcada.apps.files.sealed import store_bytes
from arcada.apps.mail.actions import queue_rendered
from arcada.apps.patients.actions import add_patient
from arcada.core.access import Actor, WorkspaceKind
now = datetime(2026, 3, 17, 9, 30, 0, 123456, tzinfo=UTC)
workspace = Workspace.objects.first()
if workspace is None:
    user = User.objects.create_user("ada@lima.example", "correct horse battery staple", name="Dr Ada Lima")
    workspace = create_workspace(Actor.system(), user, kind=WorkspaceKind.CLINIC, name="Lima Dental", now=now)
for number in range(int(sys.argv[1])):
    file = store_bytes(workspace.pk, bytes([number % 251]) * (1000 + number), purpose="original",
                       media_type="text/plain", name="note.txt", now=now)
    with transaction.atomic():
        file.save(force_insert=True)
        add_patient(Actor.system(), workspace_id=workspace.pk, name="Zélia Canário", now=now)
        queue_rendered("note", to="rosa@north-lab.example", subject="A link", text="secret-of-a-link", now=now)
    print(number, flush=True)
"""
COUNT = """
import django; django.setup()
from arcada.apps.files.models import StoredFile
from arcada.apps.files.sealed import Verdict, verify_file
from arcada.apps.patients.models import Patient
from arcada.apps.patients.queries import find_patients
files = list(StoredFile.objects.all())
print(len(files), Patient.objects.count(), sum(verify_file(file) is not Verdict.WHOLE for file in files))
"""


class Installation:
    def __init__(self, data: Path, **more: str) -> None:
        self.data = data
        kept = {name: value for name, value in os.environ.items() if not name.startswith("ARCADA_")}
        self.env = {
            **kept,
            "ARCADA_DATA": str(data),
            "DJANGO_SETTINGS_MODULE": "arcada.config.settings",
            **more,
        }

    def arcada(
        self, *arguments: str, said: str = "", seconds: float = 120
    ) -> subprocess.CompletedProcess[str]:
        return self._run("-m", "arcada", *arguments, said=said, seconds=seconds)

    def python(self, program: str, *arguments: str) -> str:
        done = self._run("-c", program, *arguments)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def start(self, program: str, *arguments: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-c", program, *arguments],
            cwd=ROOT,
            env=self.env,
            stdout=subprocess.PIPE,
            text=True,
        )

    def _run(self, *command: str, said: str = "", seconds: float = 120) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, *command], cwd=ROOT, env=self.env, input=said, capture_output=True, text=True,
            timeout=seconds, check=False,
        )  # fmt: skip


@pytest.fixture
def old(tmp_path: Path) -> Installation:
    return made(tmp_path / "old")


def made(data: Path) -> Installation:
    lay_empty(data)
    return Installation(data)


def new_with_key_of(old: Installation, data: Path) -> Installation:
    (data / "keys").mkdir(parents=True)
    shutil.copy2(old.data / "keys" / "master.key", data / "keys" / "master.key")
    return Installation(data)


def counts(installation: Installation) -> tuple[int, int, int]:
    files, patients, broken = map(int, installation.python(COUNT).split())
    return files, patients, broken


def test_a_backup_under_load_comes_back_without_a_dangling_row(old: Installation, tmp_path: Path) -> None:
    writer = old.start(WRITER, "100000")
    assert writer.stdout is not None
    try:
        for _ in range(15):
            assert writer.stdout.readline()
        first = old.arcada("backup", str(tmp_path / "backups"))
        for _ in range(15):
            assert writer.stdout.readline()
        second = old.arcada("backup", str(tmp_path / "backups"))
    finally:
        writer.kill()
        writer.wait()
    assert first.returncode == second.returncode == 0, first.stderr + second.stderr
    new = new_with_key_of(old, tmp_path / "new")
    done = new.arcada("restore", str(tmp_path / "backups"))
    assert done.returncode == 0, done.stderr
    assert "0 missing" in done.stdout
    files, patients, broken = counts(new)
    assert broken == 0
    assert files >= 30
    assert files - patients in (0, 1), "a file and its patient are one commit; the newest may be between"


def test_a_restored_installation_is_the_old_one_to_the_last_value(old: Installation, tmp_path: Path) -> None:
    old.python(WRITER, "5")
    assert old.arcada("backup", str(tmp_path / "backups")).returncode == 0
    new = new_with_key_of(old, tmp_path / "new")
    assert new.arcada("restore", str(tmp_path / "backups")).returncode == 0
    assert new.arcada("backup", str(tmp_path / "again")).returncode == 0
    (before,) = (tmp_path / "backups").glob("2*")
    (after,) = (tmp_path / "again").glob("2*")
    for table in sorted((before / "tables").iterdir()):
        if table.name.startswith("audit."):
            continue  # backup and restore are events themselves
        if table.name.startswith("mail."):
            continue  # sealed again, so the bytes differ; what they say is asked below
        assert table.read_bytes() == (after / "tables" / table.name).read_bytes(), table.name
    verified = new.arcada("audit", "verify")
    assert verified.returncode == 0, verified.stdout + verified.stderr

    said = new.python("""
import django; django.setup()
from arcada.apps.mail.models import OutgoingMail
print({mail.text for mail in OutgoingMail.objects.all()})
""")
    assert said.strip() == "{'secret-of-a-link'}"


def test_every_fault_of_a_backup_is_named_and_nothing_is_changed(old: Installation, tmp_path: Path) -> None:
    old.python(WRITER, "6")
    assert old.arcada("backup", str(tmp_path / "backups")).returncode == 0
    objects = sorted(path for path in (tmp_path / "backups" / "objects").rglob("*") if path.is_file())
    missing, flipped, cut = objects[:3]
    missing.unlink()
    data = bytearray(flipped.read_bytes())
    data[40] ^= 1
    flipped.write_bytes(data)
    cut.write_bytes(cut.read_bytes()[:-1])
    (backup,) = (tmp_path / "backups").glob("2*")
    table = backup / "tables" / "patients.patient.jsonl.gz"
    table.write_bytes(table.read_bytes()[:-9])
    new = new_with_key_of(old, tmp_path / "new")
    for arguments in (("restore", "--verify"), ("restore",)):
        done = new.arcada(*arguments, str(tmp_path / "backups"))
        assert done.returncode == 1
        for named in (missing.name, flipped.name, cut.name, table.name):
            assert named in done.stderr
        for whole in objects[3:]:
            assert whole.name not in done.stderr
    assert new.arcada("migrate", "--quiet").returncode == 0
    assert counts(new) == (0, 0, 0)


def test_another_master_key_is_named(old: Installation, tmp_path: Path) -> None:
    old.python(WRITER, "2")
    assert old.arcada("backup", str(tmp_path / "backups")).returncode == 0
    done = Installation(tmp_path / "new").arcada("restore", str(tmp_path / "backups"))
    assert done.returncode == 1
    assert "master key: it does not open" in done.stderr


def test_a_full_installation_is_never_restored_over(old: Installation, tmp_path: Path) -> None:
    old.python(WRITER, "2")
    assert old.arcada("backup", str(tmp_path / "backups")).returncode == 0
    done = old.arcada("restore", str(tmp_path / "backups"))
    assert done.returncode == 1
    assert "not empty" in done.stderr


def test_a_file_that_the_store_lost_is_named_and_the_rest_is_kept(old: Installation, tmp_path: Path) -> None:
    old.python(WRITER, "3")
    lost = next(path for path in (old.data / "files" / "objects").rglob("*") if path.is_file())
    lost.unlink()
    done = old.arcada("backup", str(tmp_path / "backups"))
    assert done.returncode == 1
    assert lost.name in done.stderr
    new = new_with_key_of(old, tmp_path / "new")
    restored = new.arcada("restore", str(tmp_path / "backups"))
    assert restored.returncode == 1
    assert lost.name in restored.stderr
    assert counts(new) == (3, 3, 1)


def test_the_key_is_in_no_file_of_a_backup(old: Installation, tmp_path: Path) -> None:
    old.python(WRITER, "2")
    assert old.arcada("backup", str(tmp_path / "backups")).returncode == 0
    key = (old.data / "keys" / "master.key").read_text().strip()
    for path in (tmp_path / "backups").rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            if path.name.endswith(".gz"):
                data = gzip.decompress(data)
                assert b"secret-of-a-link" not in data
                assert "Canário".encode() not in data
            assert key.encode() not in data
            assert bytes.fromhex(key) not in data
            assert path.stat().st_mode & 0o077 == 0
    refused = old.arcada("backup", str(old.data))
    assert refused.returncode == 2
    assert "kept apart" in refused.stderr


def test_an_interrupted_backup_is_never_taken_for_one(old: Installation, tmp_path: Path) -> None:
    old.python(WRITER, "2")
    partial = tmp_path / "backups" / "2026-03-17T020000Z.partial"
    (partial / "tables").mkdir(parents=True)
    (partial / "manifest.json").write_text("{}")
    done = old.arcada("restore", str(tmp_path / "backups"))
    assert done.returncode == 1
    assert "no finished backup" in done.stderr


def test_the_doctor_warns_until_there_is_a_backup(old: Installation, tmp_path: Path) -> None:
    assert "There is no backup" in old.arcada("doctor").stdout
    assert old.arcada("backup", str(tmp_path / "backups")).returncode == 0
    time.sleep(0.01)
    told = old.arcada("doctor").stdout
    assert "There is no backup" not in told
    assert str(tmp_path / "backups") in told
