"""More than was promised never gets in: a stream without end is cut at the limit, whatever it declares (UP-10)."""

import contextlib
import os
import socket

import pytest

from tests.apps.files.upload_house import MIB, House, empty_database, local_house  # noqa: F401

TEN_GIGABYTES = 10 << 30
SEEN_ENOUGH = 200 * MIB  # of the ten gigabytes: it was not cut
SLACK = 50 * MIB  # what lies in the buffers of both ends when the answer comes


def stream(house: House, upload: str, offset: int, head: str) -> tuple[int, bytes]:
    """PATCH with `head` and a body without end in HTTP's chunks, until the server has enough; bytes sent, answer."""
    piece = b"10000\r\n" + os.urandom(0x10000) + b"\r\n"
    line = socket.create_connection(("127.0.0.1", house.port), 30)
    said = (
        f"PATCH /api/v1/uploads/{upload} HTTP/1.1\r\nHost: 127.0.0.1\r\nTus-Resumable: 1.0.0\r\n"
        f"Content-Type: application/offset+octet-stream\r\nUpload-Offset: {offset}\r\n"
        f"Authorization: {house.somebody.headers['Authorization']}\r\n{head}\r\n\r\n"
    )
    line.sendall(said.encode())
    sent = 0
    with contextlib.closing(line):
        line.settimeout(0.0)
        while sent < SEEN_ENOUGH:
            try:
                answer = line.recv(4096)
                return sent, answer
            except BlockingIOError:
                pass
            except ConnectionError:
                return sent, b""
            line.settimeout(30)
            with contextlib.suppress(ConnectionError):
                line.sendall(piece)
            line.settimeout(0.0)
            sent += 0x10000
    return sent, b""


@pytest.mark.parametrize("limit", [100, 3 * MIB + 1])
def test_ten_gigabytes_in_chunks_are_cut_at_what_was_promised(local_house: House, limit: int) -> None:  # noqa: F811
    upload = local_house.open(limit)
    before = local_house.ask("look")["peak_kb"]
    sent, answer = stream(local_house, upload, 0, "Transfer-Encoding: chunked")
    assert answer == b"" or b" 413 " in answer
    assert limit < sent < limit + SLACK
    seen = local_house.ask("look")
    assert seen["uploads"][upload]["state"] == "open"
    assert seen["uploads"][upload]["offset"] <= limit
    assert upload not in seen["files"]
    assert seen["peak_kb"] - before < 64 * 1024
    print(f"UP-10: cut after {sent / MIB:.1f} MiB of 10 GiB, limit {limit}")
    data = os.urandom(limit)
    local_house.send_all(upload, data)  # the honest rest is still welcome


def test_a_limit_counts_from_where_the_upload_is(local_house: House) -> None:  # noqa: F811
    """UP-10: the second request may not bring what the first one used up."""
    data = os.urandom(2 * MIB)
    upload = local_house.open(data)
    assert local_house.patch(upload, 0, data[:MIB])[0] == 204
    sent, answer = stream(local_house, upload, MIB, "Transfer-Encoding: chunked")
    assert answer == b"" or b" 413 " in answer
    assert sent < MIB + SLACK
    assert local_house.offset(upload) <= len(data)
    assert upload not in local_house.ask("look")["files"]


@pytest.mark.parametrize("declared", [101, TEN_GIGABYTES, 10**14])
def test_a_length_that_is_too_much_is_refused_before_a_byte_is_read(
    local_house: House,  # noqa: F811
    declared: int,
) -> None:
    """UP-10."""
    upload = local_house.open(100)
    sent, answer = stream(local_house, upload, 0, f"Content-Length: {declared}")
    assert b" 413 " in answer
    assert sent < SLACK
    assert local_house.offset(upload) == 0
