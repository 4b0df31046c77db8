"""Each request begins as nobody: until it is known who asks, the database shows no workspace's rows."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from arcada.apps.row_scope import request_scope


def as_nobody(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    def middleware(request: HttpRequest) -> HttpResponse:
        with request_scope():
            return get_response(request)

    return middleware
