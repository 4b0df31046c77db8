"""One contract for both stores: parts survive, an object appears whole or not at all and is never replaced."""

import os
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from arcada.apps.files import steps
from arcada.apps.files.breaker import OPEN_SECONDS, Breaker, StoreTimeout
from arcada.apps.files.file_store import FileStore
from arcada.apps.files.storage import AlreadyStored, ObjectMissing, StoreFull, StoreUnavailable
from arcada.core.errors import Conflict
from arcada.core.sealing import SEALED_CHUNK


def new_key() -> str:
    return f"{uuid4()}/{uuid4()}/{uuid4().hex}"


def part_of(store) -> bytes:
    return os.urandom(store.part_chunks * SEALED_CHUNK)


def test_an_object_written_in_parts_over_several_writers_is_whole(store):
    key, first, second, last = new_key(), part_of(store), part_of(store), os.urandom(1000)
    writer = store.write(key)
    writer.append(first)
    state = writer.sync()
    writer.close()
    for part in (second, last):
        writer = store.write(key, state)
        writer.append(part)
        state = writer.sync()
        writer.close()
    assert store.size(key) is None
    assert [one.key for one in store.unfinished()] == [key]
    writer = store.write(key, state)
    writer.finish()
    writer.close()
    whole = first + second + last
    assert store.size(key) == len(whole)
    assert store.read(key, 0, len(whole)) == whole
    assert store.read(key, len(first) - 5, len(first) + 5) == whole[len(first) - 5 : len(first) + 5]
    assert list(store.unfinished()) == []


def test_parts_after_the_state_one_goes_on_from_are_forgotten(store):
    key, first, lost, second = new_key(), part_of(store), part_of(store), b"kept"
    writer = store.write(key)
    writer.append(first)
    state = writer.sync()
    writer.append(lost)
    writer.close()
    writer = store.write(key, state)
    writer.append(second)
    writer.finish()
    writer.close()
    assert store.read(key, 0, store.size(key)) == first + second


def test_a_stored_object_is_never_written_again(store):
    key = new_key()
    store.put(key, b"first")
    with pytest.raises(Conflict):
        store.put(key, b"second")
    with pytest.raises(AlreadyStored):
        store.write(key)
    assert store.read(key, 0, 5) == b"first"


def test_whoever_goes_on_after_the_object_was_finished_is_told_so(store):
    key = new_key()
    writer = store.write(key)
    writer.append(b"whole")
    state = writer.sync()
    writer.finish()
    writer.close()
    with pytest.raises(AlreadyStored):
        late = store.write(key, state)
        late.append(b"more")
    store.settle(key)
    assert store.read(key, 0, 5) == b"whole"


def test_going_on_from_parts_that_are_gone_is_a_missing_object(store):
    key = new_key()
    writer = store.write(key)
    writer.append(b"part")
    state = writer.sync()
    writer.close()
    store.abandon(key, state)
    with pytest.raises(ObjectMissing):
        store.write(key, state).append(b"more")
    assert store.size(key) is None


def test_reading_what_is_not_there_or_too_short_is_told(store):
    key = new_key()
    with pytest.raises(ObjectMissing):
        store.read(key, 0, 1)
    store.put(key, b"12345")
    with pytest.raises(ObjectMissing):
        store.read(key, 0, 6)
    with pytest.raises(ObjectMissing):
        store.read(key, 5, 6)
    assert store.read(key, 5, 5) == b""


def test_deleting_twice_is_no_fault_and_both_lists_tell_ages(store):
    key = new_key()
    store.put(key, b"x")
    (seen,) = store.objects()
    assert (seen.key, seen.bytes) == (key, 1)
    assert abs(seen.changed_at - datetime.now(UTC)) < timedelta(minutes=5)
    store.delete(key)
    store.delete(key)
    assert list(store.objects()) == []


def test_unfinished_parts_can_be_dropped_from_the_list(store):
    for _ in range(3):
        writer = store.write(new_key())
        writer.append(b"x")
        writer.close()
    left = list(store.unfinished())
    assert len(left) == 3
    for one in left:
        store.drop(one)
    assert list(store.unfinished()) == []


