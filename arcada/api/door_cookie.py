"""The cookie that a link's secret is swapped for: signed, HttpOnly, one for each share or request (SL-02)."""

import secrets
from collections.abc import Mapping
from typing import Final
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.http import HttpResponse

LIFE_S: Final = 90 * 24 * 3600
SHARE: Final = "share"
REQUEST: Final = "request"


def cookie_name(kind: str, about: UUID) -> str:
    """__Host- wherever there is TLS."""
    return f"{_host()}{kind}-{str(about)[:8]}"


def held_in(cookies: Mapping[str, str], kind: str, about: UUID) -> dict[str, str] | None:
    """What this browser holds for the share or request: `r` whose link it was, `b` the browser's own secret."""
    try:
        said: dict[str, str] = signing.loads(
            cookies.get(cookie_name(kind, about), ""), salt=kind, max_age=LIFE_S
        )
    except signing.BadSignature:
        return None
    return said if said.get("s") == str(about) else None


def give(answer: HttpResponse, kind: str, about: UUID, *, recipient: UUID | None = None) -> str:
    """Set a fresh cookie; returns the browser's new secret."""
    said = {"s": str(about), "r": str(recipient or ""), "b": secrets.token_urlsafe(32)}
    _set(answer, cookie_name(kind, about), signing.dumps(said, salt=kind), LIFE_S)
    return said["b"]


def hold_link(answer: HttpResponse, kind: str, about: UUID, token: str, *, seconds: int) -> None:
    """Keep a mailed link's secret beside the cookie, until the person presses the button."""
    _set(answer, f"{cookie_name(kind, about)}-in", signing.dumps(token, salt=f"{kind} link"), seconds)


def held_link(cookies: Mapping[str, str], kind: str, about: UUID, *, seconds: int) -> str:
    """The secret of a mailed link that was opened in this browser, or ""."""
    try:
        token: str = signing.loads(
            cookies.get(f"{cookie_name(kind, about)}-in", ""), salt=f"{kind} link", max_age=seconds
        )
    except signing.BadSignature:
        return ""
    return token


def drop_link(answer: HttpResponse, kind: str, about: UUID) -> None:
    answer.delete_cookie(f"{cookie_name(kind, about)}-in", path="/", samesite="Lax")


def holds_any(cookies: Mapping[str, str], kind: str) -> bool:
    return any(name.startswith(f"{_host()}{kind}-") for name in cookies)


def _host() -> str:
    return "__Host-" if settings.ENV.is_production else ""


def _set(answer: HttpResponse, name: str, value: str, seconds: int) -> None:
    answer.set_cookie(
        name,
        value,
        max_age=seconds,
        httponly=True,
        samesite="Lax",
        secure=settings.ENV.is_production,
        path="/",
    )
