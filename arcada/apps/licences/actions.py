"""What people do with their own licence: apply with it, correct it, add evidence; and evidence that goes in time."""

from datetime import date, datetime
from typing import Final

from django.db import IntegrityError, transaction

from arcada.apps.accounts.actions import set_level
from arcada.apps.accounts.models import Membership, User
from arcada.apps.audit.actions import record
from arcada.apps.files.models import StoredFile
from arcada.apps.files.removal import remove_file
from arcada.apps.files.sealed import store_bytes
from arcada.apps.licences.models import Evidence, Licence, Review
from arcada.apps.records.judging import Answer, judge_in_child
from arcada.apps.records.limits import ChildFailed
from arcada.core.access import Actor, ActorKind
from arcada.core.errors import Conflict, NotFound, Refused
from arcada.core.finding_texts import finding
from arcada.core.findings import Finding, Severity
from arcada.core.licence import Form, LicenceNumber, LicenceState
from arcada.core.prepared import Declared
from arcada.core.retention import RetentionClass
from arcada.core.standing import Level

LARGEST_EVIDENCE: Final = 10_000_000  # bytes
MOST_EVIDENCE: Final = 6  # files of one licence
MEDIA_TYPES: Final = {".jpg": "image/jpeg", ".png": "image/png", ".pdf": "application/pdf"}


class EvidenceRefused(Refused):
    """The file is no evidence; `findings` say why."""

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        super().__init__(
            "Evidence is a JPG, PNG or PDF of {limit} MB at most.", code="bad_evidence",
            limit=LARGEST_EVIDENCE // 1_000_000,
        )  # fmt: skip
        self.findings = findings


@transaction.atomic
def apply_licence(
    actor: Actor, *, number: LicenceNumber, typed: str, expires_on: date | None, now: datetime,
    authority_name: str = "", on_behalf_of: Membership | None = None,
) -> Licence:  # fmt: skip
    """Ask for a licence to be verified; it waits for a person's decision, whatever its form (LV-05).

    While nobody has reviewed it, applying again corrects it. Only the system states one `on_behalf_of` a member.
    """
    if actor.kind is ActorKind.PERSON and on_behalf_of is None:
        user_id, workspace_id = actor.id, actor.own_workspace_id
    elif actor.kind is ActorKind.SYSTEM and on_behalf_of is not None:
        user_id, workspace_id = on_behalf_of.user_id, on_behalf_of.workspace_id
    else:
        raise NotFound
    if expires_on is not None and expires_on <= now.date():
        raise Refused("This licence has run out already. Apply with the renewed one.", code="ran_out")
    user = User.objects.select_for_update().get(pk=user_id)
    stated = {
        "authority": number.authority.code,
        "authority_name": " ".join(authority_name.split())[:120],
        "jurisdiction": number.jurisdiction,
        "profession": number.profession.value,
        "number": " ".join(typed.split())[:40],
        "number_key": number.key[:48],
        "form": number.form.value,
        "expires_on": expires_on,
    }
    licence = Licence.objects.select_for_update().filter(user=user, state=LicenceState.PENDING).first()
    if licence is None:
        try:
            with transaction.atomic():
                licence = Licence.objects.create(
                    user=user, workspace_id=workspace_id, applied_at=now, **stated
                )
        except IntegrityError:
            raise _under_review() from None
        verb = "licence.applied"
    else:
        if Review.objects.filter(licence=licence, round=licence.round).exists():
            raise _under_review()
        for column, value in stated.items():
            setattr(licence, column, value)
        licence.version += 1
        licence.save()
        verb = "licence.corrected"
    if number.form is Form.FITS and user.level == Level.EMAIL:
        set_level(user, level=Level.LICENCE_CHECKED, until=None)
    record(
        actor, verb, now=now, workspace_id=licence.workspace_id, about=licence,
        ids={"user": user.pk, "jurisdiction": licence.jurisdiction, "form": licence.form},
    )  # fmt: skip
    return licence


