"""The recipient's side of a share: the link, the door, the review. One address, three moments."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from asgiref.sync import sync_to_async
from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import URLPattern, URLResolver, path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST, require_safe

from arcada.api.auth import origin_of, session_actor
from arcada.api.record_files import answer_case_zip, answer_cleaned, answer_rendition
from arcada.apps.cases.access import case_for
from arcada.apps.cases.queries import current_records
from arcada.apps.files.queries import newest_file
from arcada.apps.files.serving import answer_file
from arcada.apps.reviews import actions as reviews
from arcada.apps.reviews.access import thread_for
from arcada.apps.sharing import actions
from arcada.apps.sharing.access import Ended, Invited, invited_for, is_live, link_of, recipient_for
from arcada.core.access import Actor, Permission
from arcada.core.anatomy import RecordKind
from arcada.core.errors import ArcadaError, NotFound, Refused
from arcada.core.share_terms import AccessLevel
from arcada.web.clock import go_by_clock_of
from arcada.web.refusal_words import say_refusal
from arcada.web.review_forms import decide_from, keep_text, open_thread_from
from arcada.web.review_scene import Addresses, review_facts

if TYPE_CHECKING:
    from arcada.apps.cases.models import Case

COOKIE_LIFE_S = 90 * 24 * 3600
BOTS = (
    "bot",
    "crawler",
    "spider",
    "preview",
    "slurp",
    "facebookexternalhit",
    "whatsapp",
    "telegram",
    "skypeuri",
)


def cookie_name(share_id: UUID) -> str:
    """A cookie of its own for each share; __Host- wherever there is TLS."""
    return f"{'__Host-' if settings.ENV.is_production else ''}share-{str(share_id)[:8]}"


@require_safe
def link(request: HttpRequest, token: str) -> HttpResponse:
    """Swap the secret for a cookie and a clean address. Nothing is counted, used up or written (SL-02, SL-06)."""
    try:
        share, recipient = link_of(token, now=timezone.now())
    except NotFound:
        return _nothing_here(request)
    answer = HttpResponseRedirect(f"/r/{share.pk}/")
    held = _held(request, share.pk)
    wanted = str(recipient.pk) if recipient else ""
    # The same person opening the link again keeps the pass of this browser; another link makes a new one.
    if held is None or held["r"] != wanted:
        said = {"s": str(share.pk), "r": wanted, "b": secrets.token_urlsafe(32)}
        answer.set_cookie(
            cookie_name(share.pk), signing.dumps(said, salt="share"), max_age=COOKIE_LIFE_S, httponly=True,
            samesite="Lax", secure=settings.ENV.is_production, path="/",
        )  # fmt: skip
    return answer


def _held(request: HttpRequest, share_id: UUID) -> dict[str, str] | None:
    try:
        said: dict[str, str] = signing.loads(
            request.COOKIES.get(cookie_name(share_id), ""), salt="share", max_age=COOKIE_LIFE_S
        )
    except signing.BadSignature:
        return None
    return said if said.get("s") == str(share_id) else None


def _find(request: HttpRequest, share_id: UUID, *, now: datetime) -> Invited | Ended:
    held = _held(request, share_id)
    if held is None:
        raise NotFound
    recipient = UUID(held["r"]) if held["r"] else None
    found = invited_for(share_id, recipient_id=recipient, browser_secret=held["b"], now=now)
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
        return _nothing_here(request)
    if isinstance(found, Ended):
        return render(request, "share/ended.html", {"share": found.share}, status=410)
    if found.is_proven:
        return _review(request, found, now)
    return _door(request, found)


def _door(request: HttpRequest, invited: Invited, *, status: int = 200, **facts: Any) -> HttpResponse:
    share = invited.share
    given = {
        "share": share,
        "recipient": invited.recipient,
        "masked": _masked(invited.recipient.email) if invited.recipient else "",
        "level": share.level,
        "has_logo": newest_file(share.workspace_id, "logo") is not None,
        **facts,
    }
    return render(request, "share/door.html", given, status=status)


def _masked(email: str) -> str:
    name, _at, host = email.partition("@")
    return f"{name[:1]}•••@{host}"


@require_POST
def code(request: HttpRequest, share_id: UUID) -> HttpResponse:
    """Send a code to the recipient's own address, for this browser alone."""
    invited = _invited(request, share_id)
    if invited is None:
        return _nothing_here(request)
    try:
        actions.send_code(invited, language=getattr(request, "LANGUAGE_CODE", "en"), now=timezone.now())
    except Refused as refusal:
        return _door(request, invited, status=422, error=say_refusal(refusal))
    return _door(request, invited, code_sent=True)


@require_POST
def enter(request: HttpRequest, share_id: UUID) -> HttpResponse:
    """The proof that the level asks for: a code, a passcode, or just the button and a name."""
    invited = _invited(request, share_id)
    if invited is None:
        return _nothing_here(request)
    now = timezone.now()
    name = request.POST.get("name", "")[:120]
    try:
        if invited.share.level == AccessLevel.EMAIL_VERIFIED:
            actions.prove_by_code(invited, plain=request.POST.get("code", "")[:40], now=now)
        elif invited.share.level == AccessLevel.PASSCODE:
            actions.prove_by_passcode(
                invited, passcode=request.POST.get("passcode", "")[:128], name=name, now=now
            )
        else:
            actions.prove_by_opening(invited, name=name, now=now)
    except Refused as refusal:
        is_code = invited.share.level == AccessLevel.EMAIL_VERIFIED
        return _door(request, invited, status=422, error=say_refusal(refusal), code_sent=is_code, name=name)
    _count(request, share_id, now=now)
    return redirect("share-door", share_id)


