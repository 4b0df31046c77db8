"""Bad lines: cut in the middle, one byte a second, two clients on one upload, a client that sends too little."""

import hashlib
import os
import socket
import threading
import time

import pytest

from arcada.apps.files.request_body import WINDOW_SECONDS
from tests.apps.files.upload_house import (  # noqa: F401
    MIB,
    House,
    empty_database,
    house,
    local_house,
    s3_house,
    s3_server,
)


def open_line(house: House, upload: str, offset: int, length: int, **headers: str) -> socket.socket:  # noqa: F811
    """A PATCH whose head is sent and whose body is up to the test."""
    line = socket.create_connection(("127.0.0.1", house.port), 30)
    told = {
        "Host": "127.0.0.1",
        "Tus-Resumable": "1.0.0",
        "Content-Type": "application/offset+octet-stream",
        "Upload-Offset": str(offset),
        "Content-Length": str(length),
        **house.somebody.headers,
        **headers,
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in told.items())
    line.sendall(f"PATCH /api/v1/uploads/{upload} HTTP/1.1\r\n{head}\r\n".encode())
    return line


def settled_offset(house: House, upload: str, at_least: int = 0) -> int:  # noqa: F811
    """The offset once the server has noticed that the line is gone."""
    ends = time.monotonic() + 10
    while (offset := house.offset(upload)) < at_least and time.monotonic() < ends:
        time.sleep(0.1)
    return offset


def test_a_line_cut_at_each_tenth_loses_at_most_what_was_on_the_line(house):  # noqa: F811
    """DU-05."""
    data = os.urandom(10 * MIB + 3)
    for tenth in range(1, 10):
        upload = house.open(data)
        line = open_line(house, upload, 0, len(data))
        line.sendall(data[: len(data) * tenth // 10])
        time.sleep(0.3)
        line.close()
        assert settled_offset(house, upload) <= len(data) * tenth // 10
        house.send_all(upload, data)
        assert house.ask("read", id=upload)["sha256"] == hashlib.sha256(data).hexdigest()


def test_a_cut_line_keeps_what_came_so_that_a_bad_line_gets_on(house):  # noqa: F811
    data = os.urandom(3 * MIB)
    upload = house.open(data)
    line = open_line(house, upload, 0, len(data))
    line.sendall(data[:700_000])
    time.sleep(0.5)
    line.close()
    assert settled_offset(house, upload, 700_000) == 700_000


def test_a_cut_chunk_with_a_checksum_does_not_count(house):  # noqa: F811
    data = os.urandom(3 * MIB)
    upload = house.open(data)
    line = open_line(house, upload, 0, len(data), **{"Upload-Checksum": "sha256 " + "A" * 43 + "="})
    line.sendall(data[: 2 * MIB])
    time.sleep(0.5)
    line.close()
    time.sleep(0.5)
    assert house.offset(upload) == 0
    house.send_all(upload, data)


def test_what_did_not_count_is_not_in_the_hash_of_what_follows(house):  # noqa: F811
    """I1: after a good chunk comes one that is cut, one that arrives changed, and then the rest as promised."""
    data = os.urandom(3 * MIB)
    upload = house.open(data)
    assert house.patch(upload, 0, data[:MIB])[0] == 204
    line = open_line(house, upload, MIB, 2 * MIB, **{"Upload-Checksum": "sha256 " + "A" * 43 + "="})
    line.sendall(data[MIB : 2 * MIB + 999])
    time.sleep(0.5)
    line.close()
    time.sleep(0.5)
    assert house.patch(upload, MIB, data[MIB:], check=b"x" * 32)[0] == 460
    assert house.patch(upload, MIB, data[MIB:])[0] == 204
    assert house.ask("read", id=upload)["sha256"] == hashlib.sha256(data).hexdigest()


def test_one_byte_a_second_ends_within_a_minute(local_house):  # noqa: F811
    upload = local_house.open(b"x" * 1000)
    line = open_line(local_house, upload, 0, 1000)
    line.settimeout(1)
    began = time.monotonic()
    answer = b""
    while not answer and time.monotonic() - began < 60:
        try:
            line.sendall(b"x")
            answer = line.recv(1000)
        except TimeoutError:
            continue
        except OSError:
            break
    took = time.monotonic() - began
    assert WINDOW_SECONDS - 2 < took < 60
    assert b" 408 " in answer
    assert settled_offset(local_house, upload, 1) >= 20  # what came counts, also of the slowest


def test_while_one_writes_another_is_told_to_wait(house):  # noqa: F811
    data = os.urandom(MIB)
    upload = house.open(data)
    line = open_line(house, upload, 0, len(data))
    line.sendall(data[:1000])
    time.sleep(0.5)
    began = time.monotonic()
    assert house.patch(upload, 0, data)[0] == 423
    assert house.tus("DELETE", upload)[0] == 423
    assert time.monotonic() - began < 5
    assert house.offset(upload) == 0
    line.sendall(data[1000:])
    assert b" 204 " in line.recv(4000)
    assert house.offset(upload) == len(data)


def test_two_clients_on_one_upload_end_with_one_whole_file(house):  # noqa: F811
    """UP-17."""
    data = os.urandom(11 * MIB + 7)
    upload = house.open(data)
    senders = [
        threading.Thread(target=patient_sender, args=(house, upload, data, step))
        for step in (MIB, 3 * MIB + 1)
    ]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join(60)
        assert not sender.is_alive()
    assert house.ask("read", id=upload)["sha256"] == hashlib.sha256(data).hexdigest()
    events = [action for action, about in house.ask("look")["audit"] if about == upload]
    assert events == ["upload.completed"]
    assert len(house.left_of(upload)) == 1


def patient_sender(house: House, upload: str, data: bytes, step: int) -> None:  # noqa: F811
    while (offset := house.offset(upload)) < len(data):
        status, _, _ = house.patch(upload, offset, data[offset : offset + step])
        assert status in (204, 409, 423)


@pytest.mark.parametrize("chunk", [777_777, 2 * MIB, 8 * MIB])
def test_the_official_python_client_uploads_and_resumes(house, tmp_path, chunk):  # noqa: F811
    from tusclient.client import TusClient

    data = os.urandom(9 * MIB + 11)
    (tmp_path / "upper.stl").write_bytes(data)
    upload = house.open(data)
    client = TusClient(f"{house.url}/api/v1/uploads/", headers=house.somebody.headers)
    url = f"{house.url}/api/v1/uploads/{upload}"
    first = client.uploader(str(tmp_path / "upper.stl"), chunk_size=chunk, url=url)
    first.upload_chunk()
    house.restart()
    second = client.uploader(str(tmp_path / "upper.stl"), chunk_size=chunk, url=url)
    assert second.offset == first.offset == chunk
    second.upload()
    assert house.ask("read", id=upload)["sha256"] == hashlib.sha256(data).hexdigest()


@pytest.mark.full
def test_a_gibibyte_needs_no_more_memory_than_a_megabyte(house):  # noqa: F811
    size = 1024 * MIB
    block = os.urandom(8 * MIB)
    digest = hashlib.sha256()
    upload = house.open(size)
    house.restart()
    small = house.ask("look")["peak_kb"]
    for start in range(0, size, len(block)):
        digest.update(block)
        assert house.patch(upload, start, block)[0] == 204
    assert house.ask("read", id=upload)["sha256"] == digest.hexdigest()
    seen = house.ask("look")
    print(f"peak {seen['peak_kb'] // 1024} MB, before {small // 1024} MB")
    assert seen["peak_kb"] < 150 * 1024
