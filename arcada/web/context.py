"""What the frame of every page needs: who is here, in which workspace, in which area."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from arcada.api.auth import session_actor


def shell(request: HttpRequest) -> dict[str, Any]:
    try:
        actor = session_actor(request)
    except Exception:  # the frame of an error page must stand even when the database does not
        actor = None
    return {
        "actor": actor,
        "workspace": getattr(request, "arcada_workspace", None),
        "area": (request.resolver_match.url_name or "").split("-")[0] if request.resolver_match else "",
        "is_development": not settings.ENV.is_production,
    }
