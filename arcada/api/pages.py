"""Pages of long lists by cursor: newest first, 50 at a time, 200 at most, stable while rows arrive."""

import base64
import binascii
import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Model, Q, QuerySet

from arcada.core.errors import Refused

LARGEST = 200
USUAL = 50
M = TypeVar("M", bound=Model)


def page_of(
    rows: QuerySet[M], *, field: str, cursor: str | None, limit: int | None
) -> tuple[list[M], str | None]:
    """The rows after `cursor` in the order (-field, -id), and the cursor of the next page or None."""
    size = max(1, min(limit or USUAL, LARGEST))
    if cursor:
        at, row_id = _read(cursor)
        rows = rows.filter(Q(**{f"{field}__lt": at}) | Q(**{field: at, "pk__lt": row_id}))
    found = list(rows.order_by(f"-{field}", "-pk")[: size + 1])
    if len(found) <= size:
        return found, None
    last = found[size - 1]
    return found[:size], _write(getattr(last, field), last.pk)


def answer_page(items: list[M], cursor: str | None, shape: Callable[[M], dict[str, Any]]) -> dict[str, Any]:
    return {"items": [shape(item) for item in items], "next": cursor}


def _write(at: datetime, row_id: UUID) -> str:
    said = json.dumps([at.isoformat(), str(row_id)]).encode()
    return base64.urlsafe_b64encode(said).decode().rstrip("=")


def _read(cursor: str) -> tuple[datetime, UUID]:
    try:
        said = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        at, row_id = datetime.fromisoformat(said[0]), UUID(said[1])
        if at.tzinfo is None:
            raise ValueError
        at = at.astimezone(UTC)
    except (
        OverflowError,
        ValueError,
        TypeError,
        KeyError,
        IndexError,
        AttributeError,
        binascii.Error,
        RecursionError,
    ):
        raise Refused("The cursor is not one that this list gave.", code="bad_cursor") from None
    return at, row_id
