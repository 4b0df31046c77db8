"""The recipient's door: what leaves the address, what ends at once, what strangers can tell apart, what is in scope."""

import hashlib
import io
import json
import logging
import re
import uuid
import zipfile
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from asgiref.sync import async_to_sync
from django.test import Client
from django.utils import timezone

from tests.cast import CANARIES, NOW, Person, Visitor, body_of, make_share, visitor_of

if TYPE_CHECKING:
    from arcada.apps.cases.models import Case
    from arcada.apps.records.models import Record


def manifest_of(visitor: Visitor) -> dict[str, Any]:
    page = visitor.browser.get(f"{visitor.base}/")
    assert page.status_code == 200
    found: dict[str, Any] = json.loads(page.context["manifest"])
    return found


def addresses_of(visitor: Visitor) -> list[str]:
    """Every GET of the share: the door, each file of the manifest, the cleaned files, the ZIP."""
    records = manifest_of(visitor)["records"]
    found = [f"{visitor.base}/", f"{visitor.base}/files.zip"]
    for entry in records:
        found += entry["posters"].values()
        found += [part["url"] for part in (entry["full"], entry["image"]) if part]
        found.append(f"{visitor.base}/records/{entry['id']}/cleaned")
    return found


# ------------------------------------------------------------------------------------- SL-02


