"""What a browser sends of a passkey, and where it was asked: the host and origin that it signed for."""

import json
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest

from arcada.apps.sign_in.passkeys import Asked, Place, WrongPasskey

ASKED_KEY = "passkey_asked"  # in Django's session: the open challenge of each purpose


def place_of(request: HttpRequest) -> Place:
    """The public address; on a development machine the one in use, such as localhost."""
    if settings.ENV.is_production:
        url = urlsplit(settings.ENV.public_url)
        return Place(host=url.hostname or "", origin=f"{url.scheme}://{url.netloc}")
    host = request.get_host()
    return Place(host=host.partition(":")[0], origin=f"{request.scheme}://{host}")


def can_have_passkeys(request: HttpRequest) -> bool:
    """Browsers bind them to a name, never to a bare number such as 127.0.0.1."""
    return not place_of(request).host.replace(".", "").isdigit()


def remember_asked(request: HttpRequest, purpose: str, asked: Asked) -> None:
    request.session[ASKED_KEY] = {
        **request.session.get(ASKED_KEY, {}),
        purpose: str(asked.challenge_id),
    }


def answered(request: HttpRequest, purpose: str) -> tuple[UUID, dict[str, Any]]:
    """The challenge that this browser was asked, and its answer; raises WrongPasskey."""
    open_ = dict(request.session.get(ASKED_KEY, {}))
    challenge_id = open_.pop(purpose, None)
    request.session[ASKED_KEY] = open_
    try:
        said = json.loads(request.POST.get("credential", ""))
    except (ValueError, RecursionError):
        said = None
    if challenge_id is None or not isinstance(said, dict):
        raise WrongPasskey
    return UUID(challenge_id), said
