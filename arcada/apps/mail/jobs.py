"""Deliver one mail: over SMTP, or as a file that the development page shows."""

from django.utils import timezone
from django_tasks import task

from arcada.apps.jobs.queue import when_dead
from arcada.apps.mail.models import OutgoingMail
from arcada.apps.mail.transport import transport


@task(queue_name="default")
def deliver_mail(mail_id: str) -> None:
    """Send the mail once; one that was sent already is left alone, so a job that runs twice sends one."""
    mail = OutgoingMail.objects.get(pk=mail_id)
    if mail.state == "sent":
        return
    OutgoingMail.objects.filter(pk=mail_id).update(attempts=mail.attempts + 1)
    transport().send(mail)
    OutgoingMail.objects.filter(pk=mail_id).update(state="sent", sent_at=timezone.now(), reason="")


@when_dead(deliver_mail)
def mail_given_up(mail_id: str, *, reason: str) -> None:
    OutgoingMail.objects.filter(pk=mail_id).update(state="failed", reason=reason[:200])
