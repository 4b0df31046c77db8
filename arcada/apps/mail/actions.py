"""queue_mail(): write a mail as a row, in the reader's language, inside the caller's transaction."""

from collections.abc import Mapping
from datetime import datetime

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation

from arcada.apps.jobs.queue import add_job
from arcada.apps.mail.models import OutgoingMail


def queue_mail(
    kind: str, *, to: str, language: str, facts: Mapping[str, object], now: datetime
) -> OutgoingMail:
    """Render templates mail/<kind>.txt (first line: subject) and queue the mail; no patient data in `facts`."""
    with translation.override(language):
        said = render_to_string(f"mail/{kind}.txt", {**facts, "public_url": settings.ENV.public_url}).strip()
    subject, _, text = said.partition("\n")
    return queue_rendered(kind, to=to, subject=subject, text=text.strip() + "\n", now=now)


def queue_rendered(kind: str, *, to: str, subject: str, text: str, now: datetime) -> OutgoingMail:
    mail = OutgoingMail.objects.create(
        kind=kind, to=to, subject=" ".join(subject.split())[:200], text=text, created_at=now
    )
    add_job("arcada.apps.mail.jobs.deliver_mail", str(mail.pk))
    return mail
