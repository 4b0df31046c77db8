"""Answers with a stored file: ranges, conditions, headers; a broken seal is a 503 and never bad bytes."""

import random
import re
from urllib.parse import unquote

import pytest
from asgiref.sync import async_to_sync
from django.test import RequestFactory
from django.utils import timezone

from arcada.apps.accounts.models import Workspace
from arcada.apps.files.models import StoredFile
from arcada.apps.files.sealed import store_bytes
from arcada.apps.files.serving import RightsEnded, answer_file
from arcada.core.errors import Unavailable
from arcada.core.sealing import CHUNK

pytestmark = pytest.mark.django_db
DATA = random.Random(5).randbytes(9 * CHUNK + 100)
SIZE = len(DATA)


@pytest.fixture
def file(store) -> StoredFile:
    clinic = Workspace.objects.create(kind="clinic", name="Clinic", created_at=timezone.now())
    return store_bytes(clinic.id, DATA, purpose="original", media_type="model/stl", now=timezone.now())


def get(
    file, *, method="GET", filename="A-1042_upper-jaw.stl", inline=False, cache="no-store", still=None, **sent
):
    """The answer and its body."""
    request = getattr(RequestFactory(), method.lower())("/", headers=sent)

    async def run():
        answer = await answer_file(
            request, file, filename=filename, media_type="model/stl", inline=inline, cache=cache,
            still_allowed=still,
        )  # fmt: skip
        if answer.streaming:
            return answer, b"".join([piece async for piece in answer])
        return answer, answer.content

    return async_to_sync(run)()


def test_the_whole_file_comes_with_headers_that_make_it_no_page(file):
    """UP-07."""
    answer, body = get(file)
    assert answer.status_code == 200
    assert body == DATA
    assert answer["Content-Length"] == str(SIZE)
    assert answer["ETag"] == f'"{file.sha256}"'
    assert answer["Content-Type"] == "model/stl"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer["Cross-Origin-Resource-Policy"] == "same-origin"
    assert answer["Content-Disposition"] == 'attachment; filename="A-1042_upper-jaw.stl"'
    assert answer["Cache-Control"] == "no-store"
    assert answer["Accept-Ranges"] == "bytes"


@pytest.mark.parametrize(
    ("asked", "start", "stop"),
    [
        ("bytes=0-0", 0, 1),
        ("bytes=0-", 0, SIZE),
        ("bytes=5-5", 5, 6),
        (f"bytes={CHUNK - 1}-{CHUNK}", CHUNK - 1, CHUNK + 1),
        (f"bytes={8 * CHUNK}-{SIZE + 10_000}", 8 * CHUNK, SIZE),
        ("bytes=-1", SIZE - 1, SIZE),
        (f"bytes=-{SIZE + 7}", 0, SIZE),
        (f"bytes={SIZE - 1}-", SIZE - 1, SIZE),
    ],
)
def test_a_range_is_exactly_that_part(file, asked, start, stop):
    answer, body = get(file, Range=asked)
    assert answer.status_code == 206
    assert body == DATA[start:stop]
    assert answer["Content-Range"] == f"bytes {start}-{stop - 1}/{SIZE}"
    assert answer["Content-Length"] == str(stop - start)


def test_many_random_ranges_equal_the_slices(file):
    rng = random.Random(6)
    for _ in range(25):
        start = rng.randrange(SIZE)
        stop = rng.randrange(start, min(SIZE, start + 3 * CHUNK)) + 1
        assert get(file, Range=f"bytes={start}-{stop - 1}")[1] == DATA[start:stop]


@pytest.mark.parametrize("asked", [f"bytes={SIZE}-", f"bytes={SIZE + 5}-{SIZE + 9}", "bytes=-0"])
def test_a_range_outside_the_file_is_416_and_tells_the_size(file, asked):
    answer, body = get(file, Range=asked)
    assert (answer.status_code, body) == (416, b"")
    assert answer["Content-Range"] == f"bytes */{SIZE}"


@pytest.mark.parametrize(
    "asked",
    ["bytes=0-1,5-6", "bytes=-", "bytes=5-2", "lines=0-5", "bytes=a-b", "bytes", "bytes=0-1;x", "bytes=٣-٤"],
)
def test_several_ranges_and_nonsense_give_the_whole_file(file, asked):
    answer, body = get(file, method="HEAD", Range=asked)
    assert (answer.status_code, body, answer["Content-Length"]) == (200, b"", str(SIZE))