def test_sl_02_the_secret_leaves_the_address_and_stands_in_no_log_and_no_page(
    rosa_invited: Visitor, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    """SL-02: one redirect to a clean address with a scoped cookie; nothing later knows the secret."""
    secret = rosa_invited.url.rsplit("/", 1)[-1]
    swapped = rosa_invited.browser.get(urlsplit(rosa_invited.url).path)
    assert (swapped.status_code, swapped["Location"]) == (302, f"/r/{rosa_invited.share.pk}/")
    assert swapped["Referrer-Policy"] == "no-referrer" and swapped["Cache-Control"] == "no-store"
    (cookie,) = swapped.cookies.values()
    assert (
        cookie["httponly"] and cookie["samesite"] == "Lax" and cookie["path"] == "/" and not cookie["domain"]
    )
    assert secret not in str(cookie)
    rosa_invited.come_in()
    for address in addresses_of(rosa_invited):
        answer = rosa_invited.browser.get(address)
        assert secret not in str(answer.headers) and secret.encode() not in body_of(answer)
    # Also a link that leads nowhere is not repeated by whoever writes logs.
    logging.getLogger("django.request").addHandler(caplog.handler)
    try:
        assert Client().get(f"/s/{secret}x").status_code == 404
        Client().post(f"/s/{secret}")
    finally:
        logging.getLogger("django.request").removeHandler(caplog.handler)
    printed = "".join(capfd.readouterr())
    assert secret not in printed


def test_sl_02_the_log_of_a_failure_has_no_address_and_no_words(rosa: Visitor) -> None:
    """SL-02, LG-03: where it failed and the request's number, never what stood in the address or the message."""
    from arcada.config.request_log import JsonLine

    try:
        raise ValueError("Zélia Canário Quaresma")
    except ValueError:
        import sys

        record = logging.LogRecord(
            "django.request", logging.ERROR, "f.py", 1, "Failed: %s", ("/s/secret",), sys.exc_info()
        )
    said = JsonLine().format(record)
    assert "ValueError" in said and "test_share_door.py" in said
    assert "/s/secret" not in said and "Quaresma" not in said


# ------------------------------------------------------------------------------------- SL-03


@pytest.mark.parametrize("end", ["revoked", "expired"])
def test_sl_03_a_share_that_ended_answers_nothing_more(rosa: Visitor, dr_ada: Person, end: str) -> None:
    """SL-03: page, renditions, thumbnails, cleaned files, ZIP and ranges, for a browser that was inside."""
    from arcada.apps.sharing.actions import revoke_share
    from arcada.apps.sharing.models import Share

    addresses = addresses_of(rosa)
    for address in addresses:
        assert rosa.browser.get(address).status_code == 200, address
    now = timezone.now()
    if end == "revoked":
        revoke_share(dr_ada.actor, rosa.share, now=now)
    else:
        Share.objects.filter(pk=rosa.share.pk).update(expires_at=now - timedelta(seconds=1))
    for address in addresses:
        for headers in ({}, {"Range": "bytes=100-"}):
            answer = rosa.browser.get(address, headers=headers)
            assert answer.status_code == (410 if address.endswith("/") else 404), address
    for post in ("code", "open", "threads", "decisions"):
        assert rosa.browser.post(f"{rosa.base}/{post}", {"text": "still here?"}).status_code == 404
    assert Client().get(urlsplit(rosa.url).path).status_code == 404
    print(f"{2 * len(addresses) + 5} addresses checked")


def test_sl_03_revoking_cuts_a_download_under_way(
    rosa: Visitor, dr_ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SL-03: the ZIP and a rendition stop in the middle; what came does not open."""
    from arcada.apps.files import serving
    from arcada.apps.sharing.actions import revoke_share

    monkeypatch.setattr(serving, "RECHECK_SECONDS", 0.0)
    monkeypatch.setattr(serving, "PART", 4096)
    archive = rosa.browser.get(f"{rosa.base}/files.zip")
    level = rosa.browser.get(manifest_of(rosa)["records"][0]["full"]["url"])
    came: dict[str, bytes] = {}

    async def read(name: str, answer: Any) -> None:
        from asgiref.sync import sync_to_async

        came[name] = b""
        async for piece in answer.streaming_content:
            came[name] += piece
            await sync_to_async(revoke_share)(dr_ada.actor, rosa.share, now=timezone.now())

    for name, answer in (("zip", archive), ("level", level)):
        with pytest.raises(serving.RightsEnded):
            async_to_sync(read)(name, answer)
    assert not zipfile.is_zipfile(io.BytesIO(came["zip"]))
    assert len(came["level"]) < int(level["Content-Length"])
    print("2 running downloads checked")


# ------------------------------------------------------------------------------------- SL-10, SL-11


SAFE = {
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
}


def test_sl_10_every_address_of_a_share_keeps_out_of_caches_indexes_and_referrers(rosa: Visitor) -> None:
    """SL-10: also the 404s, the 422s and the redirects."""
    nothing = uuid.uuid4()
    answers = [rosa.browser.get(address) for address in addresses_of(rosa)]
    answers += [rosa.browser.head(address) for address in addresses_of(rosa)]
    answers += [
        Client().get(urlsplit(rosa.url).path),
        Client().get("/s/nothing"),
        Client().get(f"/r/{rosa.share.pk}/"),
        Client().get(f"/r/{nothing}/files.zip"),
        rosa.browser.get(f"{rosa.base}/records/{nothing}/cleaned"),
        rosa.browser.get(f"{rosa.base}/nothing"),
        rosa.browser.post(f"{rosa.base}/open", {"code": "x"}),
        rosa.browser.post(f"{rosa.base}/code"),
        rosa.browser.get(f"{rosa.base}/code"),
    ]
    for answer in answers:
        for name, value in SAFE.items():
            assert answer.headers.get(name) == value, (answer.request["PATH_INFO"], name)
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        if answer.headers.get("Content-Type", "").startswith("text/html"):
            page = body_of(answer).decode()
            assert not re.search(r"og:|twitter:|//(?!www\.w3\.org)[a-z0-9.-]+\.[a-z]{2,}/", page), (
                "an external resource"
            )
    print(f"{len(answers)} answers checked")


def test_sl_11_unknown_expired_and_revoked_are_the_same_byte_for_byte(
    dr_ada: Person, shared_case: "Case"
) -> None:
    """SL-11: for a stranger at the link, and at the clean address; on every method and address of the door."""
    from arcada.apps.sharing.actions import revoke_share
    from arcada.apps.sharing.models import Share

    now = timezone.now()
    revoked, expired = (
        visitor_of(make_share(dr_ada, shared_case, level="open_link", recipients=())) for _ in "ab"
    )
    # These two hold the cookie, but never came in.
    for guest in (revoked, expired):
        assert guest.knock().status_code == 200
    revoke_share(dr_ada.actor, revoked.share, now=now)
    Share.objects.filter(pk=expired.share.pk).update(expires_at=now - timedelta(seconds=1))

    def bare(answer: Any) -> tuple[int, dict[str, str], bytes]:
        kept = {name: value for name, value in answer.headers.items() if name != "X-Request-Id"}
        return answer.status_code, kept, answer.content

    unknown, checked = str(uuid.uuid4()), 0
    links = [
        bare(Client().get(path))
        for path in ("/s/unknown", *(urlsplit(g.url).path for g in (revoked, expired)))
    ]
    assert links[0][0] == 404 and links[0] == links[1] == links[2]
    record = uuid.uuid4()
    for method, tail in [
        ("get", "/"), ("head", "/"), ("post", "/code"), ("post", "/open"), ("post", "/threads"), ("post", "/decisions"),
        ("get", "/files.zip"), ("get", "/logo"), ("get", f"/records/{record}/cleaned"),
        ("get", f"/records/{record}/renditions/full.glb"), ("post", f"/threads/{record}/comments"),
    ]:  # fmt: skip
        at_nothing = bare(getattr(Client(), method)(f"/r/{unknown}{tail}"))
        assert at_nothing[0] == 404
        for guest in (revoked, expired):
            for browser in (guest.browser, Client()):
                assert bare(getattr(browser, method)(f"{guest.base}{tail}")) == at_nothing, (method, tail)
                checked += 1
    print(f"{checked + 3} pairs checked")


# ------------------------------------------------------------------------------------- SL-13


def test_sl_13_a_link_to_one_file_gives_no_sibling_no_version_no_word_and_no_zip_of_others(
    dr_ada: Person, mallory: Person, shared_case: "Case", ready_records: "dict[str, Record]", given_files: Any
) -> None:
    """SL-13: walk every address of Arcada with the link's cookie and the ids of everything else."""
    from arcada.apps.records.models import Record
    from arcada.apps.reviews.actions import open_thread
    from arcada.apps.reviews.deciding import decide_case
    from arcada.core.decisions import Verdict
    from tests.architecture.permission_table import ROWS
    from tests.cast import lay_in_judged

    upper, lower = ready_records["upper_jaw"], ready_records["lower_jaw"]
    about_lower = open_thread(dr_ada.actor, shared_case, text="SIBLING WORD", record=lower, now=NOW)
    about_case = open_thread(dr_ada.actor, shared_case, text="CASE WORD", now=NOW)
    about_upper = open_thread(dr_ada.actor, shared_case, text="HER WORD", record=upper, now=NOW)
    decide_case(dr_ada.actor, shared_case, verdict=Verdict.CHANGES_REQUESTED, note="DECISION WORD", now=NOW)
    newer = lay_in_judged(dr_ada.actor, shared_case.collection, given_files["upper_jaw"], supersedes=upper)
    shared = Record.objects.get(pk=upper.pk)
    guest = visitor_of(make_share(dr_ada, shared_case, level="open_link", recipients=(), records=[shared]))
    page = guest.come_in()
    assert page.status_code == 200
    for word in (
        b"SIBLING WORD",
        b"CASE WORD",
        b"DECISION WORD",
        str(lower.pk).encode(),
        str(newer.pk).encode(),
    ):
        assert word not in page.content, word
    assert b"HER WORD" in page.content
    assert [entry["id"] for entry in manifest_of(guest)["records"]] == [str(upper.pk)]
    archive = zipfile.ZipFile(io.BytesIO(body_of(guest.browser.get(f"{guest.base}/files.zip"))))
    assert archive.namelist() == ["manifest.json", "A-1042_upper-jaw.stl"]
    # What she opens herself on the case she reads, with the answers; the others' threads take no word of hers.
    guest.browser.post(f"{guest.base}/threads", {"text": "MY WORD"})
    assert b"MY WORD" in guest.browser.get(f"{guest.base}/").content
    for thread in (about_lower, about_case):
        answer = guest.browser.post(f"{guest.base}/threads/{thread.pk}/comments", {"text": "hello"})
        assert answer.status_code == 404
    replied = guest.browser.post(f"{guest.base}/threads/{about_upper.pk}/comments", {"text": "a reply"})
    assert replied.status_code == 302
    pinned = guest.browser.post(f"{guest.base}/threads", {"text": "x", "record": str(lower.pk)})
    assert pinned.status_code == 404

    checked = 0
    others = [record for record in ready_records.values() if record.pk != upper.pk] + [newer]
    for record in others:
        views = [f"/records/{record.pk}/cleaned"]
        views += [
            f"/records/{record.pk}/renditions/{name}"
            for name in ("full.glb", "poster-front.webp", "view.webp")
        ]
        for view in views:
            for base in (guest.base, "/api/v1", ""):
                assert guest.browser.get(base + view).status_code in (302, 401, 404)
                checked += 1
    known = {
        "patient": shared_case.patient_id,
        "collection": shared_case.collection_id,
        "case": shared_case.pk,
    }
    known |= {"record": lower.pk, "thread": about_lower.pk, "share": uuid.uuid4(), "recipient": uuid.uuid4()}
    for row in ROWS:
        if (
            row.name in ("openapi-json", "language", "dev-mail", "invitation", "share-link", "terms-document")
            or "account" in row.name
            or row.anonymous == 200  # open to everybody
        ):
            continue
        path = "/" + re.sub(r"\{(\w+)\}", lambda found: str(known.get(found[1], uuid.uuid4())), row.path)
        answer = getattr(guest.browser, row.method.lower())(path)
        assert answer.status_code in (302, 401, 404), (row.name, answer.status_code)
        if answer.status_code == 302:
            assert answer["Location"].startswith("/accounts/login/"), row.name
        checked += 1
    print(f"{checked + 8} addresses checked")


def test_a_case_wide_link_follows_new_versions_and_reads_what_was_said_on_old_ones(
    rosa: Visitor, dr_ada: Person, shared_case: "Case", ready_records: "dict[str, Record]", given_files: Any
) -> None:
    from arcada.apps.reviews.actions import open_thread
    from tests.cast import lay_in_judged

    upper = ready_records["upper_jaw"]
    said = open_thread(dr_ada.actor, shared_case, text="ON THE FIRST", record=upper, now=NOW)
    newer = lay_in_judged(dr_ada.actor, shared_case.collection, given_files["upper_jaw"], supersedes=upper)
    assert str(newer.pk) in {entry["id"] for entry in manifest_of(rosa)["records"]}
    assert b"ON THE FIRST" in rosa.browser.get(f"{rosa.base}/").content
    answer = rosa.browser.post(f"{rosa.base}/threads/{said.pk}/comments", {"text": "and solved"})
    assert answer.status_code == 302 and b"and solved" in rosa.browser.get(f"{rosa.base}/").content


# ------------------------------------------------------------------------------------- UP-15


def test_up_15_a_recipient_sees_a_file_only_once_it_was_checked(
    rosa: Visitor, ready_records: "dict[str, Record]"
) -> None:
    """UP-15: in every other state it stands on no page, in no manifest, in no ZIP and under no address."""
    from arcada.apps.records.models import Record
    from arcada.core.case_flow import RecordState

    upper = ready_records["upper_jaw"]
    views = [f"/records/{upper.pk}/cleaned", f"/records/{upper.pk}/renditions/full.glb"]

    def seen() -> list[bool]:
        return [
            str(upper.pk) in {entry["id"] for entry in manifest_of(rosa)["records"]},
            f"{upper.pk}/".encode() in rosa.browser.get(f"{rosa.base}/").content,
            b"A-1042_upper-jaw.stl" in body_of(rosa.browser.get(f"{rosa.base}/files.zip")),
            *(rosa.browser.get(rosa.base + view).status_code == 200 for view in views),
        ]

    assert all(seen())
    others = [state for state in RecordState if state is not RecordState.READY]
    for state in others:
        Record.objects.filter(pk=upper.pk).update(state=state)
        assert not any(seen()), state
    print(f"{len(others)} states × {len(views) + 3} ways checked")


# ------------------------------------------------------------------------------------- DE-09, DE-10, DE-13


def test_de_10_no_name_of_the_patient_or_of_a_file_goes_out(
    rosa: Visitor, caplog: pytest.LogCaptureFixture
) -> None:
    """DE-10, SL-12: pages, manifest, headers, every file, the ZIP, every mail and every log line."""
    from arcada.apps.mail.models import OutgoingMail

    parts: dict[str, bytes] = {}
    for address in addresses_of(rosa):
        answer = rosa.browser.get(address)
        assert answer.status_code == 200, address
        parts[address] = str(answer.headers).encode() + body_of(answer)
    archive = zipfile.ZipFile(io.BytesIO(body_of(rosa.browser.get(f"{rosa.base}/files.zip"))))
    for name in archive.namelist():
        parts[f"zip {name}"] = name.encode() + archive.read(name)
    for mail in OutgoingMail.objects.all():
        parts[f"mail {mail.pk}"] = f"{mail.subject} {mail.text}".encode()
    parts["log"] = caplog.text.encode()
    # The patient's code belongs to the clinic as well: a recipient knows the case's.
    for canary in (*CANARIES, "P-0218"):
        for where, content in parts.items():
            for form in (canary.encode(), canary.encode("latin-1")):
                assert form not in content, (canary, where)
    assert sorted(archive.namelist()) == [
        "A-1042_EV19.jpg", "A-1042_lower-jaw.stl", "A-1042_panoramic.png", "A-1042_upper-jaw.stl", "manifest.json",
    ]  # fmt: skip
    print(f"{len(parts)} parts × {len(CANARIES) + 1} names checked")


def test_de_13_a_recipient_gets_the_cleaned_file_and_never_the_original(
    rosa: Visitor, carl: Person, given_files: Any, ready_records: "dict[str, Record]"
) -> None:
    """DE-13: another hash wherever there was metadata; the same triangles; the original is nowhere to be had."""
    from tests.web.browsing import signed_in

    lab = signed_in(carl)
    for slot, record in ready_records.items():
        given = given_files[slot]
        answer = rosa.browser.get(f"{rosa.base}/records/{record.pk}/cleaned")
        cleaned = body_of(answer)
        assert (
            f'filename="A-1042_{slot.lower().replace("_", "-")[:5]}'
            in answer["Content-Disposition"].lower().replace("a-1042", "A-1042")
            or slot == "EV19"
        )
        if slot != "panoramic":
            assert hashlib.sha256(cleaned).digest() != hashlib.sha256(given.data).digest()
        if slot.endswith("jaw"):
            assert cleaned[80:] == given.data[80:], "the same triangles"
        for browser, path in (
            (rosa.browser, f"{rosa.base}/records/{record.pk}/original"),
            (rosa.browser, f"/records/{record.pk}/original"),
            (lab, f"/records/{record.pk}/original"),
            (lab, f"/api/v1/records/{record.pk}/original"),
        ):
            assert browser.get(path).status_code in (302, 404)
        assert body_of(lab.get(f"/api/v1/records/{record.pk}/cleaned")) == cleaned
        name = lab.get(f"/records/{record.pk}/cleaned")["Content-Disposition"]
        assert "A-1042" in name and "P-0218" not in name
    print(f"{len(ready_records)} records × 6 addresses checked")


def test_de_09_two_exports_are_the_same_bytes_and_tell_no_time(rosa: Visitor) -> None:
    """DE-09"""
    first, second = (body_of(rosa.browser.get(f"{rosa.base}/files.zip")) for _ in "ab")
    assert first == second
    entries = zipfile.ZipFile(io.BytesIO(first)).infolist()
    assert {entry.date_time for entry in entries} == {(1980, 1, 1, 0, 0, 0)}
    print(f"{len(entries)} entries checked")


def test_sl_10_a_preview_of_a_link_shows_the_brand_and_nothing_of_the_case(
    dr_ada: Person, rosa_invited: Visitor, shared_case: "Case"
) -> None:
    """SL-10: title and metadata of every page of a share, before and after the proof and after its end."""
    from arcada.apps.sharing.actions import revoke_share

    dr_ada.workspace.brand_name = "Lima Brand"
    dr_ada.workspace.save(update_fields=["brand_name"])
    shared_case.workspace.refresh_from_db()
    visitor = visitor_of(make_share(dr_ada, shared_case), "rosa@north-lab.example", "Rosa")
    pages = {"without a cookie": visitor.browser.get(visitor.base + "/"), "door": visitor.knock()}
    visitor.come_in()
    pages["review"] = visitor.browser.get(f"{visitor.base}/")
    revoke_share(dr_ada.actor, visitor.share, now=timezone.now())
    pages["ended"] = visitor.browser.get(f"{visitor.base}/")
    for name, page in pages.items():
        head = page.content.decode().split("</head>")[0]
        said = re.findall(r"<title>([^<]*)</title>", head) + re.findall(r'content="([^"]*)"', head)
        for word in (*CANARIES, "A-1042", visitor.share.code, "Crown", "Rosa", "P-0218"):
            assert not any(word in one for one in said), (name, said)
        if name != "without a cookie":
            assert said[0] == "Lima Brand · Arcada" and "Lima Brand. Sent with Arcada" in said, (name, said)
