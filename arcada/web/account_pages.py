"""The account: sign-up and sign-in (allauth in our look), workspaces, invitations, settings."""

from typing import Any
from uuid import UUID

from asgiref.sync import sync_to_async
from django import forms
from django.conf import settings as django_settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import URLPattern, URLResolver, include, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from arcada.api.auth import WORKSPACE_KEY, person_of_session, session_actor
from arcada.apps.accounts import actions
from arcada.apps.accounts.access import invitation_by_token, membership_for, token_for, workspace_for
from arcada.apps.accounts.plans import trial_ends_at
from arcada.apps.accounts.queries import (
    brand_values,
    members_of,
    memberships_of,
    profile_values,
    tokens_of,
)
from arcada.apps.files.queries import bytes_kept, newest_file
from arcada.apps.files.serving import answer_file
from arcada.apps.mail.actions import queue_mail
from arcada.apps.records.logo import LARGEST, set_logo
from arcada.apps.sharing.mail_limits import count_mails
from arcada.core.access import Actor, Permission, Role, WorkspaceKind
from arcada.core.errors import Conflict, NotFound, Refused
from arcada.core.plans import Tier
from arcada.core.tooth import Notation
from arcada.web import sign_in_pages, sign_in_settings
from arcada.web.clock import zones
from arcada.web.here import signed_in
from arcada.web.refusal_words import say_refusal
from arcada.web.seen import SeenForm, opened_on, show_both
from arcada.web.session_gate import freshly_proven
from arcada.web.sign_up import INVITED_KEY

KINDS = [
    (WorkspaceKind.CLINIC.value, gettext_lazy("Dental clinic or practice")),
    (WorkspaceKind.LAB.value, gettext_lazy("Dental lab")),
    (WorkspaceKind.MANUFACTURING_LAB.value, gettext_lazy("Manufacturing lab")),
]
ROLES = [(role.value, gettext_lazy(role.value.capitalize())) for role in Role]


NOTATIONS = [
    (Notation.FDI.value, gettext_lazy("FDI (11 to 48)")),
    (Notation.UNIVERSAL.value, gettext_lazy("Universal (1 to 32)")),
    (Notation.PALMER.value, gettext_lazy("Palmer (angle and number)")),
]


class WorkspaceForm(forms.Form):
    kind = forms.ChoiceField(label=gettext_lazy("What it is"), choices=KINDS)
    name = forms.CharField(label=gettext_lazy("Name of the clinic or lab"), max_length=120)


class ProfileForm(SeenForm):
    name = forms.CharField(label=gettext_lazy("Your name"), max_length=120)
    language = forms.ChoiceField(label=gettext_lazy("Language of mails"), choices=django_settings.LANGUAGES)
    notation = forms.ChoiceField(
        label=gettext_lazy("Tooth numbers"), choices=NOTATIONS, required=False,
        help_text=gettext_lazy("How you see them. Stored and sent is always FDI."),
    )  # fmt: skip


class BrandForm(SeenForm):
    name = forms.CharField(label=gettext_lazy("Name of the workspace"), max_length=120)
    brand_name = forms.CharField(
        label=gettext_lazy("Brand"), max_length=120, required=False,
        help_text=gettext_lazy("Shown on shares and in mails instead of the name."),
    )  # fmt: skip
    logo = forms.FileField(
        label=gettext_lazy("Logo"), required=False,
        help_text=gettext_lazy("JPG or PNG, 2 MB at most."),
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg"}),
    )  # fmt: skip


class ClockForm(forms.Form):
    time_zone = forms.ChoiceField(
        label=gettext_lazy("Time zone"), choices=zones,
        help_text=gettext_lazy("Times on your pages, in your mails and on what you share are in this zone."),
    )  # fmt: skip


class InviteForm(forms.Form):
    email = forms.EmailField(label=gettext_lazy("Mail address"), max_length=254)
    role = forms.ChoiceField(label=gettext_lazy("Role"), choices=ROLES, initial=Role.DENTIST.value)


class TokenForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("What it is for"), max_length=120)


@require_http_methods(["GET", "HEAD", "POST"])
def workspace_new(request: HttpRequest) -> HttpResponse:
    """After sign-up: what do you work in?"""
    if not request.user.is_authenticated:
        return redirect("account_login")
    actor = person_of_session(request)
    form = WorkspaceForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and actor is not None:
        now = timezone.now()
        workspace = actions.create_workspace(
            actor, request.user, kind=WorkspaceKind(form.cleaned_data["kind"]), name=form.cleaned_data["name"],
            tier=Tier.TRIAL, tier_ends_at=trial_ends_at(now), now=now,
        )  # fmt: skip
        request.session[WORKSPACE_KEY] = str(workspace.pk)
        return redirect("home")
    return render(request, "account/workspace_new.html", {"form": form})


