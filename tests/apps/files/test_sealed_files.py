"""Files at rest: nothing readable lies on the disk, and nothing changed there is ever given out (EN-03)."""

import hashlib
import os
import random
from pathlib import Path
from uuid import uuid4

import pytest
from asgiref.sync import async_to_sync
from django.utils import timezone

from arcada.apps.accounts.models import Workspace
from arcada.apps.files import keys
from arcada.apps.files.models import StoredFile, WorkspaceKey
from arcada.apps.files.sealed import (
    Verdict,
    aread_range,
    original_name,
    read_bytes,
    read_range,
    store_bytes,
    verify_file,
)
from arcada.apps.files.storage import ObjectMissing, StoreUnavailable
from arcada.core.sealing import CHUNK, SEALED_CHUNK, SealBroken

pytestmark = pytest.mark.django_db
CANARY = b"PATIENT Ana Souza 1987-04-12"


@pytest.fixture
def clinic() -> Workspace:
    return Workspace.objects.create(kind="clinic", name="Clinic", created_at=timezone.now())


@pytest.fixture
def lab() -> Workspace:
    return Workspace.objects.create(kind="lab", name="Lab", created_at=timezone.now())


def stored(workspace, data, **more) -> StoredFile:
    file = store_bytes(
        workspace.id,
        data,
        **{"purpose": "original", "media_type": "model/stl", "now": timezone.now(), **more},
    )
    file.save(force_insert=True)
    return file


def damage(store, file: StoredFile, change) -> None:
    """Rewrite the stored bytes behind the product's back."""
    sealed = bytearray(store.read(file.object_key, 0, store.size(file.object_key)))
    changed = bytes(change(sealed) or sealed)
    store.delete(file.object_key)
    store.put(file.object_key, changed)


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 8 * CHUNK, 9 * CHUNK + 5])
def test_what_is_stored_is_read_back_to_the_byte(store, clinic, size):
    data = random.Random(size).randbytes(size)
    for given in (data, iter([data[:7], b"", data[7:]])):
        file = stored(clinic, given)
        assert file.bytes == size
        assert file.sha256 == hashlib.sha256(data).hexdigest()
        assert read_bytes(file) == data
        assert verify_file(file) is Verdict.WHOLE
    assert list(store.unfinished()) == []


def test_every_range_equals_the_slice(store, clinic):
    data = random.Random(3).randbytes(10 * CHUNK + 321)
    file = stored(clinic, data)
    edges = [
        0,
        1,
        CHUNK - 1,
        CHUNK,
        CHUNK + 1,
        8 * CHUNK,
        9 * CHUNK - 1,
        10 * CHUNK,
        len(data) - 1,
        len(data),
    ]
    checked = 0
    for start in edges:
        for stop in edges:
            if start <= stop:
                assert b"".join(read_range(file, start, stop)) == data[start:stop]
                checked += 1
    assert checked == 55
    for outside in ((-1, 5), (5, 4), (0, len(data) + 1)):
        with pytest.raises(ValueError, match="not within"):
            list(read_range(file, *outside))


def test_the_asynchronous_reader_gives_the_same_and_can_be_left_in_the_middle(store, clinic):
    data = os.urandom(9 * CHUNK + 5)
    file = stored(clinic, data)

    async def whole() -> bytes:
        return b"".join([piece async for piece in aread_range(file, 3, len(data) - 3)])

    async def beginning() -> bytes:
        pieces = aread_range(file, 0, len(data))
        first = await anext(pieces)
        await pieces.aclose()
        return first

    assert async_to_sync(whole)() == data[3:-3]
    first = async_to_sync(beginning)()
    assert data.startswith(first)


def test_a_search_of_the_whole_store_finds_no_canary(store, clinic, tmp_path, storage_url, request):
    """Names and contents, plain and in the encodings in which they could hide."""
    file = stored(clinic, (CANARY + b"\n") * 50_000, name=f"{CANARY.decode()}.stl")
    folders = [tmp_path]
    if storage_url.startswith("s3"):
        folders.append(request.getfixturevalue("s3_server").folder)
    searched = 0
    wanted = [CANARY, CANARY.hex().encode(), CANARY.decode().encode("utf-16-le"), CANARY[8:17]]
    for folder in folders:
        for path in Path(folder).rglob("*"):
            assert CANARY.decode()[8:17] not in path.name
            if path.is_file():
                raw = path.read_bytes()
                searched += len(raw)
                assert not any(one in raw for one in wanted), path
    assert searched > 1_400_000
    row = b"".join(bytes(value) for value in (file.sealed_name, file.wrapped_key))
    assert not any(one in row for one in wanted)
    assert original_name(file) == f"{CANARY.decode()}.stl"


