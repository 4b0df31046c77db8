"""One's own licence: state it, add evidence, see how far it is and what happens next."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import URLPattern, URLResolver, path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from arcada.apps.licences.access import own_licence_for
from arcada.apps.licences.actions import LARGEST_EVIDENCE, EvidenceRefused, add_evidence, apply_licence
from arcada.apps.licences.queries import evidence_of, is_under_review, licences_of
from arcada.core.access import Actor
from arcada.core.errors import ArcadaError, NotFound
from arcada.core.licence import REMIND_DAYS, LicenceState
from arcada.core.licence_authorities import OTHER
from arcada.web.finding_words import say_all
from arcada.web.here import signed_in
from arcada.web.licence_forms import EvidenceForm, LicenceForm
from arcada.web.licence_words import FORMS, MARKS, STATES, council_of, profession_of
from arcada.web.refusal_words import say_refusal


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def licence(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    if request.method != "POST":
        return _page(request, actor)
    form = LicenceForm(request.POST)
    if not form.is_valid():
        return _page(request, actor, status=422, form=form)
    said = form.cleaned_data
    try:
        apply_licence(
            actor, number=form.read, typed=said["number"], expires_on=said["expires_on"],
            authority_name=said["other_name"] if form.read.authority.code == OTHER else "", now=timezone.now(),
        )  # fmt: skip
    except ArcadaError as refusal:
        form.add_error("expires_on" if refusal.code == "ran_out" else None, say_refusal(refusal))
        return _page(request, actor, status=409 if refusal.code == "under_review" else 422, form=form)
    messages.success(request, _("Your licence is kept. Add evidence of it, then a reviewer looks."))
    return redirect("settings-licence")


@require_POST
@signed_in
def evidence(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """A file for the licence that waits, or for the one that holds."""
    now_open = _open_licence(actor)
    if now_open is None:
        raise NotFound
    form = EvidenceForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, actor, status=422, evidence_form=form)
    file = form.cleaned_data["file"]
    try:
        added = add_evidence(
            actor, own_licence_for(actor, now_open.pk), name=file.name or "",
            data=file.read(LARGEST_EVIDENCE + 1), now=timezone.now(),
        )  # fmt: skip
    except EvidenceRefused as refusal:
        form.add_error("file", say_refusal(refusal))
        return _page(request, actor, status=422, evidence_form=form, findings=say_all(refusal.findings))
    except ArcadaError as refusal:
        form.add_error("file", say_refusal(refusal))
        return _page(request, actor, status=422, evidence_form=form)
    if added.removed:
        messages.success(
            request, _("The file is kept sealed; what it said of camera and place was taken out.")
        )
    else:
        messages.success(request, _("The file is kept sealed."))
    return redirect("settings-licence")


def _open_licence(actor: Actor) -> Any:
    rows = {found.state: found for found in reversed(licences_of(actor)[:50])}
    return rows.get(LicenceState.PENDING) or rows.get(LicenceState.VERIFIED)


def _page(
    request: HttpRequest,
    actor: Actor,
    *,
    status: int = 200,
    form: LicenceForm | None = None,
    evidence_form: EvidenceForm | None = None,
    findings: Any = (),
) -> HttpResponse:
    rows = list(licences_of(actor)[:50])
    pending = next((one for one in rows if one.state == LicenceState.PENDING), None)
    verified = next((one for one in rows if one.state == LicenceState.VERIFIED), None)
    shown = pending or verified
    files = [file for file in evidence_of(shown) if file.deleted_at is None] if shown else []
    is_reviewed = pending is not None and is_under_review(pending)
    days_left = (verified.holds_until - timezone.now()).days if verified and verified.holds_until else None
    facts = {
        "pending": _said(pending),
        "verified": _said(verified),
        "others": [_said(one) for one in rows if one not in (pending, verified)],
        "evidence": files,
        "days_left": days_left,
        "is_ending": days_left is not None and days_left <= max(REMIND_DAYS),
        "is_reviewed": is_reviewed,
        "form": form or LicenceForm(initial=_initial(pending or verified or next(iter(rows), None))),
        "evidence_form": evidence_form or EvidenceForm(),
        "findings": findings,
        "is_first": not rows,
        "is_form_open": form is not None,
    }
    return render(request, "licences/own.html", facts, status=status)


def _initial(known: Any) -> dict[str, Any]:
    """What was stated last: a renewal differs in its last day only."""
    if known is None:
        return {}
    return {
        "council": f"{known.authority}:{known.jurisdiction[3:]}", "profession": known.profession,
        "number": known.number, "expires_on": known.expires_on, "other_name": known.authority_name,
        "other_country": known.jurisdiction[:2] if known.authority == OTHER else "",
    }  # fmt: skip


def _said(one: Any) -> dict[str, Any] | None:
    if one is None:
        return None
    return {
        "row": one, "council": council_of(one), "profession": profession_of(one), "state": STATES[one.state],
        "mark": MARKS[one.state], "form": FORMS[one.form],
    }  # fmt: skip


urlpatterns: list[URLPattern | URLResolver] = [
    path("settings/licence", licence, name="settings-licence"),
    path("settings/licence/evidence", evidence, name="settings-licence-evidence"),
]
