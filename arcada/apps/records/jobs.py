"""process_record and check_collection: the whole shell around the pure core, each on one screen."""

from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID

from django.utils import timezone
from django_tasks import task

from arcada.apps.files.actions import expire_uploads
from arcada.apps.files.keys import workspace_key
from arcada.apps.files.malware import ScannerAway, malware_in
from arcada.apps.files.models import StoredFile
from arcada.apps.files.sealed import original_name, read_bytes, read_range, store_bytes
from arcada.apps.jobs.queue import when_dead
from arcada.apps.records import actions
from arcada.apps.records.checked_set import leave_set_unchecked
from arcada.apps.records.comparison_plan import plan_comparisons
from arcada.apps.records.judging import Answer, answer_of, judge_in_child
from arcada.apps.records.limits import ChildFailed
from arcada.apps.records.models import Collection, Companion, Record
from arcada.apps.records.queries import standard_of
from arcada.core.anatomy import RecordKind
from arcada.core.case_flow import RecordState
from arcada.core.errors import Conflict
from arcada.core.finding_texts import finding
from arcada.core.prepared import Declared
from arcada.core.sealing import derive_key
from arcada.core.standard import ATTACHMENTS, UploadStandard, with_design_place
from arcada.core.upload_standard import DEFAULT_BYTE_LIMITS

# The largest file that is ever read into memory: the platform's limit for scans.
READ_LIMIT = DEFAULT_BYTE_LIMITS.scan
SCANNER_PAUSE = timedelta(seconds=60)
MEDIA_TYPES = {
    ".stl": "model/stl", ".ply": "application/octet-stream", ".obj": "model/obj", ".mtl": "model/mtl",
    ".jpg": "image/jpeg", ".png": "image/png", ".pdf": "application/pdf", ".txt": "text/plain; charset=utf-8",
    ".dcm": "application/dicom", ".glb": "model/gltf-binary", ".webp": "image/webp",
}  # fmt: skip


@task(priority=10)
def process_record(record_id: str) -> None:
    """Read → judge in a limited child → store what it made → one transaction. Running twice has one effect."""
    record = Record.objects.get(pk=record_id)
    if record.state not in (RecordState.QUEUED, RecordState.PROCESSING) or record.original is None:
        return
    record = actions.start_processing(record.pk, now=timezone.now())
    attempt = record.attempts
    try:
        answer = _judge(record)
    except ScannerAway:
        actions.hold_record(record.pk, attempt=attempt, now=timezone.now())
        # A job of its own, so that no number of tries runs out while the scanner is away.
        process_record.using(run_after=timezone.now() + SCANNER_PAUSE).enqueue(record_id)
        return
    except ChildFailed as failure:
        answer = Answer(False, None, {}, (finding(failure.reason),), (), "")
    judged = _store(record, answer)
    try:
        actions.save_prepared(record.pk, judged, attempt=attempt, now=timezone.now())
    except Conflict:
        return  # another worker was faster; what this one stored is swept as an orphan


@when_dead(process_record)
def process_record_given_up(record_id: str, *, reason: str) -> None:
    record = Record.objects.get(pk=record_id)
    if record.state in (RecordState.QUEUED, RecordState.PROCESSING):
        actions.fail_record(record.pk, reason="could_not_be_checked", now=timezone.now())


@task(priority=5)
def check_collection(collection_id: str) -> None:
    """Judge the set as a whole; when it changed meanwhile the newer job's answer counts."""
    # The web server imports this module to queue a job; readers and kernels are for who does it.
    from arcada.apps.records.set_check import check_set_of

    plan_comparisons(Collection.objects.get(pk=collection_id), now=timezone.now())
    check_set_of(UUID(collection_id), now=timezone.now())


@when_dead(check_collection)
def check_collection_given_up(collection_id: str, *, reason: str) -> None:
    leave_set_unchecked(UUID(collection_id), now=timezone.now())


@task()
def expire_open_uploads() -> None:
    """End what nobody finished within a day, and free the places that waited for it."""
    now = timezone.now()
    for upload in expire_uploads(now):
        actions.upload_ended(upload, now=now)


def _judge(record: Record) -> Answer:
    from arcada.core.intake import prepare_unread

    file = record.original
    if file is None:
        raise Conflict("The file is not here yet.", code="wrong_state")
    declared = Declared(
        name=original_name(file),
        slot=record.slot,
        standard=_judging(record),
        companions=_companions(record),
        unit=record.unit or None,
        keep_reason=record.keep_reason or None,
        uid_key=_uid_key(record),
    )
    if file.bytes > READ_LIMIT:
        if name := malware_in(read_range(file, 0, file.bytes)):
            return Answer(False, None, {}, (finding("malware", name[:100]),), (), "")
        return answer_of(
            prepare_unread(b"".join(read_range(file, 0, 4096)), file.bytes, file.sha256, declared)
        )
    return judge_in_child(read_bytes(file), declared)


def _judging(record: Record) -> UploadStandard:
    if record.is_attachment:
        return ATTACHMENTS
    standard = standard_of(record.collection)
    return with_design_place(standard) if record.kind == RecordKind.DESIGN else standard


def _uid_key(record: Record) -> bytes:
    """One a patient: pictures of one study stay together in what goes out, and lead to no other patient (DE-06)."""
    purpose = f"dicom uids of {record.collection.patient_id}"
    return derive_key(workspace_key(record.workspace_id), purpose)


def _companions(record: Record) -> Mapping[str, bytes]:
    rows = Companion.objects.select_related("original").filter(record=record).exclude(original=None)
    return {
        original_name(row.original).lower(): read_bytes(row.original)
        for row in rows
        if row.original is not None
    }


def _store(record: Record, answer: Answer) -> actions.Judged:
    def keep(data: bytes, purpose: str, suffix: str) -> StoredFile:
        return store_bytes(
            record.workspace_id,
            data,
            purpose=purpose,
            media_type=MEDIA_TYPES.get(suffix, "application/octet-stream"),
            now=timezone.now(),
        )

    cleaned, companions, renditions = None, {}, {}
    for name, data in answer.blobs.items():
        section, _, short = name.partition("/")
        suffix = "." + short.rsplit(".", 1)[-1]
        if section == "cleaned":
            cleaned = keep(data, "cleaned", answer.suffix)
        elif section == "companion":
            companions[short] = keep(data, "cleaned", suffix)
        else:
            renditions[short] = keep(data, "rendition", suffix)
    return actions.Judged(
        accepted=answer.accepted,
        kind=answer.kind,
        facts=answer.facts,
        findings=answer.findings,
        receipt=answer.receipt,
        cleaned=cleaned,
        cleaned_companions=companions,
        renditions=renditions,
    )
