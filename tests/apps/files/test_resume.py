"""Resumable uploads over HTTP, on local disk and S3: what was acknowledged stays, what differs is refused."""

import contextlib
import hashlib
import os

import pytest

from tests.apps.files.upload_house import MIB, Person


def test_an_upload_in_chunks_becomes_a_file_with_the_same_hash(house):
    data = os.urandom(19 * MIB + 123)
    upload = house.open(data)
    for start in range(0, len(data), 8 * MIB):
        status, headers, _ = house.patch(upload, start, data[start : start + 8 * MIB])
        assert status == 204
        assert int(headers["upload-offset"]) == min(len(data), start + 8 * MIB)
        assert "upload-expires" in headers
    seen = house.ask("look")
    assert seen["uploads"][upload]["state"] == "complete"
    assert seen["files"][upload]["sha256"] == hashlib.sha256(data).hexdigest()
    assert house.ask("read", id=upload)["sha256"] == hashlib.sha256(data).hexdigest()
    assert [action for action, about in seen["audit"] if about == upload] == ["upload.completed"]
    assert house.left_of(upload) == [seen["files"][upload]["key"]]


@pytest.mark.parametrize("step", [100_000, MIB - 1, MIB, 3 * MIB + 17, 64 * MIB])
def test_any_chunk_size_goes_through_with_or_without_checksums(house, step):
    data = os.urandom((2 if step < MIB else 21) * MIB + 1001)
    for check in (True, False):
        upload = house.open(data)
        house.send_all(upload, data, step=step, check=check)
        assert house.ask("read", id=upload)["sha256"] == hashlib.sha256(data).hexdigest()
        assert len(house.left_of(upload)) == 1


def test_the_offset_survives_a_kill_also_in_the_middle_of_a_chunk_of_one_mebibyte(house):
    data = os.urandom(10 * MIB + 77)
    upload = house.open(data)
    for cut in (300_000, 9 * MIB + 5, 9 * MIB + 6):
        start = house.offset(upload)
        assert house.patch(upload, start, data[start:cut])[0] == 204
        house.restart()
        assert house.offset(upload) == cut
    house.send_all(upload, data)
    assert house.ask("read", id=upload)["sha256"] == hashlib.sha256(data).hexdigest()


def test_a_wrong_offset_is_a_conflict_that_tells_the_right_one(house):
    """UP-17."""
    data = os.urandom(3 * MIB)
    upload = house.open(data)
    assert house.patch(upload, 0, data[:MIB])[0] == 204
    status, headers, _ = house.patch(upload, 0, data[:MIB])
    assert (status, headers["upload-offset"]) == (409, str(MIB))
    assert house.patch(upload, 2 * MIB, data[2 * MIB :])[0] == 409


def test_a_chunk_whose_checksum_differs_does_not_count(house):
    """UP-17."""
    data = os.urandom(9 * MIB)
    upload = house.open(data)
    assert house.patch(upload, 0, data[: 8 * MIB], check=b"\0" * 32)[0] == 460
    assert house.offset(upload) == 0
    house.send_all(upload, data)
    assert house.ask("read", id=upload)["sha256"] == hashlib.sha256(data).hexdigest()


def test_a_file_that_differs_from_its_promise_is_never_stored(house):
    data = os.urandom(2 * MIB)
    upload = house.open(len(data), sha256=hashlib.sha256(b"another").hexdigest())
    status, _, body = house.patch(upload, 0, data)
    assert status == 422
    assert b"sha256_mismatch" in body
    seen = house.ask("look")
    assert seen["uploads"][upload]["state"] == "failed"
    assert seen["uploads"][upload]["reason"] == "sha256_mismatch"
    assert upload not in seen["files"]
    assert house.left_of(upload) == []
    assert house.tus("HEAD", upload)[0] == 410


def test_a_differing_file_is_found_also_when_another_process_took_its_beginning(house):
    data = os.urandom(9 * MIB)
    upload = house.open(len(data), sha256=hashlib.sha256(data).hexdigest())
    assert house.patch(upload, 0, data[: 8 * MIB])[0] == 204
    house.restart()
    assert house.patch(upload, 8 * MIB, os.urandom(MIB))[0] == 422
    seen = house.ask("look")
    assert upload not in seen["files"]
    assert house.left_of(upload) == []


def test_foreign_and_unknown_uploads_answer_alike_to_the_byte(house):
    """UP-17."""
    mallory = Person()
    upload = house.open(b"x" * 100)
    house.open(b"y", who=mallory)
    unknown = "00000000-0000-4000-8000-000000000000"
    for method in ("HEAD", "PATCH", "DELETE"):
        headers = {"Content-Type": "application/offset+octet-stream", "Upload-Offset": "0"}
        foreign = house.tus(method, upload, who=mallory, headers=headers)
        missing = house.tus(method, unknown, who=mallory, headers=headers)
        assert foreign[0] == missing[0] == 404
        assert {k: v for k, v in foreign[1].items() if k != "date"} == {
            k: v for k, v in missing[1].items() if k != "date"
        }
        assert foreign[2] == missing[2]
    assert house.offset(upload) == 0


