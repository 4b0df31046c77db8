"""The console's address exists for the operator at work only; for everybody else there is nothing to resolve."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from arcada.api.auth import look_at_session
from arcada.api.operators import is_operator

WITH_CONSOLE = "arcada.console.urls"


def console_door(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Its addresses are added to the request's own, so that a stranger's answer is that of any unknown page (TA-11)."""

    def middleware(request: HttpRequest) -> HttpResponse:
        path = settings.ENV.console_path
        # The slash is Django's to add, once the address exists.
        if path and f"{request.path_info}/".startswith(f"/{path}"):
            user = request.user
            if user.is_authenticated and user.is_staff and is_operator(request, look_at_session(request)):
                request.urlconf = WITH_CONSOLE  # type: ignore[attr-defined]
        return get_response(request)

    return middleware
