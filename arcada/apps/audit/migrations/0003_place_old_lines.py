"""Lines written before there was a chain get their place in it, in their order; then the fence goes up."""

from typing import Any
from uuid import UUID

from django.db import migrations

from arcada.apps.audit.fence import raise_fence
from arcada.core.ledger_chain import CONTENT, GLOBAL_CHAIN, NO_HASH, digest_of, link

BATCH = 500


def place_old_lines(apps: Any, schema_editor: Any) -> None:
    event_model = apps.get_model("audit", "AuditEvent")
    heads: dict[UUID, tuple[int, bytes, int, Any]] = {}
    waiting: list[Any] = []
    fields = ["chain", "case_id", "digest", "position", "previous", "hash"]
    for event in event_model.objects.order_by("seq").iterator(chunk_size=BATCH):
        event.chain = event.workspace_id or GLOBAL_CHAIN
        event.case_id = _case_of(event)
        event.digest = digest_of({name: getattr(event, name) for name in CONTENT})
        position, previous, _, _ = heads.get(event.chain, (0, NO_HASH, 0, None))
        event.position, event.previous = position + 1, previous
        event.hash = link(previous, position=event.position, seq=event.seq, digest=event.digest)
        heads[event.chain] = (event.position, event.hash, event.seq, event.at)
        waiting.append(event)
        if len(waiting) == BATCH:
            event_model.objects.bulk_update(waiting, fields)
            waiting = []
    event_model.objects.bulk_update(waiting, fields)
    head_model = apps.get_model("audit", "ChainHead")
    head_model.objects.bulk_create(
        head_model(chain=chain, position=position, hash=last, seq=seq, at=at)
        for chain, (position, last, seq, at) in heads.items()
    )


def _case_of(event: Any) -> UUID | None:
    try:
        return UUID(str(event.object_id if event.object_kind == "case" else event.ids["case"]))
    except (KeyError, TypeError, ValueError, AttributeError):
        return None


def fence(apps: Any, schema_editor: Any) -> None:
    raise_fence(schema_editor.connection)


class Migration(migrations.Migration):

    dependencies = [
        ('audit', '0002_the_chain'),
    ]

    operations = [
        migrations.RunPython(place_old_lines, migrations.RunPython.noop),
        migrations.RunPython(fence, migrations.RunPython.noop),
    ]
