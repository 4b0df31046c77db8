"""Who is asking: a person by session, a machine by token. One actor for pages and API."""

import hashlib
import ipaddress
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.utils import timezone

from arcada.apps.accounts.queries import actor_for_token, actor_for_user
from arcada.core.access import Actor, Origin
from arcada.core.errors import NotFound

WORKSPACE_KEY = "workspace"


def origin_of(request: HttpRequest) -> Origin:
    """What the audit may know of a request: no full address, no session key."""
    session = getattr(request, "session", None)
    key = getattr(session, "session_key", None) or ""
    return Origin(
        request_id=getattr(request, "id", ""),
        session_hash=hashlib.sha256(key.encode()).hexdigest()[:16] if key else "",
        ip_truncated=truncated(request.META.get("REMOTE_ADDR", "")),
    )


def truncated(address: str) -> str:
    """The network of an address: /24 of IPv4, /48 of IPv6 (LG-04)."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return ""
    width = 24 if found.version == 4 else 48
    return str(ipaddress.ip_network(f"{found}/{width}", strict=False))


def session_actor(request: HttpRequest) -> Actor | None:
    """The signed-in person in the workspace they chose; kept on the request, with the workspace."""
    if not hasattr(request, "arcada_actor"):
        actor, workspace = None, None
        user = getattr(request, "user", AnonymousUser())
        if user.is_authenticated and user.is_active:
            chosen = request.session.get(WORKSPACE_KEY)
            actor, workspace = actor_for_user(
                user,
                workspace_id=UUID(chosen) if chosen else None,
                origin=origin_of(request),
                now=timezone.now(),
            )
        request.arcada_actor = actor  # type: ignore[attr-defined]
        request.arcada_workspace = workspace  # type: ignore[attr-defined]
    found: Actor | None = request.arcada_actor  # type: ignore[attr-defined]
    return found


def token_actor(request: HttpRequest) -> Actor | None:
    kind, _, secret = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "bearer" or not secret:
        return None
    return actor_for_token(secret.strip(), now=timezone.now(), origin=origin_of(request))


def actor_of(request: HttpRequest) -> Actor:
    """Whoever asks; NotFound when nobody is signed in (pages redirect before it comes to that)."""
    actor = session_actor(request)
    if actor is None:
        raise NotFound
    return actor
