"""licences: one's own, as far as they are; applying and deciding are for people, on pages."""

from typing import Any

from django.http import HttpRequest
from ninja import Router

from arcada.api.v1.security import actor_in
from arcada.apps.licences.queries import licences_of

router = Router(tags=["licences"])


@router.get("/licences")
def list_licences(request: HttpRequest) -> dict[str, Any]:
    """Newest first; a licence holds while its state is `verified` and `holds_until` lies ahead."""
    return {
        "items": [licence_shape(licence) for licence in licences_of(actor_in(request))[:200]],
        "next": None,
    }


def licence_shape(licence: Any) -> dict[str, Any]:
    return {
        "id": str(licence.pk),
        "authority": licence.authority,
        "authority_name": licence.authority_name,
        "jurisdiction": licence.jurisdiction,
        "profession": licence.profession,
        "number": licence.number,
        "form": licence.form,
        "state": licence.state,
        "expires_on": licence.expires_on,
        "applied_at": licence.applied_at,
        "decided_at": licence.decided_at,
        "holds_until": licence.holds_until,
    }
