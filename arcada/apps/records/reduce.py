"""An image with too many pixels, made smaller because a person asked for it: a new version, never in silence."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django_tasks import task

from arcada.apps.audit.actions import record as audit
from arcada.apps.files.models import StoredFile
from arcada.apps.files.sealed import original_name, read_bytes, store_bytes
from arcada.apps.jobs.queue import add_job, when_dead
from arcada.apps.notifications.live import tell
from arcada.apps.records.actions import PROCESS_RECORD
from arcada.apps.records.limits import ChildFailed, in_child
from arcada.apps.records.models import FoundInRecord, Record
from arcada.apps.records.queries import standard_of
from arcada.core.access import Actor
from arcada.core.case_flow import RecordState
from arcada.core.errors import Conflict

TOO_LARGE = "too_many_pixels"
REDUCING = "being_reduced"
MAKE_REDUCED = "arcada.apps.records.reduce.make_reduced"


@transaction.atomic
def reduce_record(actor: Actor, record: Record, *, now: datetime) -> Record:
    """Ask for the smaller picture. The refused original stays stored; the reduced one supersedes it."""
    record = Record.objects.select_for_update(of=("self",)).select_related("collection").get(pk=record.pk)
    if record.state != RecordState.REJECTED or not can_be_reduced(record):
        raise Conflict("Only an image that was refused for its pixels can be reduced.", code="wrong_state")
    if record.reason == REDUCING:
        return record
    record.reason = REDUCING
    record.save(update_fields=["reason"])
    _audit(actor, "record.reduction_asked", record, now=now)
    _tell(record, now=now)
    add_job(MAKE_REDUCED, str(record.pk), str(actor.id), actor.name)
    return record


def can_be_reduced(record: Record) -> bool:
    """Its pixels are all that is wrong with it, and the standard says how many it may have."""
    codes = set(
        FoundInRecord.objects.filter(record=record, severity="blocker").values_list("code", flat=True)
    )
    return codes == {TOO_LARGE} and standard_of(record.collection).limits.image_megapixels is not None


@task(priority=10)
def make_reduced(record_id: str, asked_by: str, asked_by_name: str) -> None:
    """Read → reduce in a limited child → store → a new version in one transaction. Twice has one effect."""
    # Here, before the fork: a web server that offers the reduction does without the readers and their kernels.
    from arcada.core.images.downscale import downscale

    record = Record.objects.select_related("collection", "original").get(pk=record_id)
    limit = standard_of(record.collection).limits.image_megapixels
    if record.reason != REDUCING or record.original is None or limit is None:
        return
    original = read_bytes(record.original)
    try:
        reduced = in_child(lambda write: write(downscale(original, round(limit * 1_000_000))))
    except ChildFailed:
        give_up_reducing(record.pk, now=timezone.now())
        return
    now = timezone.now()
    file = store_bytes(
        record.workspace_id,
        reduced,
        purpose="original",
        media_type="application/octet-stream",
        name=original_name(record.original),
        now=now,
    )
    save_reduced(record.pk, file, asked_by=UUID(asked_by), asked_by_name=asked_by_name, now=now)


@when_dead(make_reduced)
def make_reduced_given_up(record_id: str, asked_by: str, asked_by_name: str, *, reason: str) -> None:
    give_up_reducing(UUID(record_id), now=timezone.now())


@transaction.atomic
def save_reduced(
    record_id: UUID, file: StoredFile, *, asked_by: UUID, asked_by_name: str, now: datetime
) -> Record | None:
    """The next version of the refused record, queued to be judged like any other file."""
    old = Record.objects.select_for_update(of=("self",)).select_related("collection").get(pk=record_id)
    if old.reason != REDUCING:
        return None
    file.save(force_insert=True)
    old.reason = TOO_LARGE
    old.save(update_fields=["reason"])
    new = Record.objects.create(
        workspace_id=old.workspace_id,
        collection=old.collection,
        kind=old.kind,
        slot=old.slot,
        title=old.title,
        position=old.position,
        keep_reason=old.keep_reason,
        chain=old.chain,
        supersedes=old,
        version=old.version + 1,
        state=RecordState.QUEUED,
        original=file,
        added_by=asked_by,
        added_by_name=asked_by_name[:120],
        added_by_workspace=old.workspace_id,
        created_at=now,
    )
    _audit(
        Actor.system(), "record.reduced", new, now=now,
        ids={"from": old.pk, "asked_by": asked_by, "sha256": file.sha256, "bytes": file.bytes},
    )  # fmt: skip
    _tell(new, now=now)
    add_job(PROCESS_RECORD, str(new.pk))
    return new


@transaction.atomic
def give_up_reducing(record_id: UUID, *, now: datetime) -> None:
    """The original stays refused as it was; the owner may ask again or send another file."""
    record = Record.objects.select_for_update(of=("self",)).select_related("collection").get(pk=record_id)
    if record.reason != REDUCING:
        return
    record.reason = TOO_LARGE
    record.save(update_fields=["reason"])
    _audit(Actor.system(), "record.reduction_failed", record, now=now)
    _tell(record, now=now)


def _audit(
    actor: Actor, action: str, record: Record, *, now: datetime, ids: dict[str, object] | None = None
) -> None:
    audit(
        actor, action, now=now, workspace_id=record.workspace_id, patient_id=record.collection.patient_id,
        about=record, ids={"collection": record.collection_id, **(ids or {})},
    )  # fmt: skip


def _tell(record: Record, *, now: datetime) -> None:
    topic = f"collection:{record.collection_id}"
    tell(record.workspace_id, topic, "record", ids={"record": record.pk}, now=now)
