"""Whoever is signed in and is refused at a gate: that stands in the audit (AU-01)."""

from collections.abc import Callable
from uuid import UUID

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from arcada.api.auth import session_actor
from arcada.api.problems import answer_error
from arcada.apps.audit.denied import record_denied
from arcada.core.access import Actor
from arcada.core.errors import ArcadaError, Barred
from arcada.web.errors import page_for


def denials(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Records what `arcada.api.problems.remember_refusal` kept of a request; without its line there is no answer."""

    def middleware(request: HttpRequest) -> HttpResponse:
        answer = get_response(request)
        error: ArcadaError | None = getattr(request, "arcada_refusal", None)
        if error is None or answer.status_code not in (403, 404):
            return answer
        actor = _who(request)
        match = request.resolver_match
        if actor is None or match is None:
            return answer
        try:
            record_denied(
                actor, address=match.url_name or "",
                asked=[value for value in match.kwargs.values() if isinstance(value, UUID)],
                reason=error.code if isinstance(error, Barred) else "no_access", now=timezone.now(),
            )  # fmt: skip
        except DatabaseError as trouble:
            is_api = request.path.startswith("/api/")
            return answer_error(request, trouble) if is_api else page_for(request, trouble)
        return answer

    return middleware


def _who(request: HttpRequest) -> Actor | None:
    """A token of the API, or the person of the session; a link's visitor is nobody here."""
    found: Actor | None = getattr(request, "actor", None)
    return found if found is not None else session_actor(request)
