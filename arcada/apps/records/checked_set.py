"""What a check of a whole record set came to, kept with its collection."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from arcada.apps.audit.actions import record as audit
from arcada.apps.notifications.live import tell
from arcada.apps.records.finding_rows import finding_columns
from arcada.apps.records.models import Collection, FoundInCollection
from arcada.core.access import Actor
from arcada.core.findings import Finding


@transaction.atomic
def save_set(
    collection_id: UUID,
    *,
    revision: int,
    findings: Sequence[Finding],
    facts: Mapping[str, object],
    now: datetime,
) -> bool:
    """Keep what check_set found, unless the collection changed while it looked; True when kept."""
    collection = Collection.objects.select_for_update().get(pk=collection_id)
    if collection.revision != revision:
        return False
    FoundInCollection.objects.filter(collection=collection).delete()
    FoundInCollection.objects.bulk_create(
        FoundInCollection(collection=collection, **finding_columns(finding)) for finding in findings
    )
    collection.set_state = "checked"
    collection.set_facts = dict(facts)
    collection.save(update_fields=["set_state", "set_facts"])
    audit(
        Actor.system(), "collection.checked", now=now, workspace_id=collection.workspace_id,
        patient_id=collection.patient_id, about=collection, ids={"findings": len(findings)},
    )  # fmt: skip
    _tell(collection, now=now)
    return True


@transaction.atomic
def leave_set_unchecked(collection_id: UUID, *, now: datetime) -> None:
    """The check of the set could not run: the page says "not checked", which never reads as a pass."""
    collection = Collection.objects.select_for_update().get(pk=collection_id)
    collection.set_state = "not_checked"
    collection.save(update_fields=["set_state"])
    audit(
        Actor.system(), "collection.check_failed", now=now, workspace_id=collection.workspace_id,
        patient_id=collection.patient_id, about=collection,
    )  # fmt: skip
    _tell(collection, now=now)


def _tell(collection: Collection, *, now: datetime) -> None:
    ids = {"collection": collection.pk}
    tell(collection.workspace_id, f"collection:{collection.pk}", "collection", ids=ids, now=now)
