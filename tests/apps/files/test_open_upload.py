"""Promising an upload: what is refused at once, and what a name may be (UP-08)."""

import random
import unicodedata
from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from arcada.apps.accounts.models import Workspace
from arcada.apps.audit.models import AuditEvent
from arcada.apps.files.access import upload_for
from arcada.apps.files.actions import (
    LARGEST_UPLOAD,
    UPLOAD_LIFE,
    complete_upload,
    end_upload,
    expire_uploads,
    fail_upload,
    open_upload,
)
from arcada.apps.files.keys import open_name
from arcada.apps.files.models import StoredFile, Upload
from arcada.apps.files.sealed import original_name
from arcada.apps.files.sweep import ORPHAN_AFTER, sweep_orphans
from arcada.apps.files.upload_lock import Busy, UploadLock, locked
from arcada.core.access import Actor, ActorKind, Role
from arcada.core.errors import Conflict, NotFound, Refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def clinic() -> Workspace:
    return Workspace.objects.create(kind="clinic", name="Clinic", created_at=timezone.now())


@pytest.fixture
def ada(clinic) -> Actor:
    return Actor(kind=ActorKind.PERSON, id=uuid4(), workspace_id=clinic.id, role=Role.DENTIST)


def opened(actor: Actor, **more) -> Upload:
    asked = {"subject_kind": "record", "subject_id": uuid4(), "name": "upper.stl", "size": 10}
    return open_upload(actor, workspace_id=actor.workspace_id, now=timezone.now(), **{**asked, **more})


HOSTILE = [
    "../../etc/passwd", "..\\..\\boot.ini", "/etc/shadow", "C:\\con", "CON", "nul.stl", "a\0b.stl", "a\r\nb.stl",
    "\u202elts.exe", "x" * 4096, "ü" * 300 + ".stl", "=cmd|' /C calc'!A0", "-rf", "$(id).stl", "`id`", "a;b&c|d.stl",
    "<script>.stl", "%2e%2e%2f", "....//....//x", "", " ", ".", "..", "a/", "\ud800.stl", "\u2066x\u2069.stl",
]  # fmt: skip


def test_five_hundred_hostile_names_become_harmless_data(store, ada):
    rng = random.Random(8)
    alphabet = "abc./\\\0\r\n\t\u202e\u2066\u200f:*?\"<>|%=;'ü漢\U0001f9b7 "
    names = [*HOSTILE, *("".join(rng.choices(alphabet, k=rng.randrange(1, 400))) for _ in range(500))]
    for name in names:
        upload = opened(ada, name=name)
        kept = open_name(ada.workspace_id, upload.id, upload.sealed_name)
        assert 0 < len(kept.encode()) <= 255
        assert not any(unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp") for c in kept)
        assert not set(kept) & set("/\\\u202e\u2066\u2069\u200f")
        assert kept not in (".", "..")
        assert name not in upload.object_key or len(name) < 3
        assert upload.object_key.startswith(f"{ada.workspace_id}/{upload.id}/")
    assert len(names) >= 500


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"size": 0}, "empty_file"),
        ({"size": -1}, "empty_file"),
        ({"size": LARGEST_UPLOAD + 1}, "file_too_large"),
        ({"sha256": "abc"}, "malformed_sha256"),
        ({"sha256": "g" * 64}, "malformed_sha256"),
    ],
)
def test_what_cannot_become_a_file_is_refused_at_once(store, ada, more, code):
    with pytest.raises(Refused) as refused:
        opened(ada, **more)
    assert refused.value.code == code
    assert not Upload.objects.exists()


def test_an_upload_lives_a_day_and_belongs_to_whoever_opened_it_where_they_opened_it(store, ada, clinic):
    upload = opened(ada)
    assert upload.expires_at - upload.created_at == UPLOAD_LIFE == timedelta(hours=24)
    assert upload_for(ada, upload.id) == upload
    mallory = Actor(kind=ActorKind.PERSON, id=uuid4(), workspace_id=uuid4(), role=Role.OWNER)
    colleague = Actor(kind=ActorKind.PERSON, id=uuid4(), workspace_id=clinic.id, role=Role.OWNER)
    elsewhere = Actor(kind=ActorKind.PERSON, id=ada.id, workspace_id=uuid4(), role=Role.OWNER)
    for other in (mallory, colleague, elsewhere):
        with pytest.raises(NotFound):
            upload_for(other, upload.id)