def test_a_known_etag_is_not_sent_again(file):
    for known in (f'"{file.sha256}"', f'W/"{file.sha256}"', f'"other", "{file.sha256}"', "*"):
        answer, body = get(file, **{"If-None-Match": known})
        assert (answer.status_code, body) == (304, b"")
        assert answer["ETag"] == f'"{file.sha256}"'
    assert get(file, method="HEAD", **{"If-None-Match": '"other"'})[0].status_code == 200


def test_a_range_of_another_version_gives_the_whole_file(file):
    assert (
        get(file, method="HEAD", Range="bytes=0-4", **{"If-Range": f'"{file.sha256}"'})[0].status_code == 206
    )
    assert get(file, method="HEAD", Range="bytes=0-4", **{"If-Range": '"old"'})[0].status_code == 200
    assert (
        get(file, method="HEAD", Range="bytes=0-4", **{"If-Range": "Sat, 21 Nov 2026 09:00:00 GMT"})[
            0
        ].status_code
        == 200
    )


def test_head_tells_the_same_as_get_without_the_bytes(file):
    head, none = get(file, method="HEAD")
    whole, _ = get(file)
    assert none == b""
    assert dict(head.items()) == dict(whole.items())


def test_what_members_see_may_be_kept_by_their_browser_only(file):
    answer, _ = get(file, method="HEAD", inline=True, cache="private-immutable")
    assert answer["Cache-Control"] == "private, max-age=31536000, immutable"
    assert answer["Content-Disposition"].startswith("inline")


@pytest.mark.parametrize(
    "name",
    [
        'a"; x="b.stl',
        "a\r\nSet-Cookie: x=1.stl",
        "ção ß 漢字.stl",
        "../../etc/passwd",
        "..\\..\\boot.ini",
        "\u202elts.exe",
        "x" * 4000 + ".stl",
        "",
        "\0",
    ],
)
def test_no_name_breaks_out_of_its_header(file, name):
    answer, _ = get(file, method="HEAD", filename=name)
    told = answer["Content-Disposition"]
    assert re.fullmatch(r"attachment; filename(\*=utf-8''[\w.%~!$&'()+,;=:@-]+|=\"([^\"\\]|\\.)*\")", told), (
        told
    )
    shown = unquote(told.split("=", 1)[1].removeprefix("utf-8''"))
    assert len(shown.encode()) <= 300
    assert not any(ord(c) < 32 for c in shown)
    assert "/" not in shown
    assert "\u202e" not in shown
    assert "Set-Cookie" not in dict(answer.items())


def test_a_changed_file_is_unavailable_before_a_byte_is_sent(file, store):
    raw = bytearray(store.read(file.object_key, 0, store.size(file.object_key)))
    raw[100] ^= 1
    store.delete(file.object_key)
    store.put(file.object_key, bytes(raw))
    with pytest.raises(Unavailable):
        get(file)
    store.delete(file.object_key)
    with pytest.raises(Unavailable):
        get(file)


def test_a_file_changed_further_in_breaks_off_and_gives_no_bad_byte(file, store):
    raw = bytearray(store.read(file.object_key, 0, store.size(file.object_key)))
    raw[-1] ^= 1
    store.delete(file.object_key)
    store.put(file.object_key, bytes(raw))
    given = []

    async def run():
        answer = await answer_file(
            RequestFactory().get("/"),
            file,
            filename="a",
            media_type="model/stl",
            inline=False,
            cache="no-store",
        )
        async for piece in answer:
            given.append(piece)

    with pytest.raises(Unavailable):
        async_to_sync(run)()
    assert DATA.startswith(b"".join(given))


@pytest.mark.parametrize("kind", ["function", "coroutine"])
def test_a_revoked_right_cuts_a_running_download(file, monkeypatch, kind):
    monkeypatch.setattr("arcada.apps.files.serving.RECHECK_SECONDS", 0)
    asked = []

    def still() -> bool:
        asked.append(1)
        return len(asked) < 3

    async def still_later() -> bool:
        return still()

    with pytest.raises(RightsEnded):
        get(file, still=still if kind == "function" else still_later, Range="bytes=0-")
    assert len(asked) == 3


def test_an_empty_file_is_answered_too(store):
    clinic = Workspace.objects.create(kind="clinic", name="Clinic", created_at=timezone.now())
    empty = store_bytes(clinic.id, b"", purpose="cleaned", media_type="text/plain", now=timezone.now())
    assert get(empty)[0].status_code == 200
    assert get(empty, Range="bytes=0-0")[0].status_code == 416
