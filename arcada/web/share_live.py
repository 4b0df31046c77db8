"""A review by link while it is open: what is new in it, who else is here, one view for all."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from asgiref.sync import sync_to_async
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.urls import URLPattern, URLResolver, path
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from arcada.api.live import Listener, answer_live, topics_of_case
from arcada.apps.cases.access import case_for
from arcada.apps.reviews.presence import lead_view
from arcada.core.access import Actor, Permission
from arcada.core.errors import ArcadaError, NotFound, Refused
from arcada.web.refusal_words import say_refusal
from arcada.web.share_door import nothing_here, proven
from arcada.web.share_files import alive_check, behind_the_door

if TYPE_CHECKING:
    from uuid import UUID

    from arcada.apps.sharing.access import Invited


@require_GET
@behind_the_door
async def events(request: HttpRequest, invited: Invited, actor: Actor) -> HttpResponseBase:
    """As `/api/v1/events` of the case, as far as the share shows it; ends with the share."""
    is_alive = alive_check(request, invited)
    case = await sync_to_async(case_for)(actor, invited.share.case_id)

    def topics() -> list[str]:
        if not is_alive():
            raise NotFound
        return topics_of_case(actor, case)

    return await answer_live(request, Listener(actor, topics, case))


@require_POST
def presence(request: HttpRequest, share_id: UUID) -> HttpResponse:
    """Show the others at the case what one sees; an empty `view` ends it."""
    try:
        invited, actor = proven(request, share_id)
        case = case_for(actor, invited.share.case_id, Permission.COMMENT)
        lead_view(actor, case, view=_view_in(request.POST.get("view", "")), now=timezone.now())
    except NotFound:
        return nothing_here(request)
    except ArcadaError as refusal:
        return JsonResponse({"code": refusal.code, "text": say_refusal(refusal)}, status=422)
    return JsonResponse({})


def _view_in(typed: str) -> dict[str, object] | None:
    try:
        view = json.loads(typed or "null")
    except (ValueError, RecursionError):
        view = ()
    if view is not None and not isinstance(view, dict):
        raise Refused("The quoted view can't be read. Quote it again.", code="bad_view")
    return view


urlpatterns: list[URLPattern | URLResolver] = [
    path("r/<uuid:share_id>/events", events, name="share-events"),
    path("r/<uuid:share_id>/presence", presence, name="share-presence"),
]