def test_completing_twice_gives_the_same_file_and_one_audit_line(store, ada):
    upload = opened(ada)
    told = []
    receivers = {"record": lambda actor, upload, file: told.append(file.id)}
    files = [
        complete_upload(ada, upload, sha256="0" * 64, received=receivers, now=timezone.now())
        for _ in range(2)
    ]
    assert files[0] == files[1]
    assert told == [files[0].id]
    assert original_name(files[0]) == "upper.stl"
    assert AuditEvent.objects.filter(action="upload.completed", object_id=upload.id).count() == 1


def test_a_receiver_that_refuses_leaves_no_row(store, ada):
    upload = opened(ada)

    def refuse(actor, upload, file):
        raise Refused("gone", code="record_gone")

    with pytest.raises(Refused):
        complete_upload(ada, upload, sha256="0" * 64, received={"record": refuse}, now=timezone.now())
    assert not StoredFile.objects.exists()
    assert not AuditEvent.objects.filter(action="upload.completed").exists()


def test_an_ended_upload_stays_ended(store, ada):
    upload = opened(ada)
    assert end_upload(ada, upload, now=timezone.now()).state == "ended"
    assert fail_upload(ada, upload, reason="late", now=timezone.now()).reason == "by_owner"
    with pytest.raises(Conflict):
        complete_upload(ada, upload, sha256="0" * 64, received={}, now=timezone.now())


def test_an_upload_that_is_being_written_does_not_expire_under_the_writer(store, ada):
    upload = opened(ada)
    later = timezone.now() + timedelta(hours=25)
    with locked(upload.id):
        assert expire_uploads(later) == []
    assert [one.id for one in expire_uploads(later)] == [upload.id]
    assert expire_uploads(later) == []


def test_only_one_holds_an_upload_and_the_next_may_when_it_is_let_go(store, ada):
    upload = opened(ada)
    first = UploadLock(upload.id).take()
    with pytest.raises(Busy):
        UploadLock(upload.id).take()
    first.release()
    UploadLock(upload.id).take().release()
    assert list((first._path.parent).iterdir()) == []


def test_orphans_go_after_a_day_and_what_has_a_row_stays(store, ada):
    from arcada.apps.files.sealed import store_bytes

    kept = store_bytes(ada.workspace_id, b"kept", purpose="cleaned", media_type="a/b", now=timezone.now())
    kept.save(force_insert=True)
    orphan = store_bytes(ada.workspace_id, b"lost", purpose="cleaned", media_type="a/b", now=timezone.now())
    upload = opened(ada)
    for key in (upload.object_key, f"{uuid4()}/{uuid4()}/{uuid4().hex}"):
        writer = store.write(key)
        writer.append(b"part")
        writer.sync()
        writer.close()
    store.put(f"tails/{upload.id}/{uuid4().hex}", b"a tail that its row does not name")
    now = timezone.now()
    assert sweep_orphans(now + ORPHAN_AFTER - timedelta(minutes=1)) == 0
    assert sweep_orphans(now + ORPHAN_AFTER + timedelta(minutes=1)) == 3
    assert [one.key for one in store.objects()] == [kept.object_key]
    assert [one.key for one in store.unfinished()] == [upload.object_key]
    assert store.size(orphan.object_key) is None


def test_a_sweep_with_the_wrong_database_stops_before_it_removes_anything(store, ada):
    for number in range(60):
        store.put(f"{uuid4()}/{uuid4()}/{number:032x}", b"x")
    with pytest.raises(Refused) as refused:
        sweep_orphans(timezone.now() + ORPHAN_AFTER * 2)
    assert refused.value.code == "too_many_orphans"
    assert len(list(store.objects())) == 60
