"""Gates of collections and records: by membership in the workspace that keeps them.

A participant or a share's recipient reaches a record through its case: `arcada.apps.cases.access`.
"""

from collections.abc import Iterable
from uuid import UUID

from arcada.apps.records.models import Collection, Record, Standard
from arcada.core.access import Actor, Permission, allowed
from arcada.core.errors import NotFound


def collection_for(actor: Actor, collection_id: UUID, permission: Permission = Permission.VIEW) -> Collection:
    found = Collection.objects.select_related("patient", "workspace").filter(pk=collection_id).first()
    if found is None or not allowed(
        actor, permission, workspace_id=found.workspace_id, patient_id=found.patient_id
    ):
        raise NotFound
    return found


def record_for(actor: Actor, record_id: UUID, permission: Permission = Permission.VIEW) -> Record:
    found = find_record(record_id)
    if found is None or not allowed(
        actor, permission, workspace_id=found.workspace_id, patient_id=found.collection.patient_id
    ):
        raise NotFound
    return found


def records_for(actor: Actor, record_ids: Iterable[UUID], permission: Permission) -> list[Record]:
    """All of them or NotFound: a bulk action never does a part of what was asked."""
    wanted = list(dict.fromkeys(record_ids))
    found = {r.pk: r for r in Record.objects.select_related("collection__patient").filter(pk__in=wanted)}
    if len(found) != len(wanted) or not all(
        allowed(actor, permission, workspace_id=record.workspace_id, patient_id=record.collection.patient_id)
        for record in found.values()
    ):
        raise NotFound
    return [found[record_id] for record_id in wanted]


def find_record(record_id: UUID) -> Record | None:
    """Without a gate: only for gates, and for jobs that act as the system."""
    return (
        Record.objects.select_related("collection__patient", "original", "cleaned")
        .filter(pk=record_id)
        .first()
    )


def standard_for(actor: Actor, name: str, version: int, permission: Permission = Permission.VIEW) -> Standard:
    found = Standard.objects.filter(workspace_id=actor.own_workspace_id, name=name, version=version).first()
    if found is None or not allowed(actor, permission, workspace_id=found.workspace_id):
        raise NotFound
    return found
