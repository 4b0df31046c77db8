"""Errors as pages: what happened, what is safe, one way on, a number to quote."""

import logging

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from arcada.core.errors import ArcadaError, Barred, Conflict, NotFound, Refused
from arcada.web.refusal_words import say_refusal

log = logging.getLogger("arcada.web")


def page_for(request: HttpRequest, error: Exception) -> HttpResponse:
    """The page of an expected error; nothing of a trace, a query or a path is on it."""
    if isinstance(error, NotFound):
        return not_found(request, error)
    if isinstance(error, Conflict):
        return _page(request, 409, _("It changed meanwhile"), say_refusal(error))
    if isinstance(error, Barred):
        return _page(request, 403, _("Not possible yet"), say_refusal(error))
    if isinstance(error, Refused):
        return _page(request, 422, _("This is not possible"), say_refusal(error))
    if isinstance(error, ArcadaError) and error.code not in ("store_unavailable", "seal_broken"):
        return _page(request, 400, _("This is not possible"), say_refusal(error))
    log.error("Request %s: %s", getattr(request, "id", "-"), type(error).__name__)
    return _page(
        request, 503, _("Not available just now"),
        _("The store or the database does not answer. What was saved is safe. Try again in a minute."),
    )  # fmt: skip


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """One page for missing and forbidden: they are never told apart."""
    return _page(
        request, 404, _("There is nothing here"),
        _("The page does not exist, or it is not yours to see. Whoever sent you here can give you access."),
    )  # fmt: skip


def server_error(request: HttpRequest) -> HttpResponse:
    return _page(
        request, 500, _("Something failed on our side"),
        _("What was saved is safe. Try again; if it stays, quote the number below."),
    )  # fmt: skip


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(request, 400, _("This request can't be read"), _("Go back and try again."))


def wrong_method(request: HttpRequest, allowed: str) -> HttpResponse:
    answer = _page(
        request, 405, _("This address does not answer that"), _("Go back and use the page's own buttons.")
    )
    answer["Allow"] = allowed
    return answer


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return _page(
        request, 403, _("This form is too old"),
        _("The page was open for long, or it was sent from elsewhere. Go back, load the page again, then send."),
    )  # fmt: skip


def _page(request: HttpRequest, status: int, title: str, text: str) -> HttpResponse:
    facts = {"title": title, "text": text, "number": getattr(request, "id", "")}
    return render(request, "error.html", facts, status=status)