@require_POST
@signed_in
def workspace_switch(request: HttpRequest, actor: Actor) -> HttpResponse:
    chosen = request.POST.get("workspace", "")
    if any(str(membership.workspace_id) == chosen for membership in memberships_of(request.user)):  # type: ignore[arg-type]
        request.session[WORKSPACE_KEY] = chosen
    return redirect("home")


@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Join a workspace: who invites, then one button; signing in or registering comes first."""
    found = invitation_by_token(token, now=timezone.now())
    if request.method == "POST":
        actor = session_actor(request)
        if actor is None:
            return redirect(f"{reverse('account_login')}?next={request.path}")
        actions.accept_invitation(actor, found, user=request.user, now=timezone.now())  # type: ignore[arg-type]
        request.session[WORKSPACE_KEY] = str(found.workspace_id)
        messages.success(request, _("You work in %(name)s now.") % {"name": found.workspace.name})
        return redirect("home")
    if not request.user.is_authenticated:
        # Whoever has the link has the mail: registering with that address needs no second one.
        request.session[INVITED_KEY] = found.email
    return render(request, "account/invitation.html", {"invitation": found})


@require_safe
@signed_in
def settings(request: HttpRequest, actor: Actor) -> HttpResponse:
    return _settings(request, actor)


def _settings(request: HttpRequest, actor: Actor, status: int = 200, **given: Any) -> HttpResponse:
    workspace = workspace_for(actor, Permission.VIEW) if Permission.VIEW in actor.permissions else None
    user: Any = request.user
    facts = {
        "profile": ProfileForm(initial=opened_on(profile_values(user))),
        "brand": BrandForm(initial=opened_on(brand_values(workspace)) if workspace else None),
        "clock": ClockForm(initial={"time_zone": workspace.time_zone if workspace else "UTC"}),
        "invite": InviteForm(),
        "token_form": TokenForm(),
        "members": members_of(workspace.pk) if workspace else [],
        "tokens": tokens_of(actor),
        "memberships": memberships_of(user),
        "has_logo": bool(workspace and newest_file(workspace.pk, "logo")),
        "bytes_kept": bytes_kept(workspace.pk) if workspace else 0,
        "may_manage_plan": Permission.MANAGE_PLAN in actor.permissions,
        "may_manage": Permission.MANAGE_WORKSPACE in actor.permissions,
        "roles": ROLES,
        **given,
    }
    return render(request, "settings/settings.html", facts, status=status)


@require_POST
@signed_in
def profile(request: HttpRequest, actor: Actor) -> HttpResponse:
    form = ProfileForm(request.POST)
    if not form.is_valid():
        return _settings(request, actor, 422, profile=form)
    user: Any = request.user
    said = form.cleaned_data
    try:
        actions.edit_profile(
            actor,
            user,
            name=said["name"],
            language=said["language"],
            notation=said["notation"],
            seen=form.mark,
            now=timezone.now(),
        )
    except Conflict as conflict:
        user.refresh_from_db()
        show_both(form, conflict, profile_values(user))
        return _settings(request, actor, 409, profile=form)
    messages.success(request, _("Your name is saved."))
    return redirect("settings")


@require_POST
@signed_in
def brand(request: HttpRequest, actor: Actor) -> HttpResponse:
    workspace = workspace_for(actor, Permission.MANAGE_WORKSPACE)
    form = BrandForm(request.POST, request.FILES)
    if not form.is_valid():
        return _settings(request, actor, 422, brand=form)
    logo = form.cleaned_data["logo"]
    try:
        if logo is not None:
            data = logo.read(LARGEST + 1)
            set_logo(actor, workspace, name=logo.name or "", data=data, now=timezone.now())
    except Refused as refusal:
        form.add_error("logo", say_refusal(refusal))
        return _settings(request, actor, 422, brand=form)
    try:
        actions.edit_brand(
            actor, workspace, name=form.cleaned_data["name"], brand_name=form.cleaned_data["brand_name"],
            seen=form.mark, now=timezone.now(),
        )  # fmt: skip
    except Conflict as conflict:
        show_both(form, conflict, brand_values(workspace_for(actor, Permission.MANAGE_WORKSPACE)))
        return _settings(request, actor, 409, brand=form)
    messages.success(request, _("The brand is saved."))
    return redirect("settings")


@require_POST
@signed_in
def clock(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The workspace's time zone."""
    workspace = workspace_for(actor, Permission.MANAGE_WORKSPACE)
    form = ClockForm(request.POST)
    if not form.is_valid():
        return _settings(request, actor, 422, clock=form)
    actions.set_time_zone(actor, workspace, time_zone=form.cleaned_data["time_zone"], now=timezone.now())
    messages.success(request, _("The time zone is saved."))
    return redirect("settings")


