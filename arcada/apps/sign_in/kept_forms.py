"""What somebody typed when their session had gone idle: kept sealed, given back once."""

import json
from collections.abc import Sequence
from datetime import datetime

from arcada.apps.sign_in.models import KeptForm, Session
from arcada.core.sign_in_rules import DRAFT_LIVES

LARGEST = 500_000  # characters of all fields


def keep_form(
    session: Session, *, path: str, fields: Sequence[tuple[str, str]], now: datetime
) -> KeptForm | None:
    """The newest of a session; None when it is too large to keep."""
    body = json.dumps(list(fields))
    if len(body) > LARGEST or len(path) > 500:
        return None
    KeptForm.objects.filter(session=session).delete()
    return KeptForm.objects.create(session=session, path=path, body=body, created_at=now)


def has_kept_form(session: Session, *, now: datetime) -> bool:
    return KeptForm.objects.filter(session=session, taken_at=None, created_at__gt=now - DRAFT_LIVES).exists()


def take_form(session: Session, *, now: datetime) -> tuple[str, list[tuple[str, str]]] | None:
    """Path and fields, once: whoever takes it first has it, and the row keeps nothing."""
    form = KeptForm.objects.filter(session=session, taken_at=None, created_at__gt=now - DRAFT_LIVES).first()
    if form is None or not KeptForm.objects.filter(pk=form.pk, taken_at=None).update(taken_at=now, body=""):
        return None
    return form.path, [(str(name), str(value)) for name, value in json.loads(form.body)]
