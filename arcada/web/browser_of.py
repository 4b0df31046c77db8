"""The browser that a person signs in with: its cookie, its name, the session that begins in it."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone

from arcada.api.auth import SESSION_KEY, origin_of
from arcada.apps.sign_in.sessions import Browser, start_session
from arcada.core.sign_in_rules import device_name

DEVICE_COOKIE = "__Host-device" if settings.ENV.is_production else "device"
_SALT = "arcada device"
_LASTS = 400 * 24 * 3600


def device_token(request: HttpRequest) -> str:
    """What the device's signed cookie holds; empty without one, or with one of ours nowhere."""
    said = request.get_signed_cookie(DEVICE_COOKIE, default="", salt=_SALT)
    return said if isinstance(said, str) else ""


def begin_session(request: HttpRequest, user: Any, *, second_factor: str) -> None:
    """Ours beside Django's, after its key was changed (SE-01)."""
    origin = origin_of(request)
    if request.session.session_key is None:
        request.session.save()
    browser = Browser(
        session_key=request.session.session_key or "",
        name=device_name(request.headers.get("User-Agent", "")),
        ip_truncated=origin.ip_truncated,
        device_token=device_token(request),
    )
    new = start_session(user, browser, second_factor=second_factor, origin=origin, now=timezone.now())
    request.session[SESSION_KEY] = str(new.session.pk)
    request.arcada_device_token = new.device_token  # type: ignore[attr-defined]
    for kept in ("arcada_look", "arcada_actor", "arcada_workspace"):
        if hasattr(request, kept):
            delattr(request, kept)


def keep_device(request: HttpRequest, answer: HttpResponseBase) -> None:
    """Next time the browser is known."""
    token = getattr(request, "arcada_device_token", "")
    if token:
        answer.set_signed_cookie(
            DEVICE_COOKIE, token, salt=_SALT, max_age=_LASTS, httponly=True, samesite="Lax",
            secure=settings.ENV.is_production,
        )  # fmt: skip