@require_POST
@signed_in
def invite(request: HttpRequest, actor: Actor) -> HttpResponse:
    workspace = workspace_for(actor, Permission.MANAGE_WORKSPACE)
    form = InviteForm(request.POST)
    if not form.is_valid():
        return _settings(request, actor, 422, invite=form)
    now = timezone.now()
    user: Any = request.user
    try:
        count_mails(actor, workspace_id=workspace.pk, targets=[form.cleaned_data["email"]], now=now)
    except Refused as refusal:
        form.add_error(None, say_refusal(refusal))
        return _settings(request, actor, 422, invite=form)
    new = actions.invite_member(
        actor, workspace, email=form.cleaned_data["email"], role=Role(form.cleaned_data["role"]),
        invited_by=user, now=now,
    )  # fmt: skip
    url = f"{django_settings.ENV.public_url}{reverse('invitation', args=[new.secret])}"
    queue_mail(
        "member_invitation", to=new.invitation.email, language=user.language, now=now,
        facts={"by": user.get_full_name(), "workspace": workspace.name, "url": url},
    )  # fmt: skip
    messages.success(request, _("The invitation is on its way."))
    return redirect("settings")


@require_POST
@signed_in
@freshly_proven
def member(request: HttpRequest, actor: Actor, membership_id: UUID) -> HttpResponse:
    """Another role, or out."""
    found = membership_for(actor, membership_id)
    role = request.POST.get("role", "")
    actions.change_member(
        actor, found, role=Role(role) if role in set(Role) else None,
        is_active=False if "remove" in request.POST else None, now=timezone.now(),
    )  # fmt: skip
    messages.success(request, _("The member is changed."))
    return redirect("settings")


@require_POST
@signed_in
@freshly_proven
def token_new(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The secret is on the answer's page, once."""
    form = TokenForm(request.POST)
    if not form.is_valid() or actor.workspace_id is None:
        return _settings(request, actor, 422, token_form=form)
    new = actions.create_token(
        actor, request.user, workspace_id=actor.workspace_id, name=form.cleaned_data["name"], now=timezone.now()  # type: ignore[arg-type]
    )  # fmt: skip
    return _settings(request, actor, new_token=new.secret)


@require_POST
@signed_in
def token_revoke(request: HttpRequest, actor: Actor, token_id: UUID) -> HttpResponse:
    actions.revoke_token(actor, token_for(actor, token_id), now=timezone.now())
    messages.success(request, _("The token is ended."))
    return redirect("settings")


@require_safe
@signed_in
async def logo(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """The logo of one's own workspace."""
    if actor.workspace_id is None:
        raise NotFound
    found = await sync_to_async(newest_file)(actor.workspace_id, "logo")
    if found is None:
        raise Http404
    return await answer_file(
        request,
        found,
        filename="logo.webp",
        media_type=found.media_type,
        inline=True,
        cache="private-immutable",
    )


def not_offered(request: HttpRequest) -> HttpResponse:
    """Pages that allauth brings along and Arcada does not have: an address is the name of an account here."""
    raise NotFound


urlpatterns: list[URLPattern | URLResolver] = [
    path("accounts/email/", not_offered, name="account-none"),
    path("accounts/password/set/", not_offered, name="account-none"),
    path("accounts/login/code/confirm/", not_offered, name="account-none"),
    path("accounts/reauthenticate/", not_offered, name="account-none"),
    *sign_in_pages.urlpatterns,
    *sign_in_settings.urlpatterns,
    path("accounts/", include("allauth.account.urls")),
    path("welcome", workspace_new, name="workspace-new"),
    path("workspace/switch", workspace_switch, name="workspace-switch"),
    path("workspace/logo", logo, name="workspace-logo"),
    path("invitations/<str:token>", invitation, name="invitation"),
    path("settings", settings, name="settings"),
    path("settings/profile", profile, name="settings-profile"),
    path("settings/brand", brand, name="settings-brand"),
    path("settings/time-zone", clock, name="settings-clock"),
    path("settings/members", invite, name="settings-invite"),
    path("settings/members/<uuid:membership_id>", member, name="settings-member"),
    path("settings/tokens", token_new, name="settings-tokens"),
    path("settings/tokens/<uuid:token_id>/end", token_revoke, name="settings-token-end"),
]
