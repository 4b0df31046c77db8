"""Shares, the sender's side: make one, the dashboard, one share with who came."""

from datetime import timedelta
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, URLResolver, path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from arcada.api.pages import page_of
from arcada.apps.accounts.access import Workspace, workspace_for
from arcada.apps.accounts.queries import contacts_of
from arcada.apps.cases.access import case_for
from arcada.apps.cases.queries import current_records
from arcada.apps.records.access import records_for
from arcada.apps.records.queries import views_of
from arcada.apps.sharing import actions
from arcada.apps.sharing.access import level_of, recipient_of_share, share_for
from arcada.apps.sharing.queries import (
    recipients_by_share,
    recipients_of,
    shared_record_ids,
    shares_of,
    visits_of,
)
from arcada.apps.sharing.request_access import requests_of
from arcada.core.access import Actor, Permission
from arcada.core.case_flow import RecordState
from arcada.core.errors import Refused
from arcada.core.outgoing import outgoing_name
from arcada.core.share_terms import MOST_DOWNLOADS, PASSCODE_TRIES, AccessLevel, ShareTerms
from arcada.web.here import signed_in
from arcada.web.refusal_words import say_refusal
from arcada.web.share_account import account_in
from arcada.web.share_history import history_of
from arcada.web.shared_page import received_rows

LEVELS = [
    (AccessLevel.EMAIL_VERIFIED.value, gettext_lazy("Code by mail")),
    (AccessLevel.ACCOUNT.value, gettext_lazy("Account")),
    (AccessLevel.PASSCODE.value, gettext_lazy("Link and passcode")),
    (AccessLevel.OPEN_LINK.value, gettext_lazy("Open link")),
]
DAYS = [(str(days), str(days)) for days in (1, 7, 14, 30, 90)]