def test_flipping_any_byte_is_seen(store, clinic):
    data = os.urandom(2 * CHUNK + 40)
    rng = random.Random(11)
    size = len(data) + 3 * 28
    places = [0, 11, 12, SEALED_CHUNK - 1, SEALED_CHUNK, size - 1, *(rng.randrange(size) for _ in range(30))]
    file = stored(clinic, data)
    whole = store.read(file.object_key, 0, size)
    for place in places:
        broken = bytearray(whole)
        broken[place] ^= 1 << rng.randrange(8)
        store.delete(file.object_key)
        store.put(file.object_key, bytes(broken))
        with pytest.raises(SealBroken):
            read_bytes(file)
        assert verify_file(file) is Verdict.BROKEN


def test_swapping_two_ciphertexts_is_seen(store, clinic, lab):
    data = os.urandom(CHUNK + 10)
    one, same_size, foreign = stored(clinic, data), stored(clinic, data), stored(lab, data)
    raw = {f.id: store.read(f.object_key, 0, store.size(f.object_key)) for f in (one, same_size, foreign)}
    for other in (same_size, foreign):
        damage(store, one, lambda _, other=other: raw[other.id])
        with pytest.raises(SealBroken):
            read_bytes(one)


def test_a_key_moved_to_another_row_opens_nothing(store, clinic, lab):
    one, other, foreign = (stored(where, b"arch") for where in (clinic, clinic, lab))
    for moved in (other, foreign):
        one.wrapped_key = moved.wrapped_key
        with pytest.raises(SealBroken):
            read_bytes(one)
    other.sealed_name = stored(clinic, b"x", name="a.stl").sealed_name
    with pytest.raises(SealBroken):
        original_name(other)


@pytest.mark.parametrize(
    "change",
    [
        lambda sealed: sealed[:SEALED_CHUNK],  # cut after a whole chunk
        lambda sealed: sealed[:-1],
        lambda sealed: sealed[SEALED_CHUNK:] + sealed[:SEALED_CHUNK],  # chunks in another order
        lambda sealed: sealed[:SEALED_CHUNK] * 2,  # one chunk twice
    ],
)
def test_cutting_reordering_and_repeating_is_seen(store, clinic, change):
    file = stored(clinic, os.urandom(2 * CHUNK))
    damage(store, file, change)
    with pytest.raises((SealBroken, ObjectMissing)):
        read_bytes(file)


def test_a_lost_object_is_told_as_missing(store, clinic):
    file = stored(clinic, b"arch")
    store.delete(file.object_key)
    assert verify_file(file) is Verdict.MISSING
    with pytest.raises(StoreUnavailable):
        read_bytes(file)


def test_a_stream_that_breaks_off_leaves_nothing_in_the_store(store, clinic):
    def breaks():
        yield os.urandom(9 * CHUNK)
        raise RuntimeError("the converter died")

    with pytest.raises(RuntimeError):
        stored(clinic, breaks())
    assert list(store.objects()) == []
    assert list(store.unfinished()) == []


def test_storing_again_writes_a_new_object_and_never_the_old_one(store, clinic):
    one, other = stored(clinic, b"arch"), stored(clinic, b"arch")
    assert one.object_key != other.object_key
    assert one.object_key.split("/")[:2] == [str(clinic.id), str(one.id)]


def test_a_workspace_has_one_key_even_when_two_make_it_at_once(store, clinic, monkeypatch):
    first = keys.workspace_key(clinic.id)
    lookup = WorkspaceKey.objects.filter
    monkeypatch.setattr(
        WorkspaceKey.objects, "filter", lambda **where: lookup(workspace_id=uuid4())
    )  # the other has not committed yet
    assert keys.workspace_key(clinic.id) == first
    monkeypatch.undo()
    assert WorkspaceKey.objects.filter(workspace_id=clinic.id).count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_key_that_was_rolled_back_is_not_remembered(store, clinic):
    from django.db import transaction

    with pytest.raises(ZeroDivisionError), transaction.atomic():
        lost = keys.workspace_key(clinic.id)
        keys.workspace_key(clinic.id)
        raise ZeroDivisionError
    kept = keys.workspace_key(clinic.id)
    assert kept != lost
    keys.forget_workspace_key(clinic.id)
    assert keys.workspace_key(clinic.id) == kept


def test_another_master_key_opens_nothing(store, clinic, settings, tmp_path):
    import dataclasses

    file = stored(clinic, b"arch")
    settings.ENV = dataclasses.replace(settings.ENV, key_file=tmp_path / "other.key")
    with pytest.raises(SealBroken):
        read_bytes(file)
