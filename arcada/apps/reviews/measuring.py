"""Measurements that a person keeps in a case for themselves."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from arcada.apps.audit.actions import record as audit
from arcada.apps.cases.models import Case
from arcada.apps.cases.queries import current_records
from arcada.apps.reviews.models import KeptMeasurements
from arcada.core.access import Actor, ActorKind
from arcada.core.errors import NotFound
from arcada.core.scene import check_measurements


@transaction.atomic
def keep_measurements(
    actor: Actor, case: Case, *, items: Sequence[Mapping[str, Any]], now: datetime
) -> list[dict[str, Any]]:
    """All measurements of this person in this case, anew; nobody else sees them."""
    if actor.kind is ActorKind.RECIPIENT:
        raise NotFound
    known = kept_measurements(actor, case)
    records = {str(record.pk) for record in current_records(case, actor=actor)}
    records |= {record for item in known for record in item["records"]}
    # A record of elsewhere is as good as none (TA-07).
    if any(str(record) not in records for item in items for record in item.get("records", ())):
        raise NotFound
    checked = check_measurements(items, records=records)
    KeptMeasurements.objects.update_or_create(
        case=case, user_id=actor.id, defaults={"items": checked, "kept_at": now}
    )
    audit(
        actor, "case.measurements_kept", now=now, workspace_id=case.workspace_id, patient_id=case.patient_id,
        about=case, ids={"count": len(checked)},
    )  # fmt: skip
    return checked


def kept_measurements(actor: Actor, case: Case) -> list[dict[str, Any]]:
    found = KeptMeasurements.objects.filter(case=case, user_id=actor.id).first()
    return list(found.items) if found else []
