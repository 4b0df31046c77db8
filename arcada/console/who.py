"""The staff member at the console, as actions take them."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest

from arcada.api.auth import look_at_session, origin_of
from arcada.api.operators import is_operator
from arcada.apps.row_scope import act_as
from arcada.core.access import Actor, ActorKind
from arcada.core.errors import NotFound
from arcada.core.sign_in_rules import SessionState, is_fresh


def staff_actor(request: HttpRequest) -> Actor:
    """NotFound for anybody the console does not exist for."""
    if not is_operator(request, look_at_session(request)):
        raise NotFound
    user: Any = request.user
    actor = Actor(kind=ActorKind.PERSON, id=user.pk, name=user.get_full_name(), origin=origin_of(request))
    act_as(actor, is_staff=True)
    return actor


def has_proven_again(request: HttpRequest, *, since: float, now: datetime) -> bool:
    """The second factor was used after `since` (seconds since 1970), within ten minutes; signing in is not again."""
    look = look_at_session(request)
    factor = look.session.second_factor_at if look is not None and look.state is SessionState.OPEN else None
    return factor is not None and factor.timestamp() > since and is_fresh(factor, now=now)
