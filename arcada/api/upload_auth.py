"""Who sends bytes: the same people and tokens as everywhere, asked from a raw ASGI scope."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.sessions.backends.db import SessionStore
from django.core.handlers.asgi import ASGIRequest
from django.utils import timezone

from arcada.api.auth import origin_of, session_actor, token_actor
from arcada.api.door_cookie import REQUEST, held_in, holds_any
from arcada.apps.files.tus import in_thread
from arcada.apps.sharing.request_access import actor_of_upload, asked_for, sender_for
from arcada.core.access import Actor
from arcada.core.errors import NotFound


async def authenticate_upload(scope: dict[str, Any]) -> Actor | None:
    """The actor of an upload's request, or None."""
    return await in_thread(_authenticate, scope)


def _authenticate(scope: dict[str, Any]) -> Actor | None:
    request = ASGIRequest(scope, _NoBody())
    if "authorization" in request.headers:
        return token_actor(request)
    if holds_any(request.COOKIES, REQUEST) and (sender := _sender(request)) is not None:
        return sender
    key = request.COOKIES.get(settings.SESSION_COOKIE_NAME)
    if not key:
        return None
    request.session = SessionStore(session_key=key)
    request.user = get_user(request)
    return session_actor(request)


def _sender(request: ASGIRequest) -> Actor | None:
    """Whoever was asked for files and sends one: an upload of theirs carries the request's id as its actor."""
    try:
        request_id = actor_of_upload(UUID(request.path.rsplit("/", 1)[-1]))
        held = held_in(request.COOKIES, REQUEST, request_id) if request_id else None
        if request_id is None or held is None:
            return None
        asked = asked_for(request_id, browser_secret=held["b"], now=timezone.now())
        return sender_for(asked, origin=origin_of(request))
    except (ValueError, NotFound):
        return None


class _NoBody:
    """An upload's body is never read here."""

    def read(self, *_: object) -> bytes:
        return b""

    def close(self) -> None:
        return None
