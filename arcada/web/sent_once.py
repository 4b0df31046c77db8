"""A form that is sent twice has one effect and one answer (CO-01).

Every page draws a new mask for the token of its forms, so the same token, address and fields again are the same
press again: a double click, a browser that sends anew, a reloaded answer. A script names an Idempotency-Key instead.
"""

import hashlib
import json
from collections.abc import Callable
from http.cookies import SimpleCookie
from typing import Any, Final
from uuid import UUID

from django.contrib.auth import SESSION_KEY
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from arcada.apps.idempotency.presses import Given, Press, keep_answer, let_go, press
from arcada.core.errors import Conflict
from arcada.web.errors import page_for

TOKEN: Final = "csrfmiddlewaretoken"  # noqa: S105 - the name of a field
# Forms that change nothing: a search is a POST so that no name stands in an address, a showing is recorded each time.
CHANGES_NOTHING: Final = frozenset(
    {
        "patients", "patients-identity", "patients-collection-zip", "patients-collection-sorted", "request-sorted",
        "account_passkey_begin",
    }
)  # fmt: skip
# Each of these carries its own proof that counts once (password and guesses, code, challenge), and gives a session,
# which is never kept with an answer.
PROVES_A_PERSON: Final = frozenset(
    {
        "account_login", "account_logout", "account_passkey", "account_second_step", "account_still_you",
        "account_change_password", "account_reset_password_from_key", "account_old_address",
    }
)  # fmt: skip
NOT_KEPT: Final = CHANGES_NOTHING | PROVES_A_PERSON
# To be sent here means that nothing was done yet.
_FIRST: Final = ("account_login", "account_still_you", "terms", "sign-in-factor")
LARGEST_ANSWER: Final = 400_000


class sent_once:  # noqa: N801 - named like its neighbours in MIDDLEWARE
    """After the check of the token and of the session, so that nobody else's press is ever answered."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        answer = self.get_response(request)
        pressed = getattr(request, "arcada_press", None)
        if pressed is not None:
            _settle(request, pressed, answer)
        return answer

    def process_view(
        self, request: HttpRequest, view: object, args: object, kwargs: object
    ) -> HttpResponse | None:
        if request.method != "POST" or request.path.startswith("/api/"):
            return None
        match = request.resolver_match
        token = request.POST.get(TOKEN) or request.headers.get("Idempotency-Key", "")
        if not token or match is None or match.url_name in NOT_KEPT:
            return None
        try:
            found = press(actor_id=_whose(request), digest=_digest(request), now=timezone.now())
        except Conflict as conflict:
            return page_for(request, conflict)
        if isinstance(found, Given):
            return _again(request, found)
        request.arcada_press = found  # type: ignore[attr-defined]
        request.arcada_session_before = _session(request)  # type: ignore[attr-defined]
        return None


def _settle(request: HttpRequest, pressed: Press, answer: HttpResponse) -> None:
    # A session that was given or renewed is in this answer's cookie alone.
    has_changed_hands = _session(request) != request.arcada_session_before  # type: ignore[attr-defined]
    match = request.resolver_match
    is_own_way = match is not None and (match.url_name or "").startswith("account_")
    to = answer.headers.get("Location", "").split("?")[0]
    is_sent_elsewhere = not is_own_way and to in {reverse(name) for name in _FIRST}
    if (
        answer.status_code >= 400
        or answer.streaming
        or has_changed_hands
        or is_sent_elsewhere
        or len(answer.content) > LARGEST_ANSWER
    ):
        let_go(pressed)
        return
    said: dict[str, Any] = {
        "type": answer.headers.get("Content-Type", ""),
        "location": answer.headers.get("Location", ""),
        "cookies": answer.cookies.output(header="", sep="\n"),
        "body": answer.content.decode("utf-8", "replace"),
        "nonce": str(getattr(request, "_csp_nonce", "") or ""),
    }
    keep_answer(pressed, status=answer.status_code, body=json.dumps(said))


def _session(request: HttpRequest) -> str | None:
    """The key of a session that is somebody's."""
    return request.session.session_key if SESSION_KEY in request.session else None


def _again(request: HttpRequest, given: Given) -> HttpResponse:
    said = json.loads(given.body)
    body: str = said["body"]
    if said["nonce"]:
        # The policy of this answer knows another nonce than that of the first.
        body = body.replace(said["nonce"], str(request.csp_nonce))  # type: ignore[attr-defined]
    answer = HttpResponse(body, status=given.status, content_type=said["type"])
    if said["location"]:
        answer["Location"] = said["location"]
    for line in said["cookies"].splitlines():
        answer.cookies.update(SimpleCookie(line.strip()))
    return answer


def _whose(request: HttpRequest) -> UUID:
    """The browser by the secret of its forms, and who is signed in there."""
    said = f"{request.META.get('CSRF_COOKIE', '')}\n{request.user.pk or ''}"
    return UUID(bytes=hashlib.sha256(said.encode()).digest()[:16])


def _digest(request: HttpRequest) -> bytes:
    """Of the address and everything in the form; a browser draws a new boundary for parts, so they are read."""
    said = [request.get_full_path(), request.headers.get("Idempotency-Key", ""), sorted(request.POST.lists())]
    hashed = hashlib.sha256(json.dumps(said).encode())
    if request.content_type == "application/json":
        hashed.update(request.body)
    for name, files in sorted(request.FILES.lists()):
        for file in files:
            hashed.update(json.dumps([name, file.name, file.size]).encode())
            for piece in file.chunks():
                hashed.update(piece)
            file.seek(0)
    return hashed.digest()
