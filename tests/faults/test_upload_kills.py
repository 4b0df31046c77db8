"""kill -9 of the whole server at every step of an upload: what was acknowledged is there, nothing else is seen."""

import hashlib
import os
import random
import threading
import time
from http.client import HTTPException

import pytest

from arcada.apps.files.steps import Step
from tests.apps.files.upload_house import (  # noqa: F401
    MIB,
    House,
    empty_database,
    house,
    local_house,
    s3_house,
    s3_server,
)
from tests.faults.tools import IS_FULL


def check_invariants(house: House, sent: dict[str, bytes], acknowledged: set[str]) -> None:  # noqa: F811
    """I1 acked is readable, I2 no row without blob, I3/I4 nothing else visible, I6 one event, I7 one object."""
    seen = house.ask("look")
    for upload in acknowledged:
        assert seen["uploads"][upload]["state"] == "complete"
    for file, told in seen["files"].items():
        if file in sent:
            assert told["key"] in seen["objects"]
            assert told["sha256"] == hashlib.sha256(sent[file]).hexdigest()
            assert house.ask("read", id=file)["sha256"] == told["sha256"]
            events = [action for action, about in seen["audit"] if about == file]
            assert events == ["upload.completed"]
            assert seen["uploads"][file]["state"] == "complete"
    for upload in sent:
        if seen["uploads"][upload]["state"] == "open":
            assert upload not in seen["files"]


@pytest.mark.parametrize("seed", range(20 if IS_FULL else 1))
@pytest.mark.parametrize("step", list(Step))
def test_a_kill_at_each_step_loses_nothing_that_was_acknowledged(house, step, seed):  # noqa: F811
    """DU-01."""
    rng = random.Random(f"{step}{seed}")
    data = rng.randbytes(10 * MIB + rng.randrange(MIB))
    upload = house.open(data)
    house.ask("stop_at", step=step, nth=1)
    acknowledged = 0
    with pytest.raises((OSError, HTTPException)):
        while acknowledged < len(data):
            start = acknowledged
            status, headers, _ = house.patch(upload, start, data[start : start + 4 * MIB])
            assert status == 204
            acknowledged = int(headers["upload-offset"])
    house.process.wait(20)
    house.start()
    check_invariants(house, {upload: data}, set())
    assert house.offset(upload) >= acknowledged
    house.send_all(upload, data, step=4 * MIB)
    check_invariants(house, {upload: data}, {upload})
    house.ask("sweep")  # I3: what a kill left in the store is gone after a day
    assert len(house.left_of(upload)) == 1


@pytest.mark.parametrize("step", [Step.SYNCED, Step.LINKED, Step.STORED])
def test_other_bytes_after_a_kill_are_sealed_anew_and_the_promise_decides(house, step):  # noqa: F811
    """The client's file changed while the server was down: never two texts under one nonce, never a mixed file."""
    data, other = os.urandom(3 * MIB), os.urandom(3 * MIB)
    upload = house.open(data)
    house.ask("stop_at", step=step, nth=1)
    with pytest.raises((OSError, HTTPException)):
        for start, stop in ((0, MIB), (MIB, 3 * MIB)):
            house.patch(upload, start, data[start:stop])
    house.restart()
    offset = house.offset(upload)
    status, _, _ = house.patch(upload, offset, other[offset:])
    seen = house.ask("look")
    if status == 204:  # all bytes were there before the kill: the file is the one that was promised
        assert seen["files"][upload]["sha256"] == hashlib.sha256(data).hexdigest()
        assert house.ask("read", id=upload)["sha256"] == hashlib.sha256(data).hexdigest()
    else:
        assert status == 422
        assert upload not in seen["files"]
        house.ask("sweep")
        assert house.left_of(upload) == []


def kill_while_sending(house: House, size: int, kills: int, seed: int) -> None:  # noqa: F811
    """Send `size` bytes, with a kill -9 of every server process at random moments."""
    rng = random.Random(seed)
    block = rng.randbytes(MIB)
    data = b"".join(number.to_bytes(8, "big") + block[8:] for number in range(size // MIB))
    upload = house.open(data)
    sender = threading.Thread(target=house.send_all, args=(upload, data))
    sender.start()
    for _ in range(kills):
        time.sleep(rng.uniform(0.05, 0.5))
        if sender.is_alive():
            house.kill()
            while sender.is_alive() and house.process.poll() is not None:
                time.sleep(0.02)  # the sender starts it again
            time.sleep(rng.uniform(0.3, 1.0))
    sender.join(300)
    assert not sender.is_alive()
    assert house.ask("read", id=upload)["sha256"] == hashlib.sha256(data).hexdigest()
    check_invariants(house, {upload: data}, {upload})
    house.ask("sweep")
    assert len(house.left_of(upload)) == 1


def test_24_megabytes_survive_kills_at_random_moments(house):  # noqa: F811
    kill_while_sending(house, 24 * MIB, kills=2, seed=1)


@pytest.mark.full
@pytest.mark.parametrize("seed", range(3))
def test_200_megabytes_survive_kills_at_random_moments(house, seed):  # noqa: F811
    kill_while_sending(house, 200 * MIB, kills=4, seed=seed)


@pytest.mark.full
def test_twenty_uploads_with_a_kill_at_a_random_step_keep_every_invariant(house):  # noqa: F811
    sent, acknowledged = {}, set()
    rng = random.Random(99)
    for _ in range(20):
        data = rng.randbytes(rng.randrange(1, 12 * MIB))
        upload = house.open(data)
        sent[upload] = data
        house.ask("stop_at", step=rng.choice(list(Step)), nth=rng.randrange(1, 8))
        house.send_all(upload, data, step=rng.choice([MIB // 3, MIB, 3 * MIB + 1, 8 * MIB]))
        acknowledged.add(upload)
        check_invariants(house, sent, acknowledged)
