"""Who sends bytes: the same people and tokens as everywhere, asked from a raw ASGI scope."""

from typing import Any

from asgiref.sync import sync_to_async
from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.sessions.backends.db import SessionStore
from django.core.handlers.asgi import ASGIRequest
from django.db import close_old_connections

from arcada.api.auth import session_actor, token_actor
from arcada.core.access import Actor


async def authenticate_upload(scope: dict[str, Any]) -> Actor | None:
    """The actor of an upload's request, or None."""
    return await sync_to_async(_authenticate, thread_sensitive=False)(scope)


def _authenticate(scope: dict[str, Any]) -> Actor | None:
    close_old_connections()
    try:
        request = ASGIRequest(scope, _NoBody())
        if "authorization" in request.headers:
            return token_actor(request)
        key = request.COOKIES.get(settings.SESSION_COOKIE_NAME)
        if not key:
            return None
        request.session = SessionStore(session_key=key)
        request.user = get_user(request)
        return session_actor(request)
    finally:
        close_old_connections()


class _NoBody:
    """An upload's body is never read here."""

    def read(self, *_: object) -> bytes:
        return b""

    def close(self) -> None:
        return None
