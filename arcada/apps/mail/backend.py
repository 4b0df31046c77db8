"""Django's mail backend for allauth's mails: they go through the same outbox as all others."""

from collections.abc import Sequence

from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.message import EmailMessage
from django.utils import timezone

from arcada.apps.mail.actions import queue_rendered


class OutboxBackend(BaseEmailBackend):
    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        for message in email_messages:
            for recipient in message.to:
                queue_rendered(
                    "account",
                    to=recipient,
                    subject=str(message.subject),
                    text=str(message.body),
                    now=timezone.now(),
                )
        return len(email_messages)
