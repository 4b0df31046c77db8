"""“Shared with you”: what came to a person's own addresses, with or without a workspace; opened without a code."""

import contextlib
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, URLResolver, path
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from arcada.api import door_cookie
from arcada.api.auth import origin_of, session_actor
from arcada.api.door_cookie import SHARE
from arcada.apps.reviews.queries import said_by
from arcada.apps.sharing.access import (
    Account,
    Invited,
    invited_for,
    is_live,
    level_of,
    received_for,
    recipient_for,
)
from arcada.apps.sharing.entering import open_share, prove_by_account
from arcada.apps.sharing.queries import received_by, visits_by_recipient
from arcada.core.errors import NotFound, Refused
from arcada.core.share_terms import NAMED_LEVELS
from arcada.core.visitors import is_program
from arcada.web.share_account import account_in

MOST = 200


@require_safe
def shared(request: HttpRequest) -> HttpResponse:
    account = account_in(request)
    if account is None:
        return redirect(f"/accounts/login/?next={request.path}")
    actor = session_actor(request)
    rows = received_rows(account, now=timezone.now())
    facts = {
        "live": [row for row in rows if row["is_live"]],
        "ended": [row for row in rows if not row["is_live"]],
        "has_workspace": actor is not None and actor.workspace_id is not None,
        "emails": sorted(account.emails),
        "now": timezone.now(),
    }
    return render(request, "shared/shared.html", facts)


def received_rows(account: Account, *, now: datetime) -> list[dict[str, object]]:
    """Each share with when it was opened and what this person wrote and decided in it (S15)."""
    received = received_by(account.emails, at_most=MOST)
    visits = visits_by_recipient(received)
    words = said_by({one.pk for one in received})
    return [
        {
            "recipient": one,
            "share": one.share,
            "is_live": is_live(one.share, now=now),
            "level": level_of(one.share),
            "visits": visits.get(one.pk, []),
            "said": words.get(one.pk, []),
        }
        for one in received
    ]


@require_POST
def shared_open(request: HttpRequest, recipient_id: UUID) -> HttpResponse:
    """Into the share without a code, where a name is what its level asks for; else to its door."""
    account, now = account_in(request), timezone.now()
    if account is None:
        raise NotFound
    recipient = received_for(account, recipient_id, now=now)
    share_id = recipient.share_id
    answer = redirect("share-door", share_id)
    held = door_cookie.held_in(request.COOKIES, SHARE, share_id)
    if held is not None and held["r"] == str(recipient.pk):
        secret = held["b"]
    else:
        secret = door_cookie.give(answer, SHARE, share_id, recipient=recipient.pk)
    invited = invited_for(
        share_id, recipient_id=recipient.pk, browser_secret=secret, now=now, account=account
    )
    if isinstance(invited, Invited) and invited.level in NAMED_LEVELS and not invited.is_proven:
        # A second factor that is missing is said by the door, with what to do.
        with contextlib.suppress(Refused):
            proof = prove_by_account(invited, now=now)
            proven = replace(invited, proof=proof)
            if not is_program(request.headers):
                open_share(recipient_for(proven, origin=origin_of(request)), proven, now=now)
    return answer


urlpatterns: list[URLPattern | URLResolver] = [
    path("shared", shared, name="shared"),
    path("shared/<uuid:recipient_id>/open", shared_open, name="shared-open"),
]
