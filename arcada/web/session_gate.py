"""What stands between a signed-in browser and every page: the session must be live, proven and strong enough."""

import functools
from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from arcada.api.auth import has_fresh_proof, look_at_session, origin_of
from arcada.api.problems import problem
from arcada.apps.row_scope import forget_actor
from arcada.apps.sign_in.kept_forms import keep_form
from arcada.apps.sign_in.sessions import end_session, person_of
from arcada.core.sign_in_rules import Ending, SessionState

if TYPE_CHECKING:
    from arcada.apps.sign_in.models import Session

# Pages that are not the person's work: a share's door, the language, the mails of a development machine, the way out.
ALWAYS = ("/r/", "/s/", "/u/", "/language", "/dev/", "/static/", "/accounts/logout/", "/accounts/still-you",
          "/accounts/passkey", "/accounts/new-address/", "/accounts/old-address/", "/api/v1/openapi.json")  # fmt: skip
# What one may do before there is a second factor: set it up, and say where one works.
BEFORE_FACTOR = ("/settings/sign-in", "/accounts/", "/welcome")


class session_gate:  # noqa: N801 - named like its neighbours in MIDDLEWARE
    """Ended sessions are nobody's; idle ones are proven first, with what was typed kept (SE-02, SE-03, ID-11)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: object, args: object, kwargs: object
    ) -> HttpResponse | None:
        """After the check of the form's origin, so that nobody else's form is ever kept."""
        if "Authorization" in request.headers and request.path.startswith("/api/"):
            return None
        if not request.user.is_authenticated:
            return None
        look = look_at_session(request)
        if look is None or look.state is SessionState.ENDED:
            _end(request, look.session if look else None, look.ending if look else None)
            return None
        if request.path.startswith(ALWAYS):
            return None
        if look.state is SessionState.IDLE:
            if request.path.startswith("/api/"):
                return problem(request, 401, "session_idle", "Prove on a page that it is still you.")
            return ask_again(request, look.session)
        if look.state is SessionState.NEEDS_FACTOR and not request.path.startswith(BEFORE_FACTOR):
            if request.path.startswith("/api/"):
                return problem(
                    request, 403, "second_factor_needed", "Set up a second factor on the page Sign-in."
                )
            back = (
                {"next": request.get_full_path()} if request.method == "GET" and request.path != "/" else {}
            )
            return _to(request, reverse("sign-in-factor"), back)
        return None


def ask_again(request: HttpRequest, session: "Session") -> HttpResponse:
    """To the page that asks for a proof; a form that was sent is kept until then."""
    following = request.get_full_path()
    if request.method == "POST":
        fields = [
            (name, value)
            for name, values in request.POST.lists()
            for value in values
            if name not in ("csrfmiddlewaretoken", "password", "oldpassword", "password1", "password2")
        ]
        keep_form(session, path=following, fields=fields, now=timezone.now())
        # Most forms stand on the page they are sent to; the others come back to the beginning.
        following = "/"
    return _to(request, reverse("account_still_you"), {"next": following})


def _to(request: HttpRequest, where: str, query: dict[str, str]) -> HttpResponse:
    url = f"{where}?{urlencode(query)}" if query else where
    if request.headers.get("HX-Request") == "true":
        answer = HttpResponse(status=200)
        answer["HX-Redirect"] = url
        return answer
    return HttpResponseRedirect(url)


def _end(request: HttpRequest, session: "Session | None", reason: Ending | None) -> None:
    if session is not None and reason is not None:
        now = timezone.now()
        end_session(person_of(session.user, origin_of(request), now=now), session, reason=reason, now=now)
    leave(request)
    if not request.path.startswith("/api/"):
        messages.info(request, _("Your session has ended. Sign in again."))


def leave(request: HttpRequest) -> None:
    """Django's session is gone; the rest of this request is nobody's."""
    logout(request)
    forget_actor()
    for kept in ("arcada_look", "arcada_actor", "arcada_workspace"):
        if hasattr(request, kept):
            delattr(request, kept)


def freshly_proven(view: Callable[..., Any]) -> Callable[..., Any]:
    """For what matters most: the person proved within ten minutes who they are (SE-09). After `signed_in`."""

    @functools.wraps(view)
    def proven(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        look = look_at_session(request)
        if look is None:
            return redirect("account_login")
        answer: HttpResponse = (
            view(request, *args, **kwargs) if has_fresh_proof(request) else ask_again(request, look.session)
        )
        return answer

    return proven
