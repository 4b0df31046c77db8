"""once(): the same key from the same actor has one effect and one answer."""

import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction

from arcada.apps.idempotency.models import Answered
from arcada.core.errors import Conflict, Refused

# A first request that left no answer after this long died; its key may be used again.
ABANDONED = timedelta(minutes=2)


def once(
    *, actor_id: UUID, key: str, request: bytes, now: datetime, answer: Callable[[], tuple[int, str]]
) -> tuple[int, str, bool]:
    """(status, body, was it kept from before). Only answers below 500 are kept.

    Raises Refused when the key stood for another request, Conflict while the first one still runs.
    """
    if not 1 <= len(key) <= 128 or not (key.isascii() and key.isprintable()):
        raise Refused(
            "An Idempotency-Key has 1 to 128 printable ASCII characters.", code="bad_idempotency_key"
        )
    hashed = hashlib.sha256(request).digest()
    try:
        with transaction.atomic():
            kept = Answered.objects.create(actor_id=actor_id, key=key, request_hash=hashed, created_at=now)
    except IntegrityError:
        earlier = Answered.objects.filter(actor_id=actor_id, key=key).first()
        if earlier is not None and bytes(earlier.request_hash) != hashed:
            raise Refused("This Idempotency-Key was used for another request.", code="key_reused") from None
        if earlier is not None and earlier.status is not None:
            return earlier.status, earlier.body, True
        abandoned = Answered.objects.filter(
            actor_id=actor_id, key=key, status=None, created_at__lt=now - ABANDONED
        ).delete()[0]
        if abandoned:
            return once(actor_id=actor_id, key=key, request=request, now=now, answer=answer)
        raise Conflict(
            "The first request with this key is still being answered.", code="in_progress"
        ) from None
    try:
        # The effect and its answer are one commit: a process that dies between them leaves neither.
        with transaction.atomic():
            status, body = answer()
            if status < 400:
                _keep(kept, status, body)
            else:
                transaction.set_rollback(True)
    except BaseException:
        kept.delete()
        raise
    if status >= 500:
        kept.delete()
    elif status >= 400:
        _keep(kept, status, body)
    return status, body, False


def _keep(kept: Answered, status: int, body: str) -> None:
    kept.status, kept.body = status, body
    kept.save(update_fields=["status", "body"])
