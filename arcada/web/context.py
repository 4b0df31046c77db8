"""What the frame of every page needs: who is here, in which workspace, in which area."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from arcada.api.auth import look_at_session, session_actor
from arcada.api.operators import is_operator


def shell(request: HttpRequest) -> dict[str, Any]:
    try:
        actor = session_actor(request)
    except Exception:  # the frame of an error page must stand even when the database does not
        actor = None
    return {
        "console": _console(request),
        "actor": actor,
        "workspace": getattr(request, "arcada_workspace", None),
        "area": (request.resolver_match.url_name or "").split("-")[0] if request.resolver_match else "",
        "is_development": not settings.ENV.is_production,
    }


def _console(request: HttpRequest) -> str:
    """The console's address, for whom it exists."""
    path = settings.ENV.console_path
    try:
        user = getattr(request, "user", None)
        if not path or not getattr(user, "is_staff", False):
            return ""
        return f"/{path}" if is_operator(request, look_at_session(request)) else ""
    except Exception:  # as above
        return ""
