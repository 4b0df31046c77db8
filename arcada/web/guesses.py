"""Limits on guessing, for pages: whose guesses they are, and what somebody is told who must wait."""

import math
from collections.abc import Sequence
from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from arcada.apps.sign_in.limits import Key, of_account, of_address, of_everybody
from arcada.apps.sign_in.queries import user_by_email
from arcada.apps.sign_in.sessions import known_device
from arcada.web.browser_of import device_token


def guess_keys(request: HttpRequest, what: str, account: str) -> Sequence[Key]:
    """From a browser that the account knows only its own guesses count: strangers can't lock anybody out (ID-05)."""
    token = device_token(request)
    user = user_by_email(account) if token else None
    device = known_device(user, token) if user is not None else None
    if device is not None:
        return (of_account(what, account, str(device.pk)),)
    address = request.META.get("REMOTE_ADDR", "")
    return of_account(what, account), of_address(what, address), of_everybody(what)


def too_many(request: HttpRequest, wait: timedelta) -> HttpResponse:
    seconds = max(1, math.ceil(wait.total_seconds()))
    facts = {
        "title": _("Too many tries"),
        "text": _("Wait a little, then try again. A browser that you signed in with before is not held up."),
        "number": getattr(request, "id", ""),
    }
    answer = render(request, "error.html", facts, status=429)
    answer["Retry-After"] = str(seconds)
    return answer
