"""The recipient's side of a share: the link, the door, the review. One address, three moments."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from asgiref.sync import sync_to_async
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import URLPattern, URLResolver, path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST, require_safe

from arcada.api import door_cookie
from arcada.api.auth import origin_of, session_actor
from arcada.api.door_cookie import SHARE
from arcada.apps.cases.access import case_for
from arcada.apps.cases.queries import current_records
from arcada.apps.files.queries import newest_file
from arcada.apps.files.serving import answer_file
from arcada.apps.reviews.access import thread_for
from arcada.apps.sharing import entering
from arcada.apps.sharing.access import (
    Ended,
    Invited,
    code_of_link,
    invited_for,
    link_of,
    recipient_for,
    waiting_code,
)
from arcada.core.access import Actor, Permission
from arcada.core.anatomy import RecordKind
from arcada.core.errors import ArcadaError, NotFound, Refused
from arcada.core.sealing import hash_token, same
from arcada.core.share_terms import CODE_LIFE, NAMED_LEVELS, AccessLevel
from arcada.core.visitors import is_program
from arcada.web.clock import go_by_clock_of
from arcada.web.decision_papers import answer_paper
from arcada.web.refusal_words import say_refusal
from arcada.web.review_forms import comment_from, decide_from, kept_comment, kept_decision, open_thread_from
from arcada.web.review_scene import Addresses, Unsent, review_facts
from arcada.web.share_account import account_in

if TYPE_CHECKING:
    from arcada.apps.cases.models import Case

LINK_LIFE_S = int(CODE_LIFE.total_seconds())


@require_safe
def link(request: HttpRequest, token: str) -> HttpResponse:
    """Swap the secret for a cookie and a clean address. Nothing is counted, used up or written (SL-02, SL-06)."""
    try:
        share, recipient = link_of(token, now=timezone.now())
    except NotFound:
        return nothing_here(request)
    answer = HttpResponseRedirect(f"/r/{share.pk}/")
    held = _held(request, share.pk)
    # The same person opening the link again keeps the pass of this browser; another link makes a new one.
    if held is None or held["r"] != (str(recipient.pk) if recipient else ""):
        door_cookie.give(answer, SHARE, share.pk, recipient=recipient.pk if recipient else None)
    return answer


@require_safe
def arrive(request: HttpRequest, share_id: UUID, token: str) -> HttpResponse:
    """The link of the mail with the code: kept in this browser for one press, if this browser asked (SL-05).

    In any other browser it only says where to go on. Nothing is used up by a GET (SL-06).
    """
    now = timezone.now()
    try:
        code = code_of_link(share_id, token, now=now)
    except NotFound:
        invited = _invited(request, share_id)
        if invited is None:
            return nothing_here(request)
        late = _("This link was used, or it is too old. Ask for a new one.")
        return _door(request, invited, status=422, error=late)
    held = _held(request, share_id)
    if held is not None and same(hash_token(held["b"]), bytes(code.browser_hash)):
        answer = HttpResponseRedirect(f"/r/{share_id}/")
        door_cookie.hold_link(answer, SHARE, share_id, token, seconds=LINK_LIFE_S)
        return answer
    return render(request, "share/elsewhere.html", {"brand": code.recipient.share.brand_name})


def _held(request: HttpRequest, share_id: UUID) -> dict[str, str] | None:
    return door_cookie.held_in(request.COOKIES, SHARE, share_id)


def _find(request: HttpRequest, share_id: UUID, *, now: datetime) -> Invited | Ended:
    held = _held(request, share_id)
    if held is None:
        raise NotFound
    recipient = UUID(held["r"]) if held["r"] else None
    found = invited_for(
        share_id, recipient_id=recipient, browser_secret=held["b"], now=now, account=account_in(request)
    )
    go_by_clock_of(found.share.workspace)
    return found


def proven(request: HttpRequest, share_id: UUID) -> tuple[Invited, Actor]:
    """The invited browser that has proven itself, as an actor; NotFound otherwise."""
    found = _find(request, share_id, now=timezone.now())
    if isinstance(found, Ended):
        raise NotFound
    return found, recipient_for(found, origin=origin_of(request))


@require_safe
def door(request: HttpRequest, share_id: UUID) -> HttpResponse:
    """First who asks and for what, then a proof, then the review."""
    now = timezone.now()
    try:
        found = _find(request, share_id, now=now)
    except NotFound:
        return nothing_here(request)
    if isinstance(found, Ended):
        return render(request, "share/ended.html", {"share": found.share}, status=410)
    if found.is_proven:
        return _review(request, found, now)
    # Proven once, and the workspace asks for more since: the mailed link alone is not enough (SL-07).
    wants_more = found.proof is not None and found.proof.proven_at is not None
    return _door(request, found, status=403 if wants_more else 200)


def _door(request: HttpRequest, invited: Invited, *, status: int = 200, **facts: Any) -> HttpResponse:
    share, now = invited.share, timezone.now()
    given = {
        "share": share,
        "recipient": invited.recipient,
        "masked": masked(invited.recipient.email) if invited.recipient else "",
        "level": invited.level,
        "has_logo": newest_file(share.workspace_id, "logo") is not None,
        "code_sent": waiting_code(invited, now=now) is not None,
        "link_here": _link_held(request, invited, now=now) != "",
        "account": invited.account,
        "is_addressed": invited.account is not None and invited.account.is_addressed(invited.recipient),
        "lacks_second_factor": invited.lacks_second_factor,
        "may_open_by_account": invited.level in NAMED_LEVELS,
        **facts,
    }
    return render(request, "share/door.html", given, status=status)


def _link_held(request: HttpRequest, invited: Invited, *, now: datetime) -> str:
    """The secret of the mailed link that was opened in this very browser, as long as it still opens."""
    token = door_cookie.held_link(request.COOKIES, SHARE, invited.share.pk, seconds=LINK_LIFE_S)
    if not token:
        return ""
    try:
        code = code_of_link(invited.share.pk, token, now=now)
    except NotFound:
        return ""
    return token if same(bytes(code.browser_hash), invited.browser_hash) else ""


def masked(email: str) -> str:
    name, _at, host = email.partition("@")
    return f"{name[:1]}•••@{host}"


@require_POST
def code(request: HttpRequest, share_id: UUID) -> HttpResponse:
    """Send a code to the recipient's own address, for this browser alone."""
    invited = _invited(request, share_id)
    if invited is None:
        return nothing_here(request)
    if invited.level is AccessLevel.ACCOUNT:
        return _door(request, invited, status=403)
    try:
        entering.send_code(invited, language=getattr(request, "LANGUAGE_CODE", "en"), now=timezone.now())
    except Refused as refusal:
        return _door(request, invited, status=422, error=say_refusal(refusal))
    return _door(request, invited)


