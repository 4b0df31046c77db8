"""Coming in: the second step, a passkey alone, and "still you?" for idle sessions and for what matters most."""

from typing import Any

from allauth.account.internal.flows.login import perform_login
from allauth.account.models import Login
from allauth.account.stages import LoginStageController
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from arcada.api.auth import look_at_session, origin_of
from arcada.apps.sign_in.email_change import (
    change_to_confirm,
    change_to_undo,
    confirm_email,
    undo_email,
)
from arcada.apps.sign_in.factors import use_code
from arcada.apps.sign_in.kept_forms import take_form
from arcada.apps.sign_in.limits import wait_for, was_right
from arcada.apps.sign_in.passkeys import WrongPasskey, ask_to_enrol, ask_to_sign, use_passkey
from arcada.apps.sign_in.queries import has_second_factor, passkeys_of, recovery_codes_left, totp_of
from arcada.apps.sign_in.sessions import person_of, proof_failed, prove_session
from arcada.core.sign_in_rules import SessionState
from arcada.web.guesses import guess_keys, too_many
from arcada.web.passkey_answers import answered, can_have_passkeys, place_of, remember_asked
from arcada.web.session_gate import leave


@require_http_methods(["GET", "HEAD", "POST"])
def second_step(request: HttpRequest) -> HttpResponse:
    """The code of the app, a recovery code, or a passkey, after the right password."""
    stage = LoginStageController.enter(request, "second_step")
    if stage is None or stage.login.user is None:
        return redirect("account_login")
    user: Any = stage.login.user
    error = ""
    if "leave" in request.POST:
        left: HttpResponse = stage.abort()
        return left
    if request.method == "POST":
        now = timezone.now()
        keys = guess_keys(request, "code", user.email)
        wait = wait_for(keys, now=now)
        if wait:
            return too_many(request, wait)
        used = _second_factor(request, user)
        if used:
            was_right(keys, now=now)
            request.arcada_second_factor = used  # type: ignore[attr-defined]
            answer: HttpResponse = stage.exit()
            if used == "recovery_code":
                _tell_left(request, user)
            return answer
        error = _("That did not fit. A code counts once; wait for the next one.")
    facts = {"error": error, "ways": _ways(request, user), "is_production": settings.ENV.is_production}
    return render(request, "account/second_step.html", facts, status=422 if error else 200)


def _tell_left(request: HttpRequest, user: Any) -> None:
    left = recovery_codes_left(user)
    messages.warning(
        request,
        _("You used a recovery code; %(left)d are left. Make new ones under Settings, Sign-in.")
        % {"left": left},
    )


def _second_factor(request: HttpRequest, user: Any) -> str:
    """Which one fitted, or an empty text."""
    now = timezone.now()
    if "credential" in request.POST:
        try:
            challenge_id, said = answered(request, "prove")
            use_passkey(user, place_of(request), challenge_id=challenge_id, response=said, now=now)
        except WrongPasskey:
            return ""
        return "passkey"
    actor = person_of(user, origin_of(request), now=now)
    return use_code(actor, user, code=request.POST.get("code", "")[:40], now=now)


def _ways(request: HttpRequest, user: Any) -> dict[str, bool]:
    return {
        "app": totp_of(user) is not None,
        "passkey": passkeys_of(user).exists() and can_have_passkeys(request),
        "recovery": recovery_codes_left(user) > 0,
    }


@require_POST
def passkey_begin(request: HttpRequest) -> HttpResponse:
    """The options that a browser's passkey dialogue needs; a fresh challenge each time."""
    now = timezone.now()
    place = place_of(request)
    purpose = request.POST.get("purpose", "")
    look = look_at_session(request)
    if purpose == "sign_in":
        asked = ask_to_sign(None, place, now=now)
    elif purpose == "prove":
        stage = LoginStageController.enter(request, "second_step")
        user: Any = stage.login.user if stage is not None else (look.session.user if look else None)
        if user is None:
            return JsonResponse({}, status=404)
        asked = ask_to_sign(user, place, now=now)
    elif purpose == "enrol" and look is not None and look.state is not SessionState.IDLE:
        asked = ask_to_enrol(look.session.user, place, now=now)
    else:
        return JsonResponse({}, status=404)
    remember_asked(request, purpose, asked)
    return JsonResponse(asked.options)