def _count(request: HttpRequest, share_id: UUID, *, now: datetime) -> None:
    """One consented open; the sender's own people and programs do not count (SL-08)."""
    invited, actor = proven(request, share_id)
    member = session_actor(request)
    if member is not None and member.workspace_id == invited.share.workspace_id:
        return
    if any(word in request.headers.get("User-Agent", "").lower() for word in BOTS):
        return
    actions.open_share(actor, invited, now=now)


def _invited(request: HttpRequest, share_id: UUID) -> Invited | None:
    try:
        found = _find(request, share_id, now=timezone.now())
    except NotFound:
        return None
    return found if isinstance(found, Invited) else None


def _review(request: HttpRequest, invited: Invited, now: datetime) -> HttpResponse:
    share = invited.share
    actor = recipient_for(invited, origin=origin_of(request))
    case = case_for(actor, share.case_id)
    facts = review_facts(request, actor, case, base=f"/r/{share.pk}", addresses=_addresses(share.pk), now=now)
    facts |= {
        "share": share,
        "actor_name": actor.name,
        "has_logo": newest_file(share.workspace_id, "logo") is not None,
        "is_verified": share.level == AccessLevel.EMAIL_VERIFIED,
        "holds": _holds(actor, case),
    }
    return render(request, "share/review.html", facts)


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
        here=f"{base}/",
        comment=base + "/threads/{id}/comments",
    )


def _write(
    request: HttpRequest, share_id: UUID, permission: Permission, do: Callable[[Actor, Case, bool], None]
) -> HttpResponse:
    try:
        invited, actor = proven(request, share_id)
        case = case_for(actor, invited.share.case_id, permission)
    except NotFound:
        return _nothing_here(request)
    try:
        do(actor, case, invited.share.level == AccessLevel.EMAIL_VERIFIED)
    except NotFound:
        return _nothing_here(request)
    except ArcadaError as refusal:
        keep_text(request, refusal)
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
        reviews.add_comment(
            actor, thread, text=request.POST.get("text", ""), now=timezone.now(), author_verified=is_verified
        )

    return _write(request, share_id, Permission.COMMENT, do)


@require_POST
def decision_new(request: HttpRequest, share_id: UUID) -> HttpResponse:
    def do(actor: Actor, case: Case, is_verified: bool) -> None:
        decide_from(request, actor, case, author_verified=is_verified)

    return _write(request, share_id, Permission.DECIDE, do)


@require_safe
async def rendition(request: HttpRequest, share_id: UUID, record_id: UUID, name: str) -> HttpResponseBase:
    try:
        _invited_now, actor = await sync_to_async(proven)(request, share_id)
        return await answer_rendition(
            request, actor, record_id, name, still_allowed=_alive(request, share_id)
        )
    except NotFound:
        return await sync_to_async(_nothing_here)(request)


@require_safe
async def cleaned(request: HttpRequest, share_id: UUID, record_id: UUID) -> HttpResponseBase:
    try:
        _invited_now, actor = await sync_to_async(proven)(request, share_id)
        return await answer_cleaned(request, actor, record_id, still_allowed=_alive(request, share_id))
    except NotFound:
        return await sync_to_async(_nothing_here)(request)


@require_safe
async def files_zip(request: HttpRequest, share_id: UUID) -> HttpResponseBase:
    try:
        invited, actor = await sync_to_async(proven)(request, share_id)
        return await answer_case_zip(actor, invited.share.case_id, still_allowed=_alive(request, share_id))
    except NotFound:
        return await sync_to_async(_nothing_here)(request)


@require_GET
async def logo(request: HttpRequest, share_id: UUID) -> HttpResponseBase:
    """The sender's mark: whoever holds a valid link sees it before verifying (DECISIONS 19)."""
    invited = await sync_to_async(_invited)(request, share_id)
    file = await sync_to_async(newest_file)(invited.share.workspace_id, "logo") if invited else None
    if file is None:
        return await sync_to_async(_nothing_here)(request)
    return await answer_file(
        request, file, filename="logo.webp", media_type=file.media_type, inline=True, cache="no-store"
    )


def _alive(request: HttpRequest, share_id: UUID) -> Callable[[], bool]:
    """Asked while a download runs: a revoked share cuts it (SL-03)."""

    def ask() -> bool:
        try:
            invited, _actor = proven(request, share_id)
        except NotFound:
            return False
        return is_live(invited.share, now=timezone.now())

    return ask


def _nothing_here(request: HttpRequest) -> HttpResponse:
    """Unknown, expired and revoked: one page, byte for byte (SL-11)."""
    return render(request, "share/nothing.html", {"title": _("There is nothing here")}, status=404)


urlpatterns: list[URLPattern | URLResolver] = [
    path("s/<str:token>", link, name="share-link"),
    path("r/<uuid:share_id>/", door, name="share-door"),
    path("r/<uuid:share_id>/code", code, name="share-code"),
    path("r/<uuid:share_id>/open", enter, name="share-open"),
    path("r/<uuid:share_id>/threads", thread_new, name="share-threads"),
    path("r/<uuid:share_id>/threads/<uuid:thread_id>/comments", comment_new, name="share-comment"),
    path("r/<uuid:share_id>/decisions", decision_new, name="share-decisions"),
    path("r/<uuid:share_id>/files.zip", files_zip, name="share-files"),
    path("r/<uuid:share_id>/logo", logo, name="share-logo"),
    path(
        "r/<uuid:share_id>/records/<uuid:record_id>/renditions/<str:name>", rendition, name="share-rendition"
    ),
    path("r/<uuid:share_id>/records/<uuid:record_id>/cleaned", cleaned, name="share-cleaned"),
]