def test_an_object_that_appeared_meanwhile_is_not_replaced(tmp_path):
    store, key = FileStore(tmp_path), new_key()
    writer = store.write(key)
    writer.append(b"mine")
    final = tmp_path / "objects" / key
    final.parent.mkdir(parents=True)
    final.write_bytes(b"theirs")
    with pytest.raises(Conflict):
        writer.finish()
    writer.close()
    assert final.read_bytes() == b"theirs"


def test_a_kill_between_the_final_name_and_the_end_never_lets_the_object_be_written_in_place(tmp_path):
    """Then the part and the object are one file under two names."""
    store, key = FileStore(tmp_path), new_key()
    writer = store.write(key)
    writer.append(b"whole")
    state = writer.sync()

    def stop(step):
        raise RuntimeError("the power is gone")

    steps.observe(stop)
    try:
        with pytest.raises(RuntimeError):
            writer.finish()
    finally:
        steps.observe(None)
        writer.close()
    for last_state in (state, {"bytes": 2}, None):
        with pytest.raises(AlreadyStored):
            store.write(key, last_state)
    assert store.read(key, 0, 5) == b"whole"
    store.settle(key)
    assert list(store.unfinished()) == []


@pytest.mark.parametrize("key", ["../x/y", "a/../../b", "/etc/passwd", "a", "a/b\0c", "A/b", "a//b", ""])
def test_no_key_leads_out_of_the_folder(tmp_path, key):
    with pytest.raises(ValueError, match="not the key"):
        FileStore(tmp_path).read(key, 0, 1)


def test_files_are_for_their_owner_only(tmp_path):
    store = FileStore(tmp_path / "files")
    key = new_key()
    store.put(key, b"x")
    for path in (tmp_path / "files").rglob("*"):
        assert path.stat().st_mode & 0o077 == 0, path


def test_a_store_that_refuses_connections_is_unavailable_and_then_told_at_once(settings):
    from arcada.apps.files.s3_store import S3Store

    store = S3Store("b", endpoint="http://127.0.0.1:9", region="us-east-1", access_key="a", secret_key="b")
    for _ in range(5):
        with pytest.raises(StoreUnavailable):
            store.read(new_key(), 0, 1)


class TestBreaker:
    """The circuit opens after three failures or one time-out, and lets one caller try after five seconds."""

    @pytest.fixture
    def time(self):
        return [100.0]

    @pytest.fixture
    def breaker(self, time):
        return Breaker(clock=lambda: time[0])

    def call(self, breaker, fault=None):
        with breaker.guard():
            if fault is not None:
                raise fault

    def fail(self, breaker, fault):
        with pytest.raises(type(fault)):
            self.call(breaker, fault)

    def test_three_failures_open_it(self, breaker):
        for _ in range(3):
            assert not breaker.is_open
            self.fail(breaker, StoreUnavailable("out"))
        assert breaker.is_open
        with pytest.raises(StoreUnavailable, match="does not answer"):
            self.call(breaker)

    def test_one_time_out_is_enough(self, breaker):
        self.fail(breaker, StoreTimeout("hangs"))
        assert breaker.is_open

    def test_a_success_between_failures_keeps_it_closed(self, breaker):
        for _ in range(5):
            self.fail(breaker, StoreUnavailable("out"))
            self.call(breaker)
        assert not breaker.is_open

    @pytest.mark.parametrize("answer", [ObjectMissing("no"), StoreFull("full"), AlreadyStored()])
    def test_a_store_that_answers_no_is_not_out(self, breaker, answer):
        for _ in range(5):
            self.fail(breaker, answer)
        assert not breaker.is_open

    def test_after_five_seconds_one_caller_tries_and_the_others_wait(self, breaker, time):
        self.fail(breaker, StoreTimeout("hangs"))
        time[0] += OPEN_SECONDS + 0.1
        with breaker.guard(), pytest.raises(StoreUnavailable):
            self.call(breaker)
        self.call(breaker)
        assert not breaker.is_open
