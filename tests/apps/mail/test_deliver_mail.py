"""Mails leave once whatever the mail server does: late, never lost, doubled at most once (DU-07)."""

import dataclasses
import email
import socket
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.conf import settings
from django.utils import timezone

from arcada.apps.jobs.models import Job
from arcada.apps.mail import jobs, transport
from arcada.apps.mail.actions import queue_rendered
from arcada.apps.mail.jobs import deliver_mail
from arcada.apps.mail.models import OutgoingMail
from tests.cast import NOW

pytestmark = pytest.mark.django_db


class PostOffice:
    """A mail server that answers what a test tells it to."""

    def __init__(self) -> None:
        self.answer = "250 taken"
        self.recipient_answer = ""
        self.drops = False
        self.taken: list[str] = []  # Message-IDs

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: Any
    ) -> str:
        if self.recipient_answer:
            return self.recipient_answer
        envelope.rcpt_tos.append(address)
        return "250 ok"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self.answer.startswith("250"):
            assert isinstance(envelope.content, bytes)
            self.taken.append(email.message_from_bytes(envelope.content)["Message-ID"])
        if self.drops:
            server.transport.close()
        return self.answer


@pytest.fixture
def office(monkeypatch: pytest.MonkeyPatch) -> Iterator[PostOffice]:
    made = PostOffice()
    controller = Controller(made, hostname="127.0.0.1", port=free_port())
    controller.start()
    reach(monkeypatch, controller.port)
    yield made
    controller.stop()


@pytest.fixture
def mail() -> OutgoingMail:
    return queue_rendered(
        "note", to="rosa@north-lab.example", subject="A review", text="…", now=timezone.now()
    )


def reach(monkeypatch: pytest.MonkeyPatch, port: int) -> None:
    env = dataclasses.replace(settings.ENV, mail_url=f"smtp://127.0.0.1:{port}")
    monkeypatch.setattr(settings, "ENV", env)


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


def state_of(mail: OutgoingMail) -> tuple[str, str]:
    mail.refresh_from_db()
    return mail.state, mail.reason


def waiting_again(mail: OutgoingMail) -> Job:
    """The job that tries the mail later; the one that just ran is taken away, as a worker would."""
    return Job.objects.get(state="waiting", args=[str(mail.pk)])


def attempt(mail: OutgoingMail) -> None:
    """What a worker does: take the waiting job, run it."""
    Job.objects.filter(args=[str(mail.pk)], state="waiting").update(state="done")
    deliver_mail.call(str(mail.pk))


def test_a_mail_leaves_once_however_often_its_job_runs(office: PostOffice, mail: OutgoingMail) -> None:
    for _ in range(3):
        attempt(mail)
    assert state_of(mail) == ("sent", "")
    assert office.taken == [f"<{mail.pk}@arcada>"]


def test_a_server_that_is_not_there_makes_it_late_and_not_lost(
    mail: OutgoingMail, monkeypatch: pytest.MonkeyPatch
) -> None:
    reach(monkeypatch, free_port())
    attempt(mail)
    assert state_of(mail) == ("queued", "ConnectionRefusedError")
    assert waiting_again(mail).run_after > timezone.now()


@pytest.mark.parametrize("answer", ["451 try again later", "421 shutting down", "452 no room"])
def test_not_now_is_asked_again(office: PostOffice, mail: OutgoingMail, answer: str) -> None:
    office.answer = answer
    attempt(mail)
    state, reason = state_of(mail)
    assert state == "queued"
    assert answer[:3] in reason
    office.answer = "250 taken"
    attempt(mail)
    assert state_of(mail) == ("sent", "")
    assert len(office.taken) == 1


def test_an_address_that_is_refused_for_good_is_told_and_not_tried_again(
    office: PostOffice, mail: OutgoingMail
) -> None:
    office.recipient_answer = "550 rosa@north-lab.example is unknown here"
    attempt(mail)
    state, reason = state_of(mail)
    assert (state, reason) == ("failed", "SMTPRecipientsRefused 550")
    assert "rosa" not in reason
    assert not Job.objects.filter(state="waiting").exists()


def test_a_server_that_hangs_is_left_after_a_while(
    mail: OutgoingMail, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transport, "TIMEOUT_S", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        reach(monkeypatch, silent.getsockname()[1])
        attempt(mail)
    assert state_of(mail)[0] == "queued"
    assert waiting_again(mail)


def test_a_line_that_drops_after_the_mail_doubles_it_at_most_once_and_recognisably(
    office: PostOffice, mail: OutgoingMail
) -> None:
    office.drops = True
    attempt(mail)
    assert state_of(mail)[0] == "queued"
    office.drops = False
    attempt(mail)
    assert state_of(mail)[0] == "sent"
    assert office.taken == [f"<{mail.pk}@arcada>"] * 2


class Clock:
    def __init__(self, now: datetime) -> None:
        self._now = now

    def now(self) -> datetime:
        return self._now

    def go_to(self, now: datetime) -> None:
        self._now = now


def test_an_hour_without_a_mail_server_loses_nothing(
    office: PostOffice, mail: OutgoingMail, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Clock(mail.created_at)
    monkeypatch.setattr(jobs, "timezone", clock)
    office.answer = "451 out"
    tries = 0
    while clock.now() < mail.created_at + timedelta(hours=1):
        attempt(mail)
        tries += 1
        clock.go_to(waiting_again(mail).run_after)
    assert tries < 20
    office.answer = "250 taken"
    attempt(mail)
    assert state_of(mail) == ("sent", "")
    assert len(office.taken) == 1


def test_after_three_days_it_is_given_up_and_said(
    office: PostOffice, mail: OutgoingMail, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "timezone", Clock(mail.created_at + timedelta(days=3, minutes=1)))
    office.answer = "451 out"
    attempt(mail)
    assert state_of(mail)[0] == "failed"


def test_a_mail_in_a_folder_is_one_file(
    mail: OutgoingMail, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        settings, "ENV", dataclasses.replace(settings.ENV, mail_url=f"file://{tmp_path}/mail")
    )
    for _ in range(2):
        attempt(mail)
    (file,) = (tmp_path / "mail").glob("*.eml")
    assert email.message_from_bytes(file.read_bytes())["To"] == "rosa@north-lab.example"


def test_a_subject_can_not_smuggle_a_header() -> None:
    made = queue_rendered(
        "note", to="rosa@north-lab.example", subject="A\r\nBcc: mallory@else.example", text="…", now=NOW
    )
    message = transport.as_message(made, "Arcada <arcada@localhost>")
    assert message["Bcc"] is None
