"""What is counted exactly: downloads, tries of a passcode, mails an hour."""

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from django.db import connection, connections
from django.test import Client
from django.utils import timezone

from arcada.core.errors import Refused
from tests.cast import Person, Visitor, body_of, make_share, visitor_of
from tests.web.browsing import signed_in

if TYPE_CHECKING:
    from arcada.apps.cases.models import Case
    from arcada.apps.records.models import Record

needs_threads = pytest.mark.skipif(
    "postgresql" not in str(connection.vendor), reason="threads need PostgreSQL; SQLite is one in memory"
)
ROSA = "rosa@north-lab.example"


def downloads(visitor: Visitor) -> int:
    from arcada.apps.sharing.models import Share

    return Share.objects.get(pk=visitor.share.pk).downloads


def at_once(times: int, do: Callable[[int], None]) -> None:
    """`do` so many times, ten threads starting together."""
    barrier = threading.Barrier(10)

    def work(first: int) -> None:
        try:
            for number in range(first, times, 10):
                barrier.wait(60)
                do(number)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work, args=(first,)) for first in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)


# ------------------------------------------------------------------------------------- SL-08, SL-09


@pytest.mark.django_db
def test_sl_09_the_fourth_download_of_three_is_refused_in_plain_words(
    dr_ada: Person, shared_case: "Case", ready_records: "dict[str, Record]"
) -> None:
    """SL-09: files and the ZIP count alike; looking goes on; a HEAD and a 404 count nothing."""
    import uuid

    guest = visitor_of(make_share(dr_ada, shared_case, max_downloads=3), ROSA)
    guest.come_in()
    upper, lower = (ready_records[slot].pk for slot in ("upper_jaw", "lower_jaw"))
    for address in (f"records/{uuid.uuid4()}/cleaned", f"records/{upper}/nothing"):
        assert guest.browser.get(f"{guest.base}/{address}").status_code == 404
    assert guest.browser.head(f"{guest.base}/records/{upper}/cleaned").status_code == 200
    assert downloads(guest) == 0
    for address in (f"records/{upper}/cleaned", "files.zip", f"records/{upper}/cleaned"):
        assert guest.browser.get(f"{guest.base}/{address}").status_code == 200
    for address in (f"records/{lower}/cleaned", "files.zip"):
        answer = guest.browser.get(f"{guest.base}/{address}")
        assert answer.status_code == 403 and b"3 downloads" in answer.content
        assert answer["Cache-Control"] == "no-store" and answer["X-Robots-Tag"]
    assert guest.browser.get(f"{guest.base}/").status_code == 200
    assert downloads(guest) == 3
    assert b"3 of 3" in signed_in(dr_ada).get(f"/shares/{guest.share.pk}").content
    print("9 requests checked")


