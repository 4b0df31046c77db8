"""standards: what a collection is measured by, as data; list, read, import."""

import json
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router

from arcada.api.v1.posting import posting
from arcada.api.v1.security import actor_in
from arcada.apps.accounts.access import workspace_for
from arcada.apps.records.collections import import_standard
from arcada.apps.records.queries import standard_named, standards_of
from arcada.core.access import Permission
from arcada.core.errors import Refused
from arcada.core.standard_json import as_dict
from arcada.core.typed_text import is_storable

router = Router(tags=["standards"])
LARGEST = 256_000


@router.get("/standards")
def list_standards(request: HttpRequest) -> dict[str, Any]:
    workspace = workspace_for(actor_in(request), Permission.VIEW)
    return {"items": [as_dict(standard) for standard in standards_of(workspace.pk)], "next": None}


@router.get("/standards/{name}")
def show_standard(request: HttpRequest, name: str) -> dict[str, Any]:
    workspace = workspace_for(actor_in(request), Permission.VIEW)
    return as_dict(standard_named(workspace.pk, name))


@router.post("/standards", response={201: dict})
@posting()
def create_standard(request: HttpRequest) -> Any:
    """Import a standard: the body is its JSON, held against the published schema, all errors at once."""
    actor = actor_in(request)
    workspace = workspace_for(actor, Permission.EDIT_STANDARDS)
    if len(request.body) > LARGEST:
        raise Refused("A standard has 256 kB at most.", code="too_large")
    try:
        content = json.loads(request.body)
    except (ValueError, RecursionError):
        raise Refused("The body is not JSON.", code="not_json") from None
    if not is_storable(content):
        raise Refused("The body holds NUL or half a character.", code="not_json")
    if not isinstance(content, dict):
        raise Refused("A standard is a JSON object.", code="not_an_object")
    saved = import_standard(actor, workspace_id=workspace.pk, content=content, now=timezone.now())
    return saved.content
