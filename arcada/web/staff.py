"""Pages of the operator's own people: they review and moderate, belong to no workspace here, and see no patient."""

import functools
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponseBase

from arcada.api.auth import origin_of
from arcada.apps.row_scope import act_as
from arcada.core.access import Actor, ActorKind
from arcada.core.errors import NotFound


def staff_member(view: Callable[..., Any]) -> Callable[..., HttpResponseBase]:
    """The view gets the staff member as `actor`; for everybody else the page does not exist."""

    @functools.wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        user: Any = request.user
        if not user.is_authenticated or not user.is_active or not user.is_staff:
            raise NotFound
        actor = Actor(kind=ActorKind.PERSON, id=user.pk, name=user.get_full_name(), origin=origin_of(request))
        act_as(actor, is_staff=True)
        answer: HttpResponseBase = view(request, actor, *args, **kwargs)
        return answer

    return guarded