@require_POST
def enter(request: HttpRequest, share_id: UUID) -> HttpResponse:
    """The proof that the level asks for: a code, a passcode, or just the button and a name."""
    invited = _invited(request, share_id)
    if invited is None:
        return nothing_here(request)
    now = timezone.now()
    name = request.POST.get("name", "")[:120]
    try:
        _prove(request, invited, name=name, now=now)
    except Refused as refusal:
        status = 403 if refusal.code in ("other_account", "no_second_factor") else 422
        return _door(request, invited, status=status, error=say_refusal(refusal), name=name)
    _count(request, share_id, now=now)
    answer = redirect("share-door", share_id)
    door_cookie.drop_link(answer, SHARE, share_id)
    return answer


def _prove(request: HttpRequest, invited: Invited, *, name: str, now: datetime) -> None:
    """As the level asks now; whoever is signed in with the invited address needs no mail."""
    by = request.POST.get("by", "")
    if invited.level is AccessLevel.ACCOUNT or (invited.level in NAMED_LEVELS and by == "account"):
        entering.prove_by_account(invited, now=now)
    elif invited.level is AccessLevel.EMAIL_VERIFIED and by == "link":
        entering.prove_by_link(invited, token=_link_held(request, invited, now=now), now=now)
    elif invited.level is AccessLevel.EMAIL_VERIFIED:
        entering.prove_by_code(invited, plain=request.POST.get("code", "")[:40], now=now)
    elif invited.level is AccessLevel.PASSCODE:
        passcode = request.POST.get("passcode", "")[:128]
        entering.prove_by_passcode(invited, passcode=passcode, name=name, now=now)
    else:
        entering.prove_by_opening(invited, name=name, now=now)


def _count(request: HttpRequest, share_id: UUID, *, now: datetime) -> None:
    """One consented open; the sender's own people and programs do not count (SL-08)."""
    invited, actor = proven(request, share_id)
    member = session_actor(request)
    if member is not None and member.workspace_id == invited.share.workspace_id:
        return
    if is_program(request.headers):
        return
    entering.open_share(actor, invited, now=now)


def _invited(request: HttpRequest, share_id: UUID) -> Invited | None:
    try:
        found = _find(request, share_id, now=timezone.now())
    except NotFound:
        return None
    return found if isinstance(found, Invited) else None


def _review(
    request: HttpRequest,
    invited: Invited,
    now: datetime,
    *,
    status: int = 200,
    unsent: Unsent | None = None,
    **more: Any,
) -> HttpResponse:
    share = invited.share
    actor = recipient_for(invited, origin=origin_of(request))
    case = case_for(actor, share.case_id)
    facts = review_facts(
        request, actor, case, base=f"/r/{share.pk}", addresses=_addresses(share.pk), now=now, unsent=unsent
    )
    facts |= {
        "share": share,
        "actor_name": actor.name,
        "has_logo": newest_file(share.workspace_id, "logo") is not None,
        "is_verified": invited.level in NAMED_LEVELS,
        "holds": _holds(actor, case),
        "may_claim": invited.level in NAMED_LEVELS and invited.account is None,
    }
    return render(request, "share/review.html", facts | more, status=status)