@require_POST
def passkey_sign_in(request: HttpRequest) -> HttpResponse:
    """A passkey alone: the device verified the person, so it is both steps at once."""
    now = timezone.now()
    keys = guess_keys(request, "passkey", "")[1:]
    wait = wait_for(keys, now=now)
    if wait:
        return too_many(request, wait)
    try:
        challenge_id, said = answered(request, "sign_in")
        passkey = use_passkey(None, place_of(request), challenge_id=challenge_id, response=said, now=now)
    except WrongPasskey as refusal:
        messages.error(request, _(refusal.template))
        return redirect("account_login")
    was_right(keys, now=now)
    request.arcada_second_factor = "passkey"  # type: ignore[attr-defined]
    following = _following(request)
    answer: HttpResponse = perform_login(
        request,
        Login(
            user=passkey.user, email=passkey.user.email, redirect_url=following if following != "/" else None
        ),
    )
    return answer


@require_http_methods(["GET", "HEAD", "POST"])
def still_you(request: HttpRequest) -> HttpResponse:
    """Idle: password or passkey. Before what matters most, with a second factor: its code or a passkey."""
    look = look_at_session(request)
    if look is None or look.state is SessionState.ENDED:
        return redirect("account_login")
    user: Any = look.session.user
    asks_factor = look.state is not SessionState.IDLE and has_second_factor(user)
    error = ""
    if request.method == "POST":
        now = timezone.now()
        actor = person_of(user, origin_of(request), now=now)
        keys = guess_keys(request, "proof", user.email)
        wait = wait_for(keys, now=now)
        if wait:
            return too_many(request, wait)
        if asks_factor or "credential" in request.POST:
            by = _second_factor(request, user)
        else:
            by = "password" if user.check_password(request.POST.get("password", "")) else ""
        if by:
            was_right(keys, now=now)
            request.session.cycle_key()
            prove_session(
                actor, look.session, session_key=request.session.session_key or "", by=by,
                is_second_factor=by != "password" and look.session.second_factor_at is not None, now=now,
            )  # fmt: skip
            if by == "recovery_code":
                _tell_left(request, user)
            kept = take_form(look.session, now=now)
            if kept is not None:
                where, fields = kept
                return render(
                    request,
                    "account/kept_form.html",
                    {"where": where, "fields": fields, "shown": _shown(fields)},
                )
            return redirect(_following(request))
        if proof_failed(actor, look.session, now=now):
            leave(request)
            messages.error(request, _("That was wrong three times. Sign in again."))
            return redirect("account_login")
        error = (
            _("That did not fit. A code counts once; wait for the next one.")
            if asks_factor
            else _("The password is wrong.")
        )
    facts = {
        "error": error, "asks_factor": asks_factor, "is_idle": look.state is SessionState.IDLE,
        "ways": _ways(request, user), "next": _following(request),
    }  # fmt: skip
    return render(request, "account/still_you.html", facts, status=422 if error else 200)


def _shown(fields: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """What a person typed, to be looked over; ids and marks of the form stay out of sight."""
    return [(name, value) for name, value in fields if value.strip() and " " in value.strip()][:12]


def _following(request: HttpRequest) -> str:
    said = request.POST.get("next") or request.GET.get("next") or "/"
    # A word without a slash would be taken for the name of a page.
    is_ours = said.startswith("/") and url_has_allowed_host_and_scheme(said, {request.get_host()})
    return said if is_ours else "/"


@require_http_methods(["GET", "HEAD", "POST"])
def new_address(request: HttpRequest, secret: str) -> HttpResponse:
    """The new mail address confirms; opening the link alone changes nothing."""
    now = timezone.now()
    change = change_to_confirm(secret, now=now)
    if request.method == "POST":
        confirm_email(person_of(change.user, origin_of(request), now=now), change, now=now)
        messages.success(request, _("From now on you sign in as %(email)s.") % {"email": change.new_email})
        return redirect("account_login")
    return render(request, "account/new_address.html", {"change": change})


@require_http_methods(["GET", "HEAD", "POST"])
def old_address(request: HttpRequest, secret: str) -> HttpResponse:
    """The old mail address takes the change back: all sessions end, and a new password is set by mail."""
    now = timezone.now()
    change = change_to_undo(secret, now=now)
    if request.method == "POST":
        undo_email(person_of(change.user, origin_of(request), now=now), change, now=now)
        leave(request)
        messages.success(
            request, _("Your address is back and every session has ended. Set a new password now.")
        )
        return redirect("account_reset_password")
    return render(request, "account/old_address.html", {"change": change})


urlpatterns: list[URLPattern] = [
    path("accounts/second-step", second_step, name="account_second_step"),
    path("accounts/passkey/begin", passkey_begin, name="account_passkey_begin"),
    path("accounts/passkey", passkey_sign_in, name="account_passkey"),
    path("accounts/still-you", still_you, name="account_still_you"),
    path("accounts/new-address/<str:secret>", new_address, name="account_new_address"),
    path("accounts/old-address/<str:secret>", old_address, name="account_old_address"),
]