def add_evidence(actor: Actor, licence: Licence, *, name: str, data: bytes, now: datetime) -> Evidence:
    """A picture or PDF of the licence, through the same intake as every file; kept cleaned, sealed, for reviewers."""
    suffix, answer = _judge(name, data)
    cleaned = answer.blobs["cleaned"]
    file = store_bytes(
        licence.workspace_id, cleaned, purpose="evidence", media_type=MEDIA_TYPES[suffix], now=now,
        retention_class=RetentionClass.MANAGED,
    )  # fmt: skip
    with transaction.atomic():
        licence = Licence.objects.select_for_update().get(pk=licence.pk)
        if licence.state not in (LicenceState.PENDING, LicenceState.VERIFIED):
            raise Conflict("This licence is decided. Apply with the one that holds now.", code="wrong_state")
        if Evidence.objects.filter(licence=licence, deleted_at=None).count() >= MOST_EVIDENCE:
            raise Refused("{limit} files are enough for one licence.", code="enough", limit=MOST_EVIDENCE)
        file.save(force_insert=True)
        evidence = Evidence.objects.create(
            licence=licence, file=file, sha256=file.sha256, bytes=file.bytes, suffix=suffix,
            removed=len(answer.receipt), added_at=now,
        )  # fmt: skip
        licence.version += 1
        licence.save(update_fields=["version"])
        record(
            actor, "licence.evidence_added", now=now, workspace_id=licence.workspace_id, about=licence,
            ids={"evidence": evidence.pk, "sha256": file.sha256, "bytes": file.bytes},
        )  # fmt: skip
    return evidence


def forget_evidence(*, now: datetime, at_most: int = 500) -> int:
    """Remove the bytes of evidence whose days are over; its hash stays (LV-07). Returns how many."""
    due = Evidence.objects.filter(delete_after__lte=now, deleted_at=None).order_by("delete_after")[:at_most]
    gone = 0
    for evidence_id in list(due.values_list("pk", flat=True)):
        with transaction.atomic():
            evidence = Evidence.objects.select_for_update().get(pk=evidence_id)
            if evidence.deleted_at is not None or evidence.file_id is None:
                continue
            file = StoredFile.objects.get(pk=evidence.file_id)
            evidence.file, evidence.deleted_at = None, now
            evidence.save(update_fields=["file", "deleted_at"])
            remove_file(file)
            licence = Licence.objects.get(pk=evidence.licence_id)
            record(
                Actor.system(), "licence.evidence_deleted", now=now, workspace_id=licence.workspace_id,
                about=licence, ids={"evidence": evidence.pk, "sha256": evidence.sha256},
            )  # fmt: skip
            gone += 1
    return gone


@transaction.atomic
def see_evidence(actor: Actor, evidence: Evidence, *, now: datetime) -> StoredFile:
    """The stored file, for a reviewer who came through the gate; that it was looked at is recorded."""
    licence = Licence.objects.get(pk=evidence.licence_id)
    record(
        actor, "licence.evidence_viewed", now=now, workspace_id=licence.workspace_id, about=licence,
        ids={"evidence": evidence.pk, "user": licence.user_id},
    )  # fmt: skip
    if evidence.file is None:
        raise NotFound
    return evidence.file


def _judge(name: str, data: bytes) -> tuple[str, Answer]:
    if not data:
        raise EvidenceRefused((finding("empty_file"),)) from None
    if len(data) > LARGEST_EVIDENCE:
        raise EvidenceRefused(())
    try:
        answer = judge_in_child(data, Declared(name=name))
    except ChildFailed as failure:
        raise EvidenceRefused((finding(failure.reason),)) from None
    if not answer.accepted:
        grave = tuple(found for found in answer.findings if found.severity is Severity.BLOCKER)
        raise EvidenceRefused(grave)
    if answer.suffix not in MEDIA_TYPES or "cleaned" not in answer.blobs:
        raise EvidenceRefused(())
    return answer.suffix, answer


def _under_review() -> Conflict:
    return Conflict(
        "Your licence is being reviewed; it can be changed when it is decided.", code="under_review"
    )