@pytest.mark.django_db
def test_sl_08_one_download_in_forty_ranges_is_one(
    dr_ada: Person, shared_case: "Case", ready_records: "dict[str, Record]"
) -> None:
    """SL-08: forty ranges of one file are one download, whatever their order after the first; two starts are two."""
    guest = visitor_of(make_share(dr_ada, shared_case, max_downloads=2), ROSA)
    guest.come_in()
    record = ready_records["upper_jaw"]
    address = f"{guest.base}/records/{record.pk}/cleaned"
    size = record.cleaned.bytes if record.cleaned else 0
    step = -(-size // 40)
    parts = {}
    for start in [0, *reversed(range(step, size, step))]:
        answer = guest.browser.get(address, headers={"Range": f"bytes={start}-{min(start + step, size) - 1}"})
        assert answer.status_code == 206, start
        parts[start] = body_of(answer)
    assert len(parts) == 40
    assert len(b"".join(parts[start] for start in sorted(parts))) == size
    assert downloads(guest) == 1
    # What a broken line may fetch again is bounded: it can't be the way around the limit.
    served = 0
    for _ in range(400):
        answer = guest.browser.get(address, headers={"Range": f"bytes=1-{size - 1}"})
        if answer.status_code == 403:
            break
        served += 1
    assert downloads(guest) == 2 and served <= 3
    print(f"{40 + served + 1} ranges checked")


@pytest.mark.django_db(transaction=True)
@needs_threads
def test_sl_09_of_thirty_at_once_three_get_through(
    dr_ada: Person, shared_case: "Case", ready_records: "dict[str, Record]"
) -> None:
    """SL-09: limit 3, 30 parallel → 3; half of them with one browser, half with browsers of their own."""
    new = make_share(dr_ada, shared_case, max_downloads=3, recipients=(ROSA, "tom@lab.example"))
    rosa, tom = visitor_of(new, ROSA), visitor_of(new, "tom@lab.example")
    rosa.come_in()
    tom.come_in()
    cookies = [guest.browser.cookies.copy() for guest in (rosa, tom)]
    address = f"{rosa.base}/records/{ready_records['upper_jaw'].pk}/cleaned"
    statuses: list[int] = []

    def download(number: int) -> None:
        browser = Client()
        browser.cookies = cookies[number % 2].copy()
        statuses.append(browser.get(address).status_code)

    at_once(30, download)
    assert sorted(statuses) == [200] * 3 + [403] * 27
    assert downloads(rosa) == 3
    print("30 parallel downloads checked")


# ------------------------------------------------------------------------------------- SL-04


@pytest.mark.django_db
def test_sl_04_a_passcode_has_six_characters_and_is_kept_as_argon2id(
    dr_ada: Person, shared_case: "Case"
) -> None:
    """SL-04: five are refused; the stored form is Argon2id; a locked link leaves the owner's other links alone."""
    from arcada.apps.sharing.models import Share

    with pytest.raises(Refused):
        make_share(dr_ada, shared_case, level="passcode", passcode="tulip", recipients=())
    locked, other = (
        visitor_of(make_share(dr_ada, shared_case, level="passcode", passcode="tulips", recipients=()))
        for _ in "ab"
    )
    assert Share.objects.get(pk=locked.share.pk).passcode_hash.split("$")[1] == "argon2id"
    locked.knock()
    for _ in range(11):
        locked.browser.post(f"{locked.base}/open", {"passcode": "wrong!", "name": "G"})
    assert locked.browser.post(f"{locked.base}/open", {"passcode": "tulips", "name": "G"}).status_code == 422
    assert other.come_in(passcode="tulips").status_code == 200
    desk = signed_in(dr_ada)
    assert b"Open again" in desk.get(f"/shares/{locked.share.pk}").content
    # More time alone does not unlock it: the owner sees that it was locked, and says so on purpose.
    desk.post(f"/shares/{locked.share.pk}/extend")
    assert locked.browser.post(f"{locked.base}/open", {"passcode": "tulips", "name": "G"}).status_code == 422
    desk.post(f"/shares/{locked.share.pk}/open-again")
    assert locked.browser.post(f"{locked.base}/open", {"passcode": "tulips", "name": "G"}).status_code == 302
    print("16 passcodes checked")


@pytest.mark.django_db(transaction=True)
@needs_threads
def test_sl_04_thirty_passcodes_at_once_are_ten_tries(dr_ada: Person, shared_case: "Case") -> None:
    """SL-04: guessing in parallel gains nothing, and the owner is told once."""
    from arcada.apps.audit.models import AuditEvent
    from arcada.apps.notifications.models import Notification

    guest = visitor_of(make_share(dr_ada, shared_case, level="passcode", passcode="tulips", recipients=()))
    guest.knock()
    cookies = guest.browser.cookies.copy()

    def guess(number: int) -> None:
        browser = Client()
        browser.cookies = cookies.copy()
        browser.post(f"{guest.base}/open", {"passcode": f"wrong{number}", "name": "G"})

    at_once(30, guess)
    assert AuditEvent.objects.filter(action="share.passcode_wrong").count() == 10
    assert Notification.objects.filter(kind="share.locked").count() == 1
    print("30 parallel passcodes checked")


# ------------------------------------------------------------------------------------- RL-02


@pytest.mark.django_db
def test_rl_02_fifty_invitations_are_capped_in_plain_words(dr_ada: Person, shared_case: "Case") -> None:
    """RL-02: thirty acts an hour by one person; a share with fifty recipients is one of them."""
    from arcada.apps.mail.models import OutgoingMail

    make_share(dr_ada, shared_case, recipients=tuple(f"n{number}@many.example" for number in range(50)))
    desk = signed_in(dr_ada)
    answers = [
        desk.post("/settings/members", {"email": f"new{number}@x.example", "role": "viewer"})
        for number in range(50)
    ]
    statuses = [answer.status_code for answer in answers]
    assert statuses == [302] * 29 + [422] * 21
    assert "Go on in an hour" in answers[-1].content.decode()
    assert OutgoingMail.objects.filter(kind="member_invitation").count() == 29
    print("51 acts checked")


@pytest.mark.django_db
def test_rl_02_one_person_gets_five_mails_an_hour_from_one_workspace(
    dr_ada: Person, mallory: Person, shared_case: "Case"
) -> None:
    """RL-02: shares, reminders and requests together; an hour later it goes on; other workspaces are not affected."""
    from datetime import timedelta

    from arcada.apps.mail.models import OutgoingMail
    from arcada.apps.sharing.actions import remind_recipient
    from arcada.apps.sharing.mail_limits import count_mails
    from arcada.apps.sharing.models import MailSent, Recipient
    from arcada.apps.sharing.upload_requests import ask_for_files

    now = timezone.now()
    new = make_share(dr_ada, shared_case)
    recipient = Recipient.objects.get(share=new.share)
    for _ in range(2):
        remind_recipient(dr_ada.actor, new.share, recipient, language="en", now=now)
    ask_for_files(
        dr_ada.actor, shared_case.collection, email=ROSA, expires_at=now + timedelta(days=1), now=now
    )
    make_share(dr_ada, shared_case, recipients=(ROSA, "tom@lab.example"))
    sent = OutgoingMail.objects.count()
    for act in (
        lambda: make_share(dr_ada, shared_case),
        lambda: remind_recipient(dr_ada.actor, new.share, recipient, language="en", now=now),
        lambda: ask_for_files(
            dr_ada.actor, shared_case.collection, email=ROSA.upper(), expires_at=now + timedelta(days=1), now=now
        ),
    ):  # fmt: skip
        with pytest.raises(Refused) as refused:
            act()
        assert refused.value.code == "too_many_mails"
    assert OutgoingMail.objects.count() == sent
    recipient.refresh_from_db()
    count_mails(mallory.actor, workspace_id=mallory.workspace.pk, targets=[ROSA], now=now)
    MailSent.objects.update(at=now - timedelta(minutes=61))
    make_share(dr_ada, shared_case)
    print("10 acts checked")
