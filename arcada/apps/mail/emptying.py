"""Old mails lose their words: kind, state, times and a fingerprint stay, who was written to and what do not."""

from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from arcada.apps.audit.actions import record
from arcada.apps.mail.models import OutgoingMail
from arcada.core.access import Actor
from arcada.core.sealing import derive_key, keyed_hash

SENT_KEPT: Final = timedelta(days=30)
FAILED_KEPT: Final = timedelta(days=90)  # somebody may still ask why it never came
_BATCH: Final = 200


def empty_old_mails(*, now: datetime) -> int:
    """Empty sent mails after 30 days and failed ones after 90; one that still waits is left. Returns how many."""
    emptied = 0
    while count := _empty_some(now):
        emptied += count
    return emptied


def fingerprint(*, to: str, subject: str, text: str) -> str:
    """Tells whether a mail that somebody shows is the one that was sent; without the key it tells nothing."""
    key = derive_key(settings.ENV.master_key(), "mail fingerprints")
    return keyed_hash(key, "\n".join((to, subject, text)).encode()).hex()


@transaction.atomic
def _empty_some(now: datetime) -> int:
    old = Q(state="sent", sent_at__lte=now - SENT_KEPT) | Q(state="failed", created_at__lte=now - FAILED_KEPT)
    mails = list(
        OutgoingMail.objects.select_for_update().filter(old, emptied_at=None).order_by("created_at")[:_BATCH]
    )
    for mail in mails:
        mail.fingerprint = fingerprint(to=mail.to, subject=mail.subject, text=mail.text)
        mail.to = mail.subject = mail.text = mail.html = ""
        mail.emptied_at = now
        mail.save(update_fields=["fingerprint", "to", "subject", "text", "html", "emptied_at"])
    if mails:
        sent = sum(mail.state == "sent" for mail in mails)
        record(Actor.system(), "mail.emptied", now=now, ids={"sent": sent, "failed": len(mails) - sent})
    return len(mails)
