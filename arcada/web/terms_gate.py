"""Whether somebody has still to accept what everybody accepts; asked of the database every ten minutes at most."""

import time

from django.http import HttpRequest

from arcada.apps.conduct.documents import not_accepted

ACCEPTED_KEY = "terms_asked_again_at"
SECONDS = 600


def has_to_accept(request: HttpRequest) -> bool:
    """True until the newest versions are accepted; a version published meanwhile is asked for within 10 minutes."""
    if request.session.get(ACCEPTED_KEY, 0) > time.time():
        return False
    if not_accepted(request.user):  # type: ignore[arg-type]
        return True
    request.session[ACCEPTED_KEY] = int(time.time()) + SECONDS
    return False
