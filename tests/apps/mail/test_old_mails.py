"""Old mails lose their words: after a while nobody can read again whom Arcada wrote to, or what."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from arcada.apps.audit.models import AuditEvent
from arcada.apps.mail import jobs
from arcada.apps.mail.actions import queue_rendered
from arcada.apps.mail.emptying import empty_old_mails, fingerprint
from arcada.apps.mail.models import OutgoingMail
from arcada.config.periodic import PERIODIC
from tests.cast import NOW

pytestmark = pytest.mark.django_db

WORDS = ("rosa@north-lab.example", "Dr Ada Lima shares a case", "https://arcada.example/s/Zm9vYmFy\n")
DAY = timedelta(days=1)


def mail(state: str) -> OutgoingMail:
    to, subject, text = WORDS
    made = queue_rendered("share", to=to, subject=subject, text=text, now=NOW)
    OutgoingMail.objects.filter(pk=made.pk).update(state=state, sent_at=NOW if state == "sent" else None)
    return made


def words_of(made: OutgoingMail) -> tuple[str, str, str]:
    made.refresh_from_db()
    return made.to, made.subject, made.text


@pytest.mark.parametrize(("state", "days"), [("sent", 30), ("failed", 90)])
def test_a_mail_keeps_its_words_until_its_days_are_over_and_not_longer(state: str, days: int) -> None:
    made = mail(state)
    assert empty_old_mails(now=NOW + days * DAY - timedelta(seconds=1)) == 0
    assert words_of(made) == WORDS
    assert empty_old_mails(now=NOW + days * DAY) == 1
    assert words_of(made) == ("", "", "")
    assert (made.kind, made.state, made.created_at, made.html) == ("share", state, NOW, "")
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM mail_outgoingmail")
        row = str(cursor.fetchall())
    assert not [word for word in ("rosa", "Lima", "sealed:") if word in row]


def test_what_is_left_proves_what_was_sent_and_tells_nothing() -> None:
    made = mail("sent")
    empty_old_mails(now=NOW + 31 * DAY)
    made.refresh_from_db()
    to, subject, text = WORDS
    assert made.fingerprint == fingerprint(to=to, subject=subject, text=text)
    assert made.fingerprint != fingerprint(to=to, subject=subject, text=text + ".")


def test_a_mail_that_still_waits_is_never_emptied() -> None:
    made = mail("queued")
    assert empty_old_mails(now=NOW + 400 * DAY) == 0
    assert words_of(made) == WORDS


def test_all_old_mails_go_however_many_and_each_batch_leaves_its_line() -> None:
    for _ in range(250):
        mail("sent")
    mail("failed")
    assert empty_old_mails(now=NOW + 90 * DAY) == 251
    lines = AuditEvent.objects.filter(action="mail.emptied", actor_kind="system")
    assert sum(line.ids["sent"] for line in lines) == 250
    assert sum(line.ids["failed"] for line in lines) == 1
    assert empty_old_mails(now=NOW + 91 * DAY) == 0
    assert lines.count() == 2


def test_the_workers_do_it_by_the_clock() -> None:
    made = mail("sent")
    assert PERIODIC[jobs.forget_mail_bodies.module_path] <= DAY
    OutgoingMail.objects.filter(pk=made.pk).update(sent_at=timezone.now() - 31 * DAY)
    jobs.forget_mail_bodies.call()
    assert words_of(made) == ("", "", "")
