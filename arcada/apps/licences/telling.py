"""What the person hears of their licence: a notification and a mail without number, reason or patient."""

from datetime import datetime

from arcada.apps.licences.models import Licence
from arcada.apps.mail.actions import queue_mail
from arcada.apps.notifications.actions import notify


def tell_licensee(licence: Licence, kind: str, *, now: datetime) -> None:
    """`kind`: licence.verified, rejected, suspended, expired or ends."""
    notify(
        licence.user,
        workspace_id=licence.workspace_id,
        kind=kind,
        now=now,
        object_id=licence.pk,
        by_mail=False,
    )
    queue_mail(
        "licence", to=licence.user.email, language=licence.user.language, now=now,
        facts={"kind": kind, "name": licence.user.get_full_name(), "until": licence.holds_until},
    )  # fmt: skip
