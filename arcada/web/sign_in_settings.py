"""Settings, Sign-in: second factors, recovery codes, sessions, devices, the mail address."""

import base64
import functools
from collections.abc import Callable
from io import BytesIO
from typing import Any
from uuid import UUID

import qrcode
from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from qrcode.image.svg import SvgPathImage

from arcada.api.auth import look_at_session, person_of_session, session_actor
from arcada.apps.accounts.access import membership_for, workspace_for
from arcada.apps.accounts.queries import members_of
from arcada.apps.sign_in.email_change import ask_for_email
from arcada.apps.sign_in.factors import (
    confirm_totp,
    new_recovery_codes,
    otpauth_url,
    pending_secret,
    remove_passkey,
    remove_totp,
)
from arcada.apps.sign_in.limits import mail_by, mail_to, wait_for
from arcada.apps.sign_in.passkeys import WrongPasskey, add_passkey, rename_passkey
from arcada.apps.sign_in.policies import set_sign_in_policy
from arcada.apps.sign_in.queries import (
    device_for,
    devices_of,
    needs_second_factor,
    passkey_for,
    passkeys_of,
    recovery_codes_left,
    session_for,
    sessions_of,
    totp_of,
)
from arcada.apps.sign_in.sessions import end_session, end_sessions_of, forget_device, prove_session
from arcada.core.access import Actor, Permission
from arcada.core.sign_in_rules import Ending
from arcada.web.guesses import guess_keys, too_many
from arcada.web.here import signed_in
from arcada.web.passkey_answers import answered, can_have_passkeys, place_of
from arcada.web.session_gate import freshly_proven

View = Callable[..., HttpResponse]


class EmailForm(forms.Form):
    email = forms.EmailField(label=gettext_lazy("New mail address"), max_length=254)


class PolicyForm(forms.Form):
    session_policy = forms.ChoiceField(
        label=gettext_lazy("Sessions"),
        choices=[
            ("standard", gettext_lazy("7 days; asked again after 8 hours without a sign of life")),
            ("clinical", gettext_lazy("24 hours; asked again after 1 hour without a sign of life")),
        ],
    )
    second_factor = forms.ChoiceField(
        label=gettext_lazy("Second factor"),
        choices=[
            ("by_rule", gettext_lazy("For verified dentists and laboratories")),
            ("everyone", gettext_lazy("For everybody here")),
        ],
    )


