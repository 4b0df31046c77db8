"""The files behind a share's door: what a proven browser is shown and takes along, each counted as the share says."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Concatenate, ParamSpec
from uuid import UUID

from asgiref.sync import sync_to_async
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import URLPattern, URLResolver, path
from django.utils import timezone
from django.utils.http import quote_etag
from django.views.decorators.http import require_GET, require_safe

from arcada.api.record_files import (
    answer_case_zip,
    answer_cleaned,
    answer_comparison,
    answer_export,
    answer_rendition,
    checked_record,
    exportable_record,
)
from arcada.api.v1.capsule import answer_capsule
from arcada.apps.cases.access import case_for
from arcada.apps.sharing import actions
from arcada.apps.sharing.access import Invited, is_live
from arcada.core.access import Actor, Permission
from arcada.core.errors import NotFound, Refused
from arcada.web.refusal_words import say_refusal
from arcada.web.share_account import look_again
from arcada.web.share_door import nothing_here, proven

# As arcada.apps.files.serving reads it.
_RANGE = re.compile(r"bytes=\s*([0-9]{1,18})-([0-9]{0,18})\s*")


Answer = Awaitable[HttpResponseBase]
More = ParamSpec("More")


def behind_the_door(
    view: Callable[Concatenate[HttpRequest, Invited, Actor, More], Answer],
) -> Callable[Concatenate[HttpRequest, UUID, More], Answer]:
    """For whoever has proven itself to the share; to everybody else nothing is here, and what is used up is said."""

    @wraps(view)
    async def answer(
        request: HttpRequest, share_id: UUID, *args: More.args, **more: More.kwargs
    ) -> HttpResponseBase:
        try:
            invited, actor = await sync_to_async(proven)(request, share_id)
            return await view(request, invited, actor, *args, **more)
        except NotFound:
            return await sync_to_async(nothing_here)(request)
        except Refused as refusal:
            return await sync_to_async(_no_more)(request, refusal)

    return answer


def _no_more(request: HttpRequest, refusal: Refused) -> HttpResponse:
    return render(request, "share/no_more.html", {"text": say_refusal(refusal)}, status=403)


@require_safe
@behind_the_door
async def rendition(
    request: HttpRequest, invited: Invited, actor: Actor, record_id: UUID, name: str
) -> HttpResponseBase:
    return await answer_rendition(
        request, actor, record_id, name, still_allowed=alive_check(request, invited)
    )


@require_safe
@behind_the_door
async def comparison(
    request: HttpRequest, invited: Invited, actor: Actor, comparison_id: UUID
) -> HttpResponseBase:
    return await answer_comparison(request, actor, comparison_id, still_allowed=alive_check(request, invited))


@require_safe
@behind_the_door
async def cleaned(request: HttpRequest, invited: Invited, actor: Actor, record_id: UUID) -> HttpResponseBase:
    if request.method == "GET":
        await sync_to_async(_count_file)(request, invited, actor, record_id)
    return await answer_cleaned(request, actor, record_id, still_allowed=alive_check(request, invited))


@require_safe
@behind_the_door
async def files_zip(request: HttpRequest, invited: Invited, actor: Actor) -> HttpResponseBase:
    if request.method == "GET":
        await sync_to_async(_count_zip)(invited, actor)
    return await answer_case_zip(actor, invited.share.case_id, still_allowed=alive_check(request, invited))


@require_GET
@behind_the_door
async def export(
    request: HttpRequest, invited: Invited, actor: Actor, record_id: UUID, name: str
) -> HttpResponseBase:
    await sync_to_async(_count_export)(invited, actor, record_id, name)
    return await answer_export(actor, record_id, name)


@require_safe
@behind_the_door
async def capsule(request: HttpRequest, invited: Invited, actor: Actor) -> HttpResponseBase:
    """Counted like the ZIP: it takes everything that the share gives, once."""
    if request.method == "GET":
        await sync_to_async(_count_zip)(invited, actor)
    return await answer_capsule(actor, invited.share.case_id, still_allowed=alive_check(request, invited))


def _count_file(request: HttpRequest, invited: Invited, actor: Actor, record_id: UUID) -> None:
    """One download, or a further range of one (SL-08, SL-09)."""
    file = checked_record(actor, record_id, Permission.DOWNLOAD).cleaned
    if file is None:
        raise NotFound
    first, asked = _wanted(request, file.bytes, quote_etag(file.sha256))
    if first >= file.bytes:
        return  # answered with 416, without a byte
    actions.count_download(
        actor,
        invited,
        record_id=record_id,
        size=file.bytes,
        first_byte=first,
        asked=asked,
        now=timezone.now(),
    )


def _count_zip(invited: Invited, actor: Actor) -> None:
    case_for(actor, invited.share.case_id, Permission.DOWNLOAD)
    actions.count_download(actor, invited, now=timezone.now())


def _count_export(invited: Invited, actor: Actor, record_id: UUID, name: str) -> None:
    exportable_record(actor, record_id, name)
    actions.count_download(actor, invited, now=timezone.now())


def _wanted(request: HttpRequest, size: int, etag: str) -> tuple[int, int]:
    """The first byte that a request asks for, and how many; what is no plain range is the whole file."""
    said = _RANGE.fullmatch(request.headers.get("Range", ""))
    if said is None or request.headers.get("If-Range", etag) != etag:
        return 0, size
    first, last = int(said[1]), int(said[2] or size - 1)
    if said[2] and last < first:
        return 0, size
    return first, min(last + 1, size) - first


def alive_check(request: HttpRequest, invited: Invited) -> Callable[[], bool]:
    """To be asked while an answer runs: a revoked share cuts it (SL-03)."""

    def ask() -> bool:
        look_again(request)
        try:
            now_invited, _actor = proven(request, invited.share.pk)
        except NotFound:
            return False
        return is_live(now_invited.share, now=timezone.now())

    return ask


urlpatterns: list[URLPattern | URLResolver] = [
    path("r/<uuid:share_id>/files.zip", files_zip, name="share-files"),
    path("r/<uuid:share_id>/capsule", capsule, name="share-capsule"),
    path(
        "r/<uuid:share_id>/records/<uuid:record_id>/renditions/<str:name>", rendition, name="share-rendition"
    ),
    path("r/<uuid:share_id>/comparisons/<uuid:comparison_id>/values", comparison, name="share-comparison"),
    path("r/<uuid:share_id>/records/<uuid:record_id>/cleaned", cleaned, name="share-cleaned"),
    path("r/<uuid:share_id>/records/<uuid:record_id>/exports/<str:name>", export, name="share-export"),
]
