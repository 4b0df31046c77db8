"""Who may call: a token, or the session of a page of ours."""

from typing import Any

from django.http import HttpRequest
from ninja.security.base import AuthBase

from arcada.api.auth import session_actor, token_actor
from arcada.api.looks import page_of_looks
from arcada.core.access import Actor
from arcada.core.errors import NotFound, Refused


class SignedIn(AuthBase):
    """A bearer token, or a session; a session's unsafe requests must come from our own pages."""

    openapi_type = "http"
    openapi_scheme = "bearer"

    def __init__(self) -> None:
        super().__init__()
        self.openapi_scheme = "bearer"

    def __call__(self, request: HttpRequest) -> Any:
        if "Authorization" in request.headers:
            actor = token_actor(request)
        else:
            actor = session_actor(request)
            if actor is not None and request.method not in ("GET", "HEAD", "OPTIONS"):
                _must_be_ours(request)
        if actor is None or actor.workspace_id is None:
            if actor is not None and page_of_looks(request) and getattr(request.user, "is_staff", False):
                raise NotFound
            return None
        request.actor = actor  # type: ignore[attr-defined]
        return actor


def _must_be_ours(request: HttpRequest) -> None:
    """A session's cookie rides along from anywhere, so the browser's own word about the origin counts."""
    site = request.headers.get("Sec-Fetch-Site")
    origin = request.headers.get("Origin")
    own = f"{request.scheme}://{request.get_host()}"
    if site == "same-origin" or (site is None and origin == own):
        return
    raise Refused("This request did not come from a page of Arcada.", code="foreign_origin")


def actor_in(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor
