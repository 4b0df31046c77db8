"""Where mails leave: a folder in development, SMTP with a verified certificate otherwise."""

import smtplib
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

from django.conf import settings

from arcada.apps.mail.models import OutgoingMail

TIMEOUT_S = 20


class Transport(Protocol):
    def send(self, mail: OutgoingMail) -> None: ...


@dataclass(frozen=True, slots=True)
class FolderTransport:
    """Each mail is a .eml file, named by its time and id."""

    folder: Path
    sender: str

    def send(self, mail: OutgoingMail) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        stamp = mail.created_at.strftime("%Y%m%dT%H%M%S%f")
        (self.folder / f"{stamp}-{mail.pk}.eml").write_bytes(
            as_message(mail, self.sender).as_bytes(policy=SMTP)
        )


@dataclass(frozen=True, slots=True)
class SmtpTransport:
    host: str
    port: int
    user: str
    password: str
    from_the_start: bool  # TLS before the first word (smtps), else STARTTLS
    plain_allowed: bool  # only towards this machine, in development and tests
    sender: str

    def send(self, mail: OutgoingMail) -> None:
        context = ssl.create_default_context()
        opened: Callable[[], smtplib.SMTP] = (
            (lambda: smtplib.SMTP_SSL(self.host, self.port, timeout=TIMEOUT_S, context=context))
            if self.from_the_start
            else (lambda: smtplib.SMTP(self.host, self.port, timeout=TIMEOUT_S))
        )
        with opened() as server:
            if not self.from_the_start and not self.plain_allowed:
                server.starttls(context=context)
            if self.user:
                server.login(self.user, self.password)
            server.send_message(as_message(mail, self.sender))


def transport() -> Transport:
    """The transport that ARCADA_MAIL_URL names."""
    env = settings.ENV
    url = urlsplit(env.mail_url)
    if url.scheme == "file":
        return FolderTransport(Path(unquote(url.path)), env.mail_from)
    is_here = url.hostname in ("127.0.0.1", "localhost")
    return SmtpTransport(
        host=url.hostname or "",
        port=url.port or (465 if url.scheme == "smtps" else 587),
        user=unquote(url.username or ""),
        password=unquote(url.password or ""),
        from_the_start=url.scheme == "smtps",
        plain_allowed=is_here and not env.is_production,
        sender=env.mail_from,
    )


def as_message(mail: OutgoingMail, sender: str) -> EmailMessage:
    message = EmailMessage()
    message["From"] = sender
    message["To"] = mail.to
    message["Subject"] = mail.subject
    message["Date"] = format_datetime(mail.created_at)
    message["Message-ID"] = f"<{mail.pk}@arcada>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.text)
    return message
