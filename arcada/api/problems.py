"""Errors as application/problem+json (RFC 9457), with a request id and nothing of the inside."""

import json
import logging
from collections.abc import Callable
from typing import Any

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.db import DatabaseError
from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from arcada.apps.records.actions import OfferRefused
from arcada.core.errors import ArcadaError, Barred, Conflict, NotFound, Refused
from arcada.core.inspect_report import finding_dict

PROBLEM = "application/problem+json"
log = logging.getLogger("arcada.api")


def problem(request: HttpRequest, status: int, code: str, detail: str, **more: Any) -> HttpResponse:
    body = {
        "type": f"urn:arcada:{code}", "title": code.replace("_", " "), "status": status, "detail": detail,
        "request_id": getattr(request, "id", ""), **more,
    }  # fmt: skip
    return HttpResponse(json.dumps(body), status=status, content_type=PROBLEM)


def status_of(error: Exception) -> int:
    """One status for each kind of expected error."""
    if isinstance(error, NotFound):
        return 404
    if isinstance(error, Conflict):
        return 409
    if isinstance(error, Barred):
        return 403
    if isinstance(error, Refused):
        return 403 if error.code == "foreign_origin" else 422
    return 503


def remember_refusal(request: HttpRequest, error: Exception) -> None:
    """Keep on the request that a gate refused it, for arcada.web.denials."""
    if isinstance(error, NotFound | Barred):
        request.arcada_refusal = error  # type: ignore[attr-defined]


def answer_error(request: HttpRequest, error: Exception) -> HttpResponse:
    remember_refusal(request, error)
    if isinstance(error, OfferRefused):
        return problem(
            request, 422, error.code, error.text, findings=[finding_dict(f) for f in error.findings]
        )
    if isinstance(error, ArcadaError):
        return problem(request, status_of(error), error.code, error.text)
    return problem(
        request, 503, "unavailable", "The store or the database does not answer. Try again in a minute."
    )


def only_problems(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Whatever refuses a request of the API, also Django itself: the answer is a problem."""

    def middleware(request: HttpRequest) -> HttpResponse:
        answer = get_response(request)
        if answer.status_code < 400 or not request.path.startswith("/api/"):
            return answer
        if answer.headers.get("Content-Type", "").startswith(PROBLEM):
            return answer
        code, detail = _PLAIN.get(answer.status_code, ("bad_request", "The request can't be answered."))
        said = problem(request, answer.status_code, code, detail)
        for name in ("Allow", "Content-Range", "Retry-After", "WWW-Authenticate"):
            if name in answer.headers:
                said[name] = answer.headers[name]
        return said

    return middleware


_PLAIN = {
    404: ("not_found", NotFound().text),
    405: ("wrong_method", "This address does not answer that method."),
    413: ("too_large", "The request is too large."),
    416: ("no_such_range", "The file has no such range."),
    500: ("failed", "Something failed on our side. What was saved is safe."),
    503: ("unavailable", "The store or the database does not answer. Try again in a minute."),
}


def install(api: NinjaAPI) -> None:
    """Every error of the API leaves as a problem."""

    def expected(request: HttpRequest, error: Any) -> HttpResponse:
        return answer_error(request, error)

    def away(request: HttpRequest, error: Any) -> HttpResponse:
        log.error("Request %s: %s", getattr(request, "id", "-"), type(error).__name__)
        return answer_error(request, error)

    def not_valid(request: HttpRequest, error: Any) -> HttpResponse:
        errors = [{"where": list(map(str, e.get("loc", ()))), "what": e.get("msg", "")} for e in error.errors]
        return problem(request, 422, "not_valid", "Some fields can't be read.", errors=errors)

    def not_signed_in(request: HttpRequest, error: Any) -> HttpResponse:
        answer = problem(request, 401, "not_signed_in", "Send a token: Authorization: Bearer arc_…")
        answer["WWW-Authenticate"] = "Bearer"
        return answer

    def http_error(request: HttpRequest, error: Any) -> HttpResponse:
        return problem(request, error.status_code, "bad_request", "The request can't be read.")

    def missing(request: HttpRequest, error: Any) -> HttpResponse:
        return answer_error(request, NotFound())

    def malformed(request: HttpRequest, error: Any) -> HttpResponse:
        return problem(request, 400, "bad_request", "The request can't be read.")

    api.add_exception_handler(ArcadaError, expected)
    api.add_exception_handler(DatabaseError, away)
    api.add_exception_handler(OSError, away)
    api.add_exception_handler(ValidationError, not_valid)
    api.add_exception_handler(AuthenticationError, not_signed_in)
    api.add_exception_handler(HttpError, http_error)
    api.add_exception_handler(Http404, missing)
    api.add_exception_handler(SuspiciousOperation, malformed)
    api.add_exception_handler(RequestDataTooBig, malformed)
