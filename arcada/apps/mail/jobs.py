"""Deliver one mail: over SMTP, or as a file that the development page shows; and empty old ones by the clock."""

import smtplib
from datetime import timedelta

from django.db.models import F
from django.utils import timezone
from django_tasks import task

from arcada.apps.jobs.queue import add_job, when_dead
from arcada.apps.mail.emptying import empty_old_mails
from arcada.apps.mail.models import OutgoingMail
from arcada.apps.mail.transport import transport

DELIVER_MAIL = "arcada.apps.mail.jobs.deliver_mail"
# A mail server may be away for a weekend: until then a mail is late, not lost.
LONGEST_TRY = timedelta(days=3)
PAUSES_S = (2, 10, 30, 60, 120, 300, 600, 1800)


@task(queue_name="default")
def deliver_mail(mail_id: str) -> None:
    """Send the mail once; one that was sent already is left alone, so a job that runs twice sends one."""
    mail = OutgoingMail.objects.get(pk=mail_id)
    if mail.state != "queued":
        return
    OutgoingMail.objects.filter(pk=mail_id).update(attempts=F("attempts") + 1)
    try:
        transport().send(mail)
    except (OSError, smtplib.SMTPException) as trouble:
        _try_later(mail, trouble)
        return
    OutgoingMail.objects.filter(pk=mail_id).update(state="sent", sent_at=timezone.now(), reason="")


@when_dead(deliver_mail)
def mail_given_up(mail_id: str, *, reason: str) -> None:
    OutgoingMail.objects.filter(pk=mail_id, state="queued").update(state="failed", reason=reason[:200])


@task()
def forget_mail_bodies() -> None:
    """What left long ago is nobody's to read again."""
    empty_old_mails(now=timezone.now())


def _try_later(mail: OutgoingMail, trouble: Exception) -> None:
    """Again after a pause, unless the server refused for good or patience is over."""
    now = timezone.now()
    waiting = OutgoingMail.objects.filter(pk=mail.pk, state="queued")
    if _is_final(trouble) or now - mail.created_at > LONGEST_TRY:
        waiting.update(state="failed", reason=_said(trouble))
        return
    waiting.update(reason=_said(trouble))
    pause = PAUSES_S[min(mail.attempts, len(PAUSES_S) - 1)]
    add_job(DELIVER_MAIL, str(mail.pk), run_after=now + timedelta(seconds=pause))


def _is_final(trouble: Exception) -> bool:
    """The server will never take this very mail; a wrong password of ours may be put right."""
    if isinstance(trouble, smtplib.SMTPAuthenticationError):
        return False
    return bool(_codes(trouble)) and all(500 <= code < 600 for code in _codes(trouble))


def _said(trouble: Exception) -> str:
    """What the server answered, as a number: its words may repeat the address."""
    codes = ", ".join(str(code) for code in sorted(set(_codes(trouble))))
    return f"{type(trouble).__name__} {codes}".strip()[:200]


def _codes(trouble: Exception) -> list[int]:
    if isinstance(trouble, smtplib.SMTPRecipientsRefused):
        return [code for code, _ in trouble.recipients.values()]
    if isinstance(trouble, smtplib.SMTPResponseException):
        return [trouble.smtp_code]
    return []
