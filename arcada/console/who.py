"""The staff member at the console, as actions take them."""

from typing import Any

from django.http import HttpRequest

from arcada.api.auth import look_at_session, origin_of
from arcada.api.operators import is_operator
from arcada.core.access import Actor, ActorKind
from arcada.core.errors import NotFound
from arcada.core.sign_in_rules import SessionState, is_fresh


def staff_actor(request: HttpRequest) -> Actor:
    """NotFound for anybody the console does not exist for."""
    if not is_operator(request, look_at_session(request)):
        raise NotFound
    user: Any = request.user
    return Actor(kind=ActorKind.PERSON, id=user.pk, name=user.get_full_name(), origin=origin_of(request))


def has_proven_again(request: HttpRequest, *, now: Any) -> bool:
    """The second factor was used once more after signing in, within ten minutes."""
    look = look_at_session(request)
    if look is None or look.state is not SessionState.OPEN or look.session.second_factor_at is None:
        return False
    factor = look.session.second_factor_at
    return factor > look.session.fully_authenticated_at and is_fresh(factor, now=now)