def by_person(view: View) -> View:
    """The view gets the person after the request, also before there is a second factor."""

    @functools.wraps(view)
    def known(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        actor = person_of_session(request)
        if actor is None:
            return redirect(f"{reverse('account_login')}?next=/settings/sign-in")
        return view(request, actor, *args, **kwargs)

    return known


@require_safe
@by_person
def sign_in(request: HttpRequest, actor: Actor) -> HttpResponse:
    return _page(request)


def _page(request: HttpRequest, status: int = 200, **given: Any) -> HttpResponse:
    user: Any = request.user
    look = look_at_session(request)
    actor = session_actor(request)
    may_manage = actor is not None and Permission.MANAGE_WORKSPACE in actor.permissions
    workspace = getattr(request, "arcada_workspace", None)
    if may_manage and workspace is not None:
        rules = {"session_policy": workspace.session_policy, "second_factor": workspace.second_factor}
        given = {
            "policy_form": PolicyForm(initial=rules),
            "members": [m for m in members_of(workspace.pk) if m.user_id != user.pk],
            **given,
        }
    facts = {
        "totp": totp_of(user),
        "passkeys": passkeys_of(user),
        "codes_left": recovery_codes_left(user),
        "sessions": sessions_of(user),
        "this_session": look.session.pk if look else None,
        "devices": devices_of(user),
        "email_form": EmailForm(),
        "may_passkey": can_have_passkeys(request),
        **given,
    }
    return render(request, "settings/sign_in.html", facts, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@by_person
@freshly_proven
def factor(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Set up an authenticator app or a passkey: by choice, or because the work here demands it."""
    user: Any = request.user
    now = timezone.now()
    if request.method == "POST":
        return _added(request, actor, user)
    has_app = totp_of(user) is not None
    facts: dict[str, Any] = {
        "needs": needs_second_factor(user, now=now) and not (has_app or passkeys_of(user).exists()),
        "has_app": has_app,
        "may_passkey": can_have_passkeys(request),
        "next": _following(request),
        "error": "",
    }
    return _factor_page(request, user, facts)


def _factor_page(request: HttpRequest, user: Any, facts: dict[str, Any], status: int = 200) -> HttpResponse:
    look = look_at_session(request)
    if look is not None and not facts["has_app"]:
        secret = pending_secret(look.session)
        url = otpauth_url(user, secret)
        facts |= {"square": _square(url), "otpauth": url}
        facts["secret"] = " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))
    return render(request, "account/second_factor.html", facts, status=status)


def _added(request: HttpRequest, actor: Actor, user: Any) -> HttpResponse:
    now = timezone.now()
    error = ""
    look = look_at_session(request)
    assert look is not None  # there is a person
    if "credential" in request.POST:
        try:
            challenge_id, said = answered(request, "enrol")
            _passkey, enrolled = add_passkey(
                actor, user, place_of(request), challenge_id=challenge_id, response=said,
                name=request.POST.get("name", ""), now=now,
            )  # fmt: skip
        except WrongPasskey as refusal:
            enrolled, error = None, _(refusal.template)
    else:
        keys = guess_keys(request, "enrol", user.email)
        wait = wait_for(keys, now=now)
        if wait:
            return too_many(request, wait)
        code = "".join(request.POST.get("code", "")[:20].split())
        enrolled = confirm_totp(actor, user, look.session, code=code, now=now)
        if enrolled is None:
            error = _("This is not the code of the app. Look whether the phone's clock is right.")
    if enrolled is None:
        facts = {
            "needs": False, "has_app": totp_of(user) is not None, "may_passkey": can_have_passkeys(request),
            "next": _following(request), "error": error,
        }  # fmt: skip
        return _factor_page(request, user, facts, 422)
    request.session.cycle_key()
    prove_session(
        actor, look.session, session_key=request.session.session_key or "", by="enrolled", is_second_factor=True,
        now=now,
    )  # fmt: skip
    if enrolled.recovery_codes:
        return _codes_page(request, enrolled.recovery_codes, _following(request))
    messages.success(request, _("The second factor is set up."))
    return redirect("settings-sign-in")


def _codes_page(request: HttpRequest, codes: tuple[str, ...], following: str) -> HttpResponse:
    return render(request, "account/recovery_codes.html", {"codes": codes, "next": following})


def _square(text: str) -> str:
    """A QR code as a data URI."""
    out = BytesIO()
    qrcode.make(text, image_factory=SvgPathImage, border=2).save(out)
    return f"data:image/svg+xml;base64,{base64.b64encode(out.getvalue()).decode()}"


@require_POST
@by_person
@freshly_proven
def app_remove(request: HttpRequest, actor: Actor) -> HttpResponse:
    remove_totp(actor, request.user, now=timezone.now())  # type: ignore[arg-type]
    messages.success(request, _("The authenticator app is removed."))
    return redirect("settings-sign-in")


@require_POST
@by_person
@freshly_proven
def codes(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Ten new recovery codes, on the answer's page, once."""
    user: Any = request.user
    if totp_of(user) is None and not passkeys_of(user).exists():
        return redirect("sign-in-factor")
    return _codes_page(
        request, new_recovery_codes(actor, user, now=timezone.now()), reverse("settings-sign-in")
    )


@require_POST
@by_person
@freshly_proven
def passkey(request: HttpRequest, actor: Actor, passkey_id: UUID) -> HttpResponse:
    """Another name, or gone."""
    user: Any = request.user
    found = passkey_for(user, passkey_id)
    now = timezone.now()
    if "remove" in request.POST:
        remove_passkey(actor, user, found, now=now)
        messages.success(request, _("The passkey is removed."))
    else:
        rename_passkey(actor, found, name=request.POST.get("name", ""), now=now)
        messages.success(request, _("The passkey has its name."))
    return redirect("settings-sign-in")


@require_POST
@by_person
def session_end(request: HttpRequest, actor: Actor, session_id: UUID) -> HttpResponse:
    found = session_for(request.user, session_id)  # type: ignore[arg-type]
    end_session(actor, found, reason=Ending.BY_PERSON, now=timezone.now())
    messages.success(request, _("The session is ended."))
    return redirect("settings-sign-in")


@require_POST
@by_person
def sessions_end(request: HttpRequest, actor: Actor) -> HttpResponse:
    """All others."""
    look = look_at_session(request)
    ended = end_sessions_of(
        actor,
        actor.id,
        reason=Ending.BY_PERSON,
        now=timezone.now(),
        besides=look.session.pk if look else None,
    )
    messages.success(request, _("Sessions ended: %(count)d.") % {"count": ended})
    return redirect("settings-sign-in")


@require_POST
@by_person
def device_forget(request: HttpRequest, actor: Actor, device_id: UUID) -> HttpResponse:
    forget_device(actor, device_for(request.user, device_id), now=timezone.now())  # type: ignore[arg-type]
    messages.success(request, _("The device is forgotten."))
    return redirect("settings-sign-in")


@require_POST
@by_person
@freshly_proven
def email(request: HttpRequest, actor: Actor) -> HttpResponse:
    form = EmailForm(request.POST)
    if not form.is_valid():
        return _page(request, 422, email_form=form)
    now = timezone.now()
    wait = wait_for((mail_to(form.cleaned_data["email"]), mail_by(str(actor.id))), now=now)
    if wait:
        return too_many(request, wait)
    ask_for_email(actor, request.user, email=form.cleaned_data["email"], now=now)  # type: ignore[arg-type]
    messages.success(request, _("We sent a link to the new address. Until it is opened, nothing changes."))
    return redirect("settings-sign-in")


@require_POST
@signed_in
@freshly_proven
def member_sessions_end(request: HttpRequest, actor: Actor, membership_id: UUID) -> HttpResponse:
    """An administrator ends all sessions of one member."""
    found = membership_for(actor, membership_id)
    ended = end_sessions_of(actor, found.user_id, reason=Ending.BY_ADMINISTRATOR, now=timezone.now())
    messages.success(request, _("Sessions ended: %(count)d.") % {"count": ended})
    return redirect("settings-sign-in")


@require_POST
@signed_in
@freshly_proven
def everybodys_sessions_end(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Everybody of the workspace signs in again, but for whoever asks."""
    workspace = workspace_for(actor, Permission.MANAGE_WORKSPACE)
    look = look_at_session(request)
    now = timezone.now()
    ended = sum(
        end_sessions_of(
            actor,
            member.user_id,
            reason=Ending.BY_ADMINISTRATOR,
            now=now,
            besides=look.session.pk if look else None,
        )
        for member in members_of(workspace.pk)
    )
    messages.success(request, _("Sessions ended: %(count)d.") % {"count": ended})
    return redirect("settings-sign-in")


@require_POST
@signed_in
@freshly_proven
def policy(request: HttpRequest, actor: Actor) -> HttpResponse:
    """What the workspace demands; live sessions are shortened at once."""
    workspace = workspace_for(actor, Permission.MANAGE_WORKSPACE)
    form = PolicyForm(request.POST)
    if not form.is_valid():
        return _page(request, 422, policy_form=form)
    set_sign_in_policy(actor, workspace, **form.cleaned_data, now=timezone.now())
    messages.success(request, _("The rules for sign-in are saved."))
    return redirect("settings-sign-in")


def _following(request: HttpRequest) -> str:
    said = request.POST.get("next") or request.GET.get("next") or "/"
    # A word without a slash would be taken for the name of a page.
    is_ours = said.startswith("/") and url_has_allowed_host_and_scheme(said, {request.get_host()})
    return said if is_ours else "/"


urlpatterns: list[URLPattern] = [
    path("settings/sign-in", sign_in, name="settings-sign-in"),
    path("settings/sign-in/second-factor", factor, name="sign-in-factor"),
    path("settings/sign-in/app/remove", app_remove, name="sign-in-app-remove"),
    path("settings/sign-in/codes", codes, name="sign-in-codes"),
    path("settings/sign-in/passkeys/<uuid:passkey_id>", passkey, name="sign-in-passkey"),
    path("settings/sign-in/sessions/<uuid:session_id>/end", session_end, name="sign-in-session-end"),
    path("settings/sign-in/sessions/end", sessions_end, name="sign-in-sessions-end"),
    path("settings/sign-in/devices/<uuid:device_id>/forget", device_forget, name="sign-in-device-forget"),
    path("settings/sign-in/policy", policy, name="settings-sign-in-policy"),
    path("settings/sign-in/email", email, name="sign-in-email"),
    path(
        "settings/members/<uuid:membership_id>/sessions/end",
        member_sessions_end,
        name="settings-member-sessions",
    ),
    path("settings/members/sessions/end", everybodys_sessions_end, name="settings-sessions"),
]
