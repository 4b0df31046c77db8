"""Live events: ids only, written in the transaction of the change, read by open pages."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from arcada.apps.notifications.models import LiveEvent


def tell(workspace_id: UUID, topic: str, kind: str, *, ids: Mapping[str, UUID], now: datetime) -> LiveEvent:
    """Say that something changed; pages that listen to `topic` ask again with their own rights."""
    return LiveEvent.objects.create(
        workspace_id=workspace_id,
        topic=topic,
        kind=kind,
        ids={key: str(value) for key, value in ids.items()},
        created_at=now,
    )


def told_since(topics: Sequence[str], last: int) -> list[tuple[int, str, dict[str, str]]]:
    """(id, kind, ids) of the topics' events after `last`, oldest first, 100 at most."""
    rows = LiveEvent.objects.filter(topic__in=topics, id__gt=last).order_by("id")[:100]
    return [(row.id, row.kind, row.ids) for row in rows]


def newest_id(topics: Sequence[str]) -> int:
    return (
        LiveEvent.objects.filter(topic__in=topics).order_by("-id").values_list("id", flat=True).first() or 0
    )
