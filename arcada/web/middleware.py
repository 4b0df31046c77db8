"""What stands around every page: a request id, the headers every answer has, language, errors as pages."""

import uuid
from collections.abc import Callable

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, QueryDict
from django.utils import timezone, translation

from arcada.api.problems import remember_refusal
from arcada.core.errors import ArcadaError
from arcada.core.typed_text import is_storable
from arcada.web.errors import bad_request, page_for, wrong_method

Handler = Callable[[HttpRequest], HttpResponse]


def request_id(get_response: Handler) -> Handler:
    """Every request has an id that errors quote and the audit keeps."""

    def middleware(request: HttpRequest) -> HttpResponse:
        request.id = str(uuid.uuid4())  # type: ignore[attr-defined]
        # Only the configured proxy is believed about where a request came from, and how (ID-06).
        proxy = settings.ENV.trusted_proxy
        forwarded = request.META.pop("HTTP_X_FORWARDED_FOR", "").rsplit(",", 1)[-1].strip()
        if proxy and request.META.get("REMOTE_ADDR") == proxy:
            request.META["REMOTE_ADDR"] = forwarded or proxy
        else:
            request.META.pop("HTTP_X_FORWARDED_PROTO", None)
        response = get_response(request)
        response["X-Request-Id"] = request.id  # type: ignore[attr-defined]
        return response

    return middleware


def own_origin(get_response: Handler) -> Handler:
    """Our pages send no referrer, so a browser calls the origin of their forms "null"; it still says whose page it was.

    `Sec-Fetch-Site` can't be set by a script, so "same-origin" there is worth as much as the origin itself.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        if (
            request.META.get("HTTP_ORIGIN") == "null"
            and request.META.get("HTTP_SEC_FETCH_SITE") == "same-origin"
        ):
            request.META["HTTP_ORIGIN"] = f"{request.scheme}://{request.get_host()}"
        return get_response(request)

    return middleware


def answer_headers(get_response: Handler) -> Handler:
    """Pages of people and patients are never kept by a cache, and never indexed."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.setdefault("Cache-Control", "no-store")
        response.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.setdefault("X-Frame-Options", settings.X_FRAME_OPTIONS)
        response.setdefault("X-Robots-Tag", "noindex, nofollow, noarchive")
        response.setdefault(
            "Permissions-Policy", "camera=(), microphone=(), geolocation=(), interest-cohort=()"
        )
        return response

    return middleware


def language(get_response: Handler) -> Handler:
    """The person's own language; without one, the browser's."""

    def middleware(request: HttpRequest) -> HttpResponse:
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        known = dict(settings.LANGUAGES)
        with translation.override(
            chosen if chosen in known else translation.get_language_from_request(request)
        ):
            request.LANGUAGE_CODE = translation.get_language() or "en"  # type: ignore[attr-defined]
            response = get_response(request)
        response.setdefault("Content-Language", request.LANGUAGE_CODE)  # type: ignore[attr-defined]
        return response

    return middleware


def time_zone(get_response: Handler) -> Handler:
    """What a page says of its workspace's clock (arcada.web.clock) ends with the request."""

    def middleware(request: HttpRequest) -> HttpResponse:
        with timezone.override(None):
            return get_response(request)

    return middleware


def storable_only(get_response: Handler) -> Handler:
    """NUL and half characters in an address or a form are refused here once, before any database is asked."""

    def middleware(request: HttpRequest) -> HttpResponse:
        is_form = request.method == "POST" and not request.path.startswith("/api/")
        if is_form:
            _ = request.body  # kept, so that a view may still read it whole; forms are small
        said = [request.path, *_values(request.GET), *(_values(request.POST) if is_form else ())]
        return get_response(request) if is_storable(said) else bad_request(request)

    return middleware


def _values(typed: QueryDict) -> list[str]:
    return [text for name, values in typed.lists() for text in (name, *map(str, values))]


class known_methods:  # noqa: N801 - named like its neighbours in MIDDLEWARE
    """Pages know GET, HEAD and POST, the API's description is only read: allauth and ninja would answer anything."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: object, args: object, kwargs: object
    ) -> HttpResponse | None:
        is_description = (
            request.resolver_match is not None and request.resolver_match.url_name == "openapi-json"
        )
        if request.path.startswith("/api/") and not is_description:
            return None
        known = ["GET", "HEAD"] if is_description else ["GET", "HEAD", "POST"]
        return None if request.method in known else HttpResponseNotAllowed(known)


class errors_as_pages:  # noqa: N801 - named like its neighbours in MIDDLEWARE
    """Refused, NotFound and Conflict become pages in plain words, and so does a wrong method; a database that is
    away, a 503.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        answer = self.get_response(request)
        if answer.status_code == 405 and not answer.streaming and not request.path.startswith("/api/"):
            return wrong_method(request, answer.headers.get("Allow", ""))
        return answer

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        remember_refusal(request, exception)
        if isinstance(exception, ArcadaError | DatabaseError | OSError):
            return page_for(request, exception)
        return None
