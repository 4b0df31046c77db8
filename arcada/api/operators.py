"""Who counts as the operator at work: staff, by a second factor used in this session, from an allowed address."""

import ipaddress
from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from arcada.apps.sign_in.queries import Look
from arcada.core.sign_in_rules import SessionState


def is_operator(request: HttpRequest, look: Look | None) -> bool:
    """`look` is the request's session as it is now. An idle session is asked for a proof before anything opens."""
    if look is None or look.state not in (SessionState.OPEN, SessionState.IDLE):
        return False
    user: Any = request.user
    return (
        user.is_staff
        and user.is_active
        and look.session.second_factor_at is not None
        and is_allowed_address(request.META.get("REMOTE_ADDR", ""))
    )


def is_allowed_address(address: str) -> bool:
    """The address as the trusted proxy says it (ID-06), held against ARCADA_CONSOLE_ALLOW."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(found in network for network in _networks(settings.ENV.console_allow))


@cache
def _networks(allowed: tuple[str, ...]) -> tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]:
    return tuple(ipaddress.ip_network(network) for network in allowed)
