"""Writes to collections and standards: open, edit, import."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F, Max

from arcada.apps.audit.actions import record as audit
from arcada.apps.jobs.queue import add_job
from arcada.apps.patients.actions import touch
from arcada.apps.patients.models import Patient
from arcada.apps.records.models import Collection, Record, Standard, Tag
from arcada.apps.records.queries import collection_values, standard_named
from arcada.core.access import Actor
from arcada.core.errors import Conflict
from arcada.core.seen import still_as_seen
from arcada.core.standard_json import as_dict, load_standard

CHECK_COLLECTION = "arcada.apps.records.jobs.check_collection"


@transaction.atomic
def open_collection(
    actor: Actor, patient: Patient, *, taken_on: date, standard_name: str, now: datetime, title: str = "",
    description: str = "",
) -> Collection:  # fmt: skip
    """A new record set; it keeps the whole standard as it is today."""
    standard = standard_named(patient.workspace_id, standard_name)
    collection = Collection.objects.create(
        workspace_id=patient.workspace_id,
        patient=patient,
        taken_on=taken_on,
        title=" ".join(title.split())[:120],
        description=description[:4000],
        standard=as_dict(standard),
        standard_name=standard.name,
        standard_version=standard.version,
        created_at=now,
    )
    touch(patient.pk, now=now)
    audit(
        actor, "collection.opened", now=now, workspace_id=patient.workspace_id, patient_id=patient.pk,
        about=collection, ids={"standard": standard.name, "version": standard.version},
    )  # fmt: skip
    return collection


@transaction.atomic
def edit_collection(
    actor: Actor, collection: Collection, *, taken_on: date, title: str, description: str, now: datetime,
    tags: list[str] | None = None, seen: str | None = None,
) -> Collection:  # fmt: skip
    """Date, title, description, tags; Conflict when `seen` is the mark of values that no longer stand."""
    still_as_seen(seen, collection_values(Collection.objects.select_for_update().get(pk=collection.pk)))
    collection.taken_on = taken_on
    collection.title = " ".join(title.split())[:120]
    collection.description = description[:4000]
    collection.save(update_fields=["taken_on", "title", "description"])
    if tags is not None:
        collection.tags.set(tags_named(collection.workspace_id, tags))
    touch(collection.patient_id, now=now)
    audit(
        actor, "collection.edited", now=now, workspace_id=collection.workspace_id,
        patient_id=collection.patient_id, about=collection,
    )  # fmt: skip
    return collection


def tags_named(workspace_id: UUID, names: list[str]) -> list[Tag]:
    """The workspace's tags of these names, made where they are new."""
    cleaned = dict.fromkeys(" ".join(name.split())[:48] for name in names)
    return [Tag.objects.get_or_create(workspace_id=workspace_id, name=name)[0] for name in cleaned if name]


@transaction.atomic
def import_standard(actor: Actor, *, workspace_id: UUID, content: dict[str, Any], now: datetime) -> Standard:
    """Take over a standard from its JSON; the same name and version can't mean two things."""
    standard = load_standard(content)
    saved, is_new = Standard.objects.get_or_create(
        workspace_id=workspace_id,
        name=standard.name,
        version=standard.version,
        defaults={"content": as_dict(standard), "created_at": now},
    )
    if not is_new and saved.content != as_dict(standard):
        newest = Standard.objects.filter(workspace_id=workspace_id, name=standard.name).aggregate(
            top=Max("version")
        )["top"]
        raise Conflict(
            "{name}, version {version} is already here with other contents. Give it version {next}.",
            code="standard_version_taken",
            name=standard.name,
            version=standard.version,
            next=newest + 1,
        )
    if is_new:
        audit(
            actor, "standard.imported", now=now, workspace_id=workspace_id, about=saved,
            ids={"name": standard.name, "version": standard.version},
        )  # fmt: skip
    return saved


def collection_changed(collection_id: UUID) -> None:
    """Count a change and ask for the set to be judged again; call it inside the change's transaction."""
    Collection.objects.filter(pk=collection_id).update(revision=F("revision") + 1, set_state="checking")
    add_job(CHECK_COLLECTION, str(collection_id))


def next_position(collection_id: UUID) -> int:
    top = Record.objects.filter(collection_id=collection_id).aggregate(top=Max("position"))["top"]
    return 0 if top is None else top + 1