class ShareForm(forms.Form):
    recipients = forms.CharField(
        label=gettext_lazy("Recipients"), required=False, max_length=6000,
        widget=forms.Textarea(attrs={"rows": 3, "placeholder": "rosa@north-lab.example, Rosa"}),
        help_text=gettext_lazy("One a line: mail address, name. Each gets a link of their own."),
    )  # fmt: skip
    level = forms.ChoiceField(choices=LEVELS, initial=AccessLevel.EMAIL_VERIFIED.value)
    passcode = forms.CharField(label=gettext_lazy("Passcode"), required=False, max_length=128)
    comment = forms.BooleanField(required=False, initial=True)
    decide = forms.BooleanField(required=False, initial=True)
    download = forms.BooleanField(required=False)
    max_downloads = forms.IntegerField(
        label=gettext_lazy("At most so many downloads"), required=False, min_value=1, max_value=MOST_DOWNLOADS
    )
    days = forms.ChoiceField(label=gettext_lazy("Ends after so many days"), choices=DAYS, initial="7")
    note = forms.CharField(
        label=gettext_lazy("Message"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Goes out by mail: write no names of patients."),
    )  # fmt: skip

    def named(self) -> list[actions.NamedRecipient]:
        found = []
        for line in self.cleaned_data["recipients"].splitlines():
            email, _comma, name = line.partition(",")
            if email.strip():
                found.append(actions.NamedRecipient(email.strip(), name.strip()))
        return found


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def share_new(request: HttpRequest, actor: Actor, case_id: UUID) -> HttpResponse:
    """Who, how, what, how long; beside it the receipt: what goes out and what was taken out."""
    case = case_for(actor, case_id, Permission.SHARE)
    workspace = workspace_for(actor, Permission.SHARE)
    # What goes with a comment goes with the whole case, whose talk it is; by itself it says nothing.
    records = [
        r
        for r in current_records(case)
        if r.state == RecordState.READY and r.is_current and not r.is_attachment
    ]
    levels = _levels(workspace)
    form = ShareForm(request.POST or None, initial={"level": levels[0].value})
    if request.method == "POST" and form.is_valid():
        chosen = set(request.POST.getlist("record"))
        picked = [record for record in records if str(record.pk) in chosen]
        given = {Permission.VIEW} | {
            p
            for p in (Permission.COMMENT, Permission.DECIDE, Permission.DOWNLOAD)
            if form.cleaned_data[p.value]
        }
        now = timezone.now()
        try:
            if not picked:
                raise Refused(_("Choose at least one file."), code="nothing_chosen")
            new = actions.create_share(
                actor,
                case,
                terms=ShareTerms(
                    level=AccessLevel(form.cleaned_data["level"]),
                    permissions=frozenset(given),
                    expires_at=now + timedelta(days=int(form.cleaned_data["days"])),
                    passcode=form.cleaned_data["passcode"],
                    note=form.cleaned_data["note"],
                    max_downloads=form.cleaned_data["max_downloads"],
                ),
                recipients=form.named(),
                # All files chosen: newer versions are shown too. Some: exactly those.
                records=None
                if len(picked) == len(records)
                else records_for(actor, [r.pk for r in picked], Permission.SHARE),
                language=request.user.language,  # type: ignore[union-attr]
                now=now,
            )
        except Refused as refusal:
            form.add_error(None, say_refusal(refusal))
        else:
            facts = {"new": new, "case": case, "share": new.share, "recipients": recipients_of(new.share)}
            return render(request, "shares/made.html", facts)
    receipt = [
        {
            "record": view.record,
            "name": outgoing_name(
                case.code,
                view.record.slot,
                str(view.record.facts.get("format", "")),
                version=view.record.version,
            ),
            "lines": view.record.receipt,
            "is_face": view.record.slot.startswith("EV"),
        }
        for view in views_of(records)
    ]
    facts = {
        "form": form, "case": case, "receipt": receipt, "contacts": contacts_of(workspace.pk)[:100],
        "brand": workspace.shown_name, "levels": levels,
        "chosen": request.POST.getlist("record") if request.method == "POST" else None,
    }  # fmt: skip
    return render(request, "shares/new.html", facts, status=422 if form.errors else 200)


def _levels(workspace: Workspace) -> list[AccessLevel]:
    """What this workspace lets its people choose, the usual one first."""
    if workspace.recipients_need_account:
        return [AccessLevel.ACCOUNT]
    named = [AccessLevel.EMAIL_VERIFIED, AccessLevel.ACCOUNT]
    return named if workspace.privacy_mode == "clinical" else [AccessLevel(value) for value, _name in LEVELS]


@require_safe
@signed_in
def shares(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The dashboard: state, what is left of its life, views; and what others sent to this address."""
    workspace = workspace_for(actor, Permission.VIEW)
    found, following = [], None
    if Permission.SHARE in actor.permissions:
        found, following = page_of(
            shares_of(workspace.pk), field="created_at", cursor=request.GET.get("cursor"), limit=None
        )
    recipients = recipients_by_share(found)
    now = timezone.now()
    rows = [
        {
            "share": s,
            "recipients": recipients.get(s.pk, []),
            "is_live": s.revoked_at is None and s.expires_at > now,
        }
        for s in found
    ]
    account = account_in(request)
    facts = {
        "rows": rows, "following": following, "now": now,
        "received": received_rows(account, now=now)[:50] if account else [],
        "requests": requests_of(workspace.pk)[:20] if Permission.SHARE in actor.permissions else [],
        "may_set_policy": Permission.MANAGE_WORKSPACE in actor.permissions,
        "is_clinical": workspace.privacy_mode == "clinical", "needs_account": workspace.recipients_need_account,
    }  # fmt: skip
    return render(request, "shares/list.html", facts)


@require_POST
@signed_in
def link_policy(request: HttpRequest, actor: Actor) -> HttpResponse:
    """What all links of the workspace ask for; at once, also for links that are out."""
    workspace = workspace_for(actor, Permission.MANAGE_WORKSPACE)
    actions.set_link_policy(
        actor, workspace, needs_account="needs_account" in request.POST,
        is_clinical="is_clinical" in request.POST, now=timezone.now(),
    )  # fmt: skip
    messages.success(request, _("The rules for links are saved."))
    return redirect("shares")


@require_safe
@signed_in
def share_show(request: HttpRequest, actor: Actor, share_id: UUID) -> HttpResponse:
    share = share_for(actor, share_id)
    now = timezone.now()
    facts = {
        "share": share,
        "case": share.case,
        "recipients": recipients_of(share),
        "visits": visits_of(share)[:200],
        "is_live": share.revoked_at is None and share.expires_at > now,
        "count": len(shared_record_ids(share)) if not share.whole_case else None,
        "now": now,
        "level": level_of(share).value,
        "is_locked": share.level == AccessLevel.PASSCODE and share.passcode_tries >= PASSCODE_TRIES,
        "history": history_of(share),
    }
    return render(request, "shares/show.html", facts)


@require_POST
@signed_in
def share_revoke(request: HttpRequest, actor: Actor, share_id: UUID) -> HttpResponse:
    share = actions.revoke_share(actor, share_for(actor, share_id), now=timezone.now())
    messages.success(
        request, _("Share %(code)s is ended. Nobody can open it any more.") % {"code": share.code}
    )
    return redirect("shares-show", share.pk)


@require_POST
@signed_in
def share_extend(request: HttpRequest, actor: Actor, share_id: UUID) -> HttpResponse:
    """A week longer than it had."""
    share = share_for(actor, share_id)
    now = timezone.now()
    actions.extend_share(actor, share, expires_at=max(share.expires_at, now) + timedelta(days=7), now=now)
    messages.success(request, _("The share lives seven days longer."))
    return redirect("shares-show", share.pk)


@require_POST
@signed_in
def share_open_again(request: HttpRequest, actor: Actor, share_id: UUID) -> HttpResponse:
    """Ten more tries at the passcode (SL-04)."""
    share = actions.open_share_again(actor, share_for(actor, share_id), now=timezone.now())
    messages.success(request, _("The share can be opened again."))
    return redirect("shares-show", share.pk)


@require_POST
@signed_in
def share_remind(request: HttpRequest, actor: Actor, share_id: UUID, recipient_id: UUID) -> HttpResponse:
    share = share_for(actor, share_id)
    recipient = recipient_of_share(share, recipient_id)
    actions.remind_recipient(actor, share, recipient, language=request.user.language, now=timezone.now())  # type: ignore[union-attr]
    messages.success(request, _("A fresh link is on its way; the old one of this person no longer works."))
    return redirect("shares-show", share.pk)


urlpatterns: list[URLPattern | URLResolver] = [
    path("cases/<uuid:case_id>/shares/new", share_new, name="shares-new"),
    path("shares", shares, name="shares"),
    path("shares/policy", link_policy, name="shares-policy"),
    path("shares/<uuid:share_id>", share_show, name="shares-show"),
    path("shares/<uuid:share_id>/revoke", share_revoke, name="shares-revoke"),
    path("shares/<uuid:share_id>/open-again", share_open_again, name="shares-open-again"),
    path("shares/<uuid:share_id>/extend", share_extend, name="shares-extend"),
    path("shares/<uuid:share_id>/recipients/<uuid:recipient_id>/remind", share_remind, name="shares-remind"),
]