def _holds(actor: Actor, case: Case) -> dict[str, int]:
    counts: dict[str, int] = {}
    for record in current_records(case, actor=actor):
        counts[RecordKind(record.kind).value] = counts.get(record.kind, 0) + 1
    return counts


def _addresses(share_id: UUID) -> Addresses:
    base = f"/r/{share_id}"
    return Addresses(
        threads=f"{base}/threads",
        decisions=f"{base}/decisions",
        files=f"{base}/files.zip",
        file=base + "/records/{id}/cleaned",
        here=f"{base}/",
        comment=base + "/threads/{id}/comments",
        paper=base + "/decisions/{id}/paper",
    )


def _write(
    request: HttpRequest, share_id: UUID, permission: Permission, do: Callable[[Actor, Case, bool], None]
) -> HttpResponse:
    try:
        invited, actor = proven(request, share_id)
        case = case_for(actor, invited.share.case_id, permission)
    except NotFound:
        return nothing_here(request)
    try:
        do(actor, case, invited.level in NAMED_LEVELS)
    except NotFound:
        return nothing_here(request)
    except ArcadaError as refusal:
        if permission is Permission.DECIDE:
            kept = kept_decision(request, refusal)
        else:
            kept = kept_comment(request, actor, case, refusal)
        return _review(request, invited, timezone.now(), **kept)
    return redirect("share-door", share_id)


@require_POST
def thread_new(request: HttpRequest, share_id: UUID) -> HttpResponse:
    def do(actor: Actor, case: Case, is_verified: bool) -> None:
        open_thread_from(request, actor, case, author_verified=is_verified)

    return _write(request, share_id, Permission.COMMENT, do)


@require_POST
def comment_new(request: HttpRequest, share_id: UUID, thread_id: UUID) -> HttpResponse:
    def do(actor: Actor, case: Case, is_verified: bool) -> None:
        thread = thread_for(actor, thread_id, Permission.COMMENT)
        comment_from(request, actor, thread, author_verified=is_verified)

    return _write(request, share_id, Permission.COMMENT, do)


@require_POST
def decision_new(request: HttpRequest, share_id: UUID) -> HttpResponse:
    def do(actor: Actor, case: Case, is_verified: bool) -> None:
        decide_from(request, actor, case, author_verified=is_verified)

    return _write(request, share_id, Permission.DECIDE, do)


@require_safe
def decision_paper(request: HttpRequest, share_id: UUID, decision_id: UUID, form: str) -> HttpResponse:
    """A decision to keep, as far as the share shows it."""
    try:
        invited, actor = proven(request, share_id)
        case = case_for(actor, invited.share.case_id)
        return answer_paper(actor, case, decision_id, form=form, now=timezone.now())
    except NotFound:
        return nothing_here(request)


@require_GET
async def logo(request: HttpRequest, share_id: UUID) -> HttpResponseBase:
    """The sender's mark: whoever holds a valid link sees it before verifying (DECISIONS 19)."""
    invited = await sync_to_async(_invited)(request, share_id)
    file = await sync_to_async(newest_file)(invited.share.workspace_id, "logo") if invited else None
    if file is None:
        return await sync_to_async(nothing_here)(request)
    return await answer_file(
        request, file, filename="logo.webp", media_type=file.media_type, inline=True, cache="no-store"
    )


def nothing_here(request: HttpRequest) -> HttpResponse:
    """Unknown, expired and revoked: one page, byte for byte (SL-11)."""
    return render(request, "share/nothing.html", {"title": _("There is nothing here")}, status=404)


urlpatterns: list[URLPattern | URLResolver] = [
    path("s/<str:token>", link, name="share-link"),
    path("r/<uuid:share_id>/", door, name="share-door"),
    path("r/<uuid:share_id>/in/<str:token>", arrive, name="share-arrive"),
    path("r/<uuid:share_id>/code", code, name="share-code"),
    path("r/<uuid:share_id>/open", enter, name="share-open"),
    path("r/<uuid:share_id>/threads", thread_new, name="share-threads"),
    path("r/<uuid:share_id>/threads/<uuid:thread_id>/comments", comment_new, name="share-comment"),
    path("r/<uuid:share_id>/decisions", decision_new, name="share-decisions"),
    path(
        "r/<uuid:share_id>/decisions/<uuid:decision_id>/paper.json",
        decision_paper,
        {"form": "json"},
        name="share-decision-json",
    ),
    path(
        "r/<uuid:share_id>/decisions/<uuid:decision_id>/paper.pdf",
        decision_paper,
        {"form": "pdf"},
        name="share-decision-pdf",
    ),
    path("r/<uuid:share_id>/logo", logo, name="share-logo"),
]
