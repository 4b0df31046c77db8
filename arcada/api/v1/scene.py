"""cases/{id}/orientation, cases/{id}/teeth, cases/{id}/measurements, cases/{id}/presence."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router

from arcada.api.v1.bodies import KeptMeasurements, Labels, LedView, Orientation
from arcada.api.v1.security import actor_in
from arcada.apps.cases import scene
from arcada.apps.cases.access import case_for
from arcada.apps.reviews import measuring, presence
from arcada.core.access import Permission
from arcada.core.tooth_labels import as_set

router = Router(tags=["scene"])


@router.put("/cases/{uuid:case_id}/orientation")
def orient_case(request: HttpRequest, case_id: UUID, body: Orientation) -> dict[str, Any]:
    """Turn the scene for everybody in the case; null gives it back to what the scans say themselves."""
    actor = actor_in(request)
    case = case_for(actor, case_id, Permission.COMMENT)
    return {"rows": scene.orient_case(actor, case, rows=body.rows, now=timezone.now()).orientation}


@router.put("/cases/{uuid:case_id}/teeth")
def label_teeth(request: HttpRequest, case_id: UUID, body: Labels) -> dict[str, Any]:
    """All labels of teeth anew; with `before`, what they were when they were read, only what differs from it."""
    actor = actor_in(request)
    case = case_for(actor, case_id, Permission.COMMENT)
    labels = [label.model_dump(mode="json") for label in body.teeth]
    before = None if body.before is None else [label.model_dump(mode="json") for label in body.before]
    labelled = scene.label_teeth(actor, case, labels=labels, before=before, now=timezone.now())
    return {"teeth": [as_set(label) for label in labelled.teeth]}


@router.put("/cases/{uuid:case_id}/measurements")
def keep_measurements(request: HttpRequest, case_id: UUID, body: KeptMeasurements) -> dict[str, Any]:
    """All measurements of the caller in this case anew; nobody else sees them."""
    actor = actor_in(request)
    case = case_for(actor, case_id)
    items = [item.model_dump(mode="json") for item in body.items]
    return {"items": measuring.keep_measurements(actor, case, items=items, now=timezone.now())}


@router.put("/cases/{uuid:case_id}/presence")
def lead_view(request: HttpRequest, case_id: UUID, body: LedView) -> dict[str, Any]:
    """Show the others at the case what one sees; null ends it."""
    actor = actor_in(request)
    case = case_for(actor, case_id, Permission.COMMENT)
    presence.lead_view(actor, case, view=body.view, now=timezone.now())
    return {}