@pytest.mark.parametrize("path", ["", "x", "../../../etc/passwd", "{0}/", "{0}%2F", "{0}?x=1/../y"])
def test_addresses_that_only_resemble_an_upload_are_not_one(local_house, path):
    upload = local_house.open(b"x")
    status = local_house.tus("HEAD", path.format(upload.upper()))[0]
    assert status == 404


def test_deleting_an_upload_leaves_nothing_of_it(house):
    data = os.urandom(9 * MIB)
    upload = house.open(data)
    assert house.patch(upload, 0, data[: 8 * MIB + 5])[0] == 204
    assert house.tus("DELETE", upload)[0] == 204
    assert house.tus("HEAD", upload)[0] == 410
    assert house.patch(upload, 8 * MIB + 5, data[8 * MIB + 5 :])[0] == 410
    seen = house.ask("look")
    assert upload not in seen["files"]
    assert house.left_of(upload) == []
    assert ["upload.ended", upload] in seen["audit"]


def test_a_complete_upload_cannot_be_deleted_or_written_again(house):
    upload = house.open(b"crown")
    assert house.patch(upload, 0, b"crown")[0] == 204
    assert house.tus("DELETE", upload)[0] == 409
    assert house.patch(upload, 0, b"other")[0] == 409
    assert house.offset(upload) == 5


def test_what_the_receiver_refuses_fails_the_upload_and_leaves_nothing(house):
    upload = house.open(b"crown", subject_id="00000000-0000-0000-0000-000000000bad")
    assert house.patch(upload, 0, b"crown")[0] == 422
    seen = house.ask("look")
    assert seen["uploads"][upload]["reason"] == "record_gone"
    assert upload not in seen["files"]
    assert house.left_of(upload) == []


def test_uploads_end_after_24_hours_and_their_bytes_with_them(house):
    """UP-17."""
    data = os.urandom(9 * MIB)
    upload = house.open(data)
    assert house.patch(upload, 0, data[: 8 * MIB + 5])[0] == 204
    assert upload not in house.ask("sweep", hours=23)["ended"]
    assert upload in house.ask("sweep", hours=25)["ended"]
    assert house.ask("look")["uploads"][upload]["reason"] == "expired"
    assert house.left_of(upload) == []


def test_more_bytes_than_promised_are_refused_declared_or_not(local_house):
    upload = local_house.open(100)
    assert local_house.patch(upload, 0, b"x" * 101)[0] == 413

    sent = 0

    def endless():
        nonlocal sent
        for _ in range(10_000):
            sent += 65536
            yield b"x" * 65536

    headers = {"Content-Type": "application/offset+octet-stream", "Upload-Offset": "0"}
    with contextlib.suppress(ConnectionError):
        assert local_house.tus("PATCH", upload, body=endless(), headers=headers)[0] == 413
    assert sent < 50 * MIB
    assert local_house.offset(upload) == 0


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Tus-Resumable": "0.2.2"}, 412),
        ({"Tus-Resumable": None}, 412),
        ({"Content-Type": "application/octet-stream"}, 415),
        ({"Upload-Offset": "-1"}, 400),
        ({"Upload-Offset": "1e3"}, 400),
        ({"Upload-Offset": "9" * 40}, 400),
        ({"Upload-Checksum": "md5 AAAA"}, 400),
        ({"Upload-Checksum": "sha256 !!"}, 400),
        ({"Authorization": None}, 401),
    ],
)
def test_headers_that_make_no_sense_are_refused(local_house, headers, status):
    upload = local_house.open(b"x")
    assert local_house.patch(upload, 0, b"x", check=False, headers=headers)[0] == status
    assert local_house.offset(upload) == 0


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 403),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://127.0.0.1:8000", "Sec-Fetch-Site": "cross-site"}, 403),
        ({"Origin": "http://127.0.0.1:8000", "Sec-Fetch-Site": "same-origin"}, 204),
        ({"Sec-Fetch-Site": "same-origin"}, 204),
        ({"Sec-Fetch-Site": "same-site"}, 403),
    ],
)
def test_a_session_counts_only_from_our_own_pages(local_house, headers, status):
    upload = local_house.open(b"x")
    cookie = {"Authorization": None, "Cookie": f"session={local_house.somebody.token}"}
    assert local_house.patch(upload, 0, b"x", headers={**cookie, **headers})[0] == status


def test_the_server_tells_what_it_can_do(local_house):
    status, headers, _ = local_house.tus("OPTIONS", "")
    assert status == 204
    assert headers["tus-version"] == "1.0.0"
    assert headers["tus-extension"] == "checksum,expiration,termination"
    assert "sha256" in headers["tus-checksum-algorithm"].split(",")
    assert local_house.tus("GET", "x")[0] == 405
