"""Who is here, for pages: signed in, in a workspace; anybody else is sent to where that is done."""

import functools
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from asgiref.sync import iscoroutinefunction, sync_to_async
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from arcada.api.auth import session_actor
from arcada.api.looks import UNTOLD, page_of_looks
from arcada.apps.support.actions import note_look
from arcada.core.access import Actor
from arcada.core.errors import NotFound
from arcada.web.clock import go_by_clock_of
from arcada.web.share_account import first_page
from arcada.web.terms_gate import has_to_accept

View = Callable[..., Any]


def signed_in(view: View) -> View:
    """The view gets `actor` after the request; without one, sign-in comes first; without a workspace, what was
    shared with them or making one.
    """
    if iscoroutinefunction(view):

        @functools.wraps(view)
        async def later(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            actor = await sync_to_async(session_actor)(request)
            answer: HttpResponseBase = await sync_to_async(_elsewhere)(request, actor) or await view(
                request, actor, *args, **kwargs
            )
            return answer

        return later

    @functools.wraps(view)
    def now(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        actor = session_actor(request)
        answer: HttpResponseBase = _elsewhere(request, actor) or view(request, actor, *args, **kwargs)
        return answer

    return now


def _elsewhere(request: HttpRequest, actor: Actor | None) -> HttpResponseRedirect | None:
    if actor is None:
        # Only a GET can be gone back to; a form that was too late starts anew from its page.
        back = request.get_full_path() if request.method == "GET" else "/"
        return HttpResponseRedirect(f"{reverse('account_login')}?{urlencode({'next': back})}")
    if actor.support is None and has_to_accept(request):
        back = request.get_full_path() if request.method == "GET" else "/"
        return HttpResponseRedirect(f"{reverse('terms')}?{urlencode({'next': back})}")
    if actor.workspace_id is None:
        is_staff = getattr(request.user, "is_staff", False)
        if is_staff and page_of_looks(request):
            # Nobody let them in, or not any more (TA-10).
            raise NotFound
        return HttpResponseRedirect(reverse("review-licences" if is_staff else first_page(request)))
    match = request.resolver_match
    if actor.support is not None and match is not None and match.view_name in UNTOLD:
        note_look(
            actor, page=match.view_name, case_id=str(match.kwargs.get("case_id", "")), now=timezone.now()
        )
    go_by_clock_of(request.arcada_workspace)  # type: ignore[attr-defined]
    return None
