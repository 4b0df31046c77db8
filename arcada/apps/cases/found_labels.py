"""Labels of teeth found again on newer versions: which are to be found, what is kept, and where they stand."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from arcada.apps.audit.actions import record as audit
from arcada.apps.cases.models import Case
from arcada.apps.cases.queries import current_records
from arcada.apps.jobs.queue import add_job
from arcada.apps.notifications.live import tell
from arcada.apps.records.actions import FIND_PINS
from arcada.apps.records.comparisons import SURFACES
from arcada.apps.records.models import Record
from arcada.core.access import Actor
from arcada.core.case_flow import RecordState
from arcada.core.found_places import NO_FIT, NO_SURFACE
from arcada.core.tooth_labels import as_set, standing


@dataclass(frozen=True, slots=True)
class SoughtLabel:
    """A label as somebody set it on an older version."""

    case_id: UUID
    label: Mapping[str, Any]


def labels_to_find(newer: Record) -> dict[UUID, list[SoughtLabel]]:
    """Labels set on older versions that were not looked for on this one, by the version they were set on."""
    chain = Record.objects.filter(chain=newer.chain, version__lt=newer.version)
    older = {str(record_id): record_id for record_id in chain.values_list("pk", flat=True)}
    grouped: dict[UUID, list[SoughtLabel]] = {}
    for case in Case.objects.filter(patient_id=newer.collection.patient_id) if older else ():
        for label in case.teeth:
            if label["record"] in older and not _is_known(label, newer):
                sought = SoughtLabel(case.pk, as_set(label))
                grouped.setdefault(older[label["record"]], []).append(sought)
    return grouped


def ask_to_find_labels(case: Case) -> None:
    """Labels on a version that is no longer the newest are looked for at once; inside the transaction that set them."""
    set_on = Record.objects.filter(pk__in={label["record"] for label in case.teeth}, is_current=False)
    newest = Record.objects.filter(
        chain__in=set_on.values("chain"), state=RecordState.READY, is_current=True, kind__in=SURFACES
    )
    for record in newest.select_related("collection"):
        if labels_to_find(record):
            add_job(FIND_PINS, str(record.pk))


@transaction.atomic
def save_found_labels(
    newer: Record, sought: Sequence[SoughtLabel], points: Sequence[Mapping[str, Any]] | None, *, now: datetime
) -> None:
    """Keep where each label is on `newer`, beside where it was set; `points` None where no fit leads there.

    A label that somebody set anew or took away meanwhile stays as they left it.
    """
    for case_id in dict.fromkeys(one.case_id for one in sought):
        found = {
            one.label["tooth_fdi"]: (one.label, points[place] if points is not None else None)
            for place, one in enumerate(sought)
            if one.case_id == case_id
        }
        case = Case.objects.select_for_update(of=("self",)).get(pk=case_id)
        kept = [_with_place(label, found.get(label["tooth_fdi"]), newer) for label in case.teeth]
        if kept == case.teeth:
            continue
        case.teeth = kept
        case.save(update_fields=["teeth"])
        gone = [label["tooth_fdi"] for label in kept if _is_gone(label, newer)]
        audit(
            Actor.system(), "case.teeth_found", now=now, workspace_id=case.workspace_id,
            patient_id=case.patient_id, about=case, ids={"record": newer.pk, "gone": gone},
        )  # fmt: skip
        tell(case.workspace_id, f"case:{case.pk}", "case", ids={"case": case.pk}, now=now)


def labels_beside(actor: Actor, case: Case, record: Record) -> list[dict[str, Any]]:
    """The case's labels where they stand in the actor's scene with this version of the record."""
    if not case.teeth:
        return []
    others = {str(one.pk) for one in current_records(case, actor=actor) if one.chain != record.chain}
    return standing(case.teeth, others | {str(record.pk)})


def _with_place(
    label: Mapping[str, Any],
    found: tuple[Mapping[str, Any], Mapping[str, Any] | None] | None,
    newer: Record,
) -> Mapping[str, Any]:
    if found is None or found[0] != as_set(label) or _is_known(label, newer):
        return label
    at = found[1]
    point = at["point"] if at else None
    place = {
        "record": str(newer.pk),
        "version": newer.version,
        "point": point,
        "moved_mm": at["moved_mm"] if at else None,
        "reason": "" if point else NO_FIT if at is None else NO_SURFACE,
    }
    return {**label, "found": [*label.get("found", ()), place]}


def _places(label: Mapping[str, Any], newer: Record) -> Iterable[Mapping[str, Any]]:
    return (place for place in label.get("found", ()) if place["record"] == str(newer.pk))


def _is_known(label: Mapping[str, Any], newer: Record) -> bool:
    return any(_places(label, newer))


def _is_gone(label: Mapping[str, Any], newer: Record) -> bool:
    return any(place["point"] is None for place in _places(label, newer))
