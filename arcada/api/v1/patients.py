"""patients, patients/{id}/collections."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router

from arcada.api.pages import answer_page, page_of
from arcada.api.v1.bodies import NewCollection, NewPatient
from arcada.api.v1.posting import posting
from arcada.api.v1.security import actor_in
from arcada.api.v1.shapes import collection_shape, patient_shape
from arcada.apps.accounts.access import workspace_for
from arcada.apps.patients.access import patient_for
from arcada.apps.patients.actions import add_patient
from arcada.apps.patients.queries import find_patients, patients_of
from arcada.apps.records.access import collection_for
from arcada.apps.records.collections import open_collection
from arcada.apps.records.queries import collections_of, findings_of
from arcada.core.access import Permission
from arcada.core.inspect_report import finding_dict

router = Router(tags=["patients"])


@router.get("/patients")
def list_patients(
    request: HttpRequest, cursor: str | None = None, limit: int | None = None, q: str = ""
) -> dict[str, Any]:
    """Newest entry first; `q` finds by code or, where one may see identities, by name."""
    actor = actor_in(request)
    workspace = workspace_for(actor, Permission.VIEW)
    may_search_names = Permission.SEE_IDENTITY in actor.permissions
    rows = (
        find_patients(workspace.pk, q[:80], may_search_names=may_search_names)
        if q
        else patients_of(workspace.pk)
    )
    found, following = page_of(rows, field="touched_at", cursor=cursor, limit=limit)
    return answer_page(found, following, patient_shape)


@router.post("/patients", response={201: dict})
@posting()
def create_patient(request: HttpRequest, body: NewPatient) -> Any:
    actor = actor_in(request)
    workspace = workspace_for(actor, Permission.ADD_PATIENT)
    patient = add_patient(
        actor, workspace_id=workspace.pk, code=body.code, name=body.name, born=body.born, now=timezone.now()
    )
    return patient_shape(patient)


@router.get("/patients/{uuid:patient_id}")
def show_patient(request: HttpRequest, patient_id: UUID) -> dict[str, Any]:
    return patient_shape(patient_for(actor_in(request), patient_id))


@router.get("/patients/{uuid:patient_id}/collections")
def list_collections(request: HttpRequest, patient_id: UUID) -> dict[str, Any]:
    patient = patient_for(actor_in(request), patient_id)
    return {
        "items": [collection_shape(collection) for collection in collections_of(patient)[:200]],
        "next": None,
    }


@router.post("/patients/{uuid:patient_id}/collections", response={201: dict})
@posting()
def create_collection(request: HttpRequest, patient_id: UUID, body: NewCollection) -> Any:
    actor = actor_in(request)
    patient = patient_for(actor, patient_id, Permission.ADD_RECORD)
    collection = open_collection(
        actor,
        patient,
        taken_on=body.taken_on,
        standard_name=body.standard or workspace_for(actor, Permission.VIEW).default_standard,
        title=body.title,
        description=body.description,
        now=timezone.now(),
    )
    return collection_shape(collection)


@router.get("/collections/{uuid:collection_id}")
def show_collection(request: HttpRequest, collection_id: UUID) -> Any:
    collection = collection_for(actor_in(request), collection_id)
    return {
        **collection_shape(collection),
        "findings": [finding_dict(finding) for finding in findings_of(collection)],
        "set_facts": collection.set_facts,
    }
