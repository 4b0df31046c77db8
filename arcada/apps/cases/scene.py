"""What everybody in a case sees of its scene: orientation by hand, labels of teeth."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from arcada.apps.audit.actions import record as audit
from arcada.apps.cases.found_labels import ask_to_find_labels
from arcada.apps.cases.models import Case
from arcada.apps.cases.queries import current_records
from arcada.core.access import Actor
from arcada.core.errors import NotFound
from arcada.core.scene import check_orientation, check_teeth
from arcada.core.tooth_labels import changed, with_found


@transaction.atomic
def orient_case(actor: Actor, case: Case, *, rows: Sequence[Sequence[float]] | None, now: datetime) -> Case:
    """Turns the scene for everybody; None gives it back to what the scans say themselves."""
    case.orientation = None if rows is None else check_orientation(rows)
    case.save(update_fields=["orientation"])
    _audit(actor, "case.oriented", case, now=now)
    return case


@transaction.atomic
def label_teeth(
    actor: Actor, case: Case, *, labels: Sequence[Mapping[str, Any]], now: datetime,
    before: Sequence[Mapping[str, Any]] | None = None,
) -> Case:  # fmt: skip
    """The labels of the case's teeth, all of them anew; of who says what they were `before`, only what was changed.

    One that repeats a known label keeps where that was found.
    """
    records = {str(record.pk) for record in current_records(case, actor=actor)}
    # The lock: what was found again on a newer version meanwhile is not lost.
    case.teeth = Case.objects.select_for_update(of=("self",)).get(pk=case.pk).teeth
    if before is not None:
        # Another person may have labelled other teeth meanwhile.
        labels = changed(case.teeth, before=before, after=labels)
    # A label set on an earlier version stays where it was set.
    records |= {label["record"] for label in case.teeth}
    # A record of elsewhere is as good as none (TA-07).
    if any(str(label.get("record")) not in records for label in labels):
        raise NotFound
    case.teeth = with_found(check_teeth(labels, records=records), case.teeth)
    case.save(update_fields=["teeth"])
    ask_to_find_labels(case)
    _audit(actor, "case.teeth_labelled", case, now=now)
    return case


def _audit(actor: Actor, verb: str, case: Case, *, now: datetime) -> None:
    audit(actor, verb, now=now, workspace_id=case.workspace_id, patient_id=case.patient_id, about=case)
