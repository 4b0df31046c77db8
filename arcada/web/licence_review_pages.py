"""The reviewers' queue of licences: what waits, one licence with its evidence, the decision with its reason."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import URLPattern, URLResolver, path
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from arcada.apps.files.sealed import read_bytes
from arcada.apps.licences.access import evidence_for_review, licence_for_review, reviewer_for
from arcada.apps.licences.actions import see_evidence
from arcada.apps.licences.deciding import Opinion, review_licence, suspend_licence, two_needed
from arcada.apps.licences.queries import queue_of, reviewed
from arcada.core.access import Actor
from arcada.core.errors import Refused
from arcada.core.licence import LicenceState, Lookup, Verdict
from arcada.core.licence_authorities import AUTHORITIES
from arcada.web.licence_forms import ReviewForm
from arcada.web.licence_words import (
    FORMS,
    MARKS,
    STATES,
    VERDICTS,
    council_of,
    lookups,
    profession_of,
    say_why_two,
)
from arcada.web.refusal_words import say_refusal
from arcada.web.staff import staff_member

MOST = 100


@require_safe
@staff_member
def queue(request: HttpRequest, actor: Actor) -> HttpResponse:
    rows = queue_of(reviewer_for(actor), now=timezone.now())[:MOST]
    shown = [
        {"row": one, "council": council_of(one), "profession": profession_of(one), "state": STATES[one.state],
         "needs_two": bool(two_needed(one))}
        for one in rows
    ]  # fmt: skip
    return render(request, "licences/queue.html", {"rows": shown})


@require_http_methods(["GET", "HEAD", "POST"])
@staff_member
def review(request: HttpRequest, actor: Actor, licence_id: UUID) -> HttpResponseBase:
    """One licence; a POST is the reviewer's word."""
    found = licence_for_review(actor, licence_id)
    if request.method != "POST":
        return _page(request, actor, found)
    form = ReviewForm(request.POST)
    if not form.is_valid():
        return _page(request, actor, found, form=form, status=422)
    said = form.cleaned_data
    opinion = Opinion(Verdict(said["verdict"]), said["reason"], Lookup(said["lookup"]), said["looked_up_on"])
    try:
        decided = review_licence(actor, found, opinion=opinion, version=said["version"], now=timezone.now())
    except Refused as refusal:
        form.add_error(None, say_refusal(refusal))
        return _page(request, actor, found, form=form, status=422)
    if decided.state == found.state and decided.round == found.round:
        messages.success(request, _("Your word is kept. One more reviewer looks."))
    else:
        messages.success(request, _("Decided: %(state)s.") % {"state": STATES[decided.state]})
    return redirect("review-licences")


@require_POST
@staff_member
def suspend(request: HttpRequest, actor: Actor, licence_id: UUID) -> HttpResponseBase:
    found = licence_for_review(actor, licence_id)
    try:
        suspend_licence(actor, found, reason=request.POST.get("reason", ""), now=timezone.now())
    except Refused as refusal:
        messages.error(request, say_refusal(refusal))
        return redirect("review-licence", found.pk)
    messages.success(request, _("The licence is suspended."))
    return redirect("review-licences")


@require_safe
@staff_member
def evidence(request: HttpRequest, actor: Actor, licence_id: UUID, evidence_id: UUID) -> HttpResponse:
    """The file as it is kept; that it was looked at is recorded."""
    found = evidence_for_review(actor, licence_id, evidence_id)
    file = see_evidence(actor, found, now=timezone.now())
    name = f"evidence{found.suffix}"
    return HttpResponse(
        read_bytes(file),
        content_type=file.media_type,
        headers={
            "Cache-Control": "no-store",
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": "default-src 'none'; sandbox",
            # A PDF is downloaded, never opened here.
            "Content-Disposition": content_disposition_header(found.suffix == ".pdf", name) or "attachment",
        },
    )


def _page(
    request: HttpRequest, actor: Actor, found: Any, *, form: ReviewForm | None = None, status: int = 200
) -> HttpResponse:
    seen = reviewed(found)
    said_of = dict(lookups())
    facts = {
        "licence": found,
        "council": council_of(found),
        "profession": profession_of(found),
        "state": STATES[found.state],
        "mark": MARKS[found.state],
        "form_said": FORMS[found.form],
        "example": AUTHORITIES[found.authority].example,
        "evidence": seen.evidence,
        "reviews": [_word(one, said_of) for one in seen.reviews],
        "earlier": [_word(one, said_of) for one in seen.earlier],
        "why_two": say_why_two(seen.why_two),
        "is_taken": seen.is_taken,
        "others": [
            {"row": one, "council": council_of(one), "state": STATES[one.state]} for one in seen.others[:20]
        ],
        "may_review": found.state in (LicenceState.PENDING, LicenceState.VERIFIED)
        and not any(one.reviewer_id == actor.id for one in seen.reviews),
        "is_recheck": found.state == LicenceState.VERIFIED,
        "form": form or ReviewForm(initial={"version": found.version}),
    }
    return render(request, "licences/review.html", facts, status=status)


def _word(one: Any, said_of: dict[str, str]) -> dict[str, Any]:
    return {
        "by": one.reviewer.get_full_name() if one.reviewer else _("the operator"),
        "verdict": VERDICTS[one.verdict], "lookup": said_of.get(one.lookup, ""), "row": one,
    }  # fmt: skip


urlpatterns: list[URLPattern | URLResolver] = [
    path("review/licences", queue, name="review-licences"),
    path("review/licences/<uuid:licence_id>", review, name="review-licence"),
    path("review/licences/<uuid:licence_id>/suspend", suspend, name="review-licence-suspend"),
    path(
        "review/licences/<uuid:licence_id>/evidence/<uuid:evidence_id>",
        evidence,
        name="review-licence-evidence",
    ),
]
