"""“Send me your scan”, the sender's side: the link, the door, the files. Nothing of the collection is seen."""

import json
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, URLResolver, path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from arcada.api import door_cookie
from arcada.api.auth import origin_of
from arcada.api.door_cookie import REQUEST
from arcada.apps.records.actions import OfferRefused
from arcada.apps.records.queries import RecordView, standard_of, views_of
from arcada.apps.sharing import upload_requests
from arcada.apps.sharing.request_access import (
    Asked,
    asked_for,
    request_code_of_link,
    request_of_link,
    sender_for,
    sent_records,
    waiting_request_code,
)
from arcada.core.access import Actor
from arcada.core.case_flow import RecordState
from arcada.core.drop_sorting import Placed, fitting_places, sort_drop
from arcada.core.errors import ArcadaError, NotFound, Refused
from arcada.core.findings import Finding, blocks
from arcada.core.sealing import hash_token, same
from arcada.core.share_terms import CODE_LIFE
from arcada.core.standard import Requirement, UploadStandard
from arcada.web.clock import go_by_clock_of
from arcada.web.drop_plan import Asked as Dropped
from arcada.web.drop_plan import read_drop
from arcada.web.finding_words import say_all
from arcada.web.refusal_words import say_refusal
from arcada.web.share_door import masked, nothing_here
from arcada.web.tray import slot_title, title

LINK_LIFE_S = int(CODE_LIFE.total_seconds())
LONGEST_BODY = 10_000


@require_safe
def link(request: HttpRequest, token: str) -> HttpResponse:
    """Swap the secret for a cookie and a clean address; nothing is used up or written (SL-02, SL-06)."""
    try:
        found = request_of_link(token, now=timezone.now())
    except NotFound:
        return nothing_here(request)
    answer = HttpResponseRedirect(f"/u/{found.pk}/")
    if door_cookie.held_in(request.COOKIES, REQUEST, found.pk) is None:
        door_cookie.give(answer, REQUEST, found.pk)
    return answer


@require_safe
def arrive(request: HttpRequest, request_id: UUID, token: str) -> HttpResponse:
    """The link of the mail with the code: for one press in the browser that asked, else where to go on."""
    try:
        code = request_code_of_link(request_id, token, now=timezone.now())
    except NotFound:
        asked = _asked(request, request_id)
        if asked is None:
            return nothing_here(request)
        late = _("This link was used, or it is too old. Ask for a new one.")
        return _page(request, asked, status=422, error=late)
    held = door_cookie.held_in(request.COOKIES, REQUEST, request_id)
    if held is not None and same(hash_token(held["b"]), bytes(code.browser_hash)):
        answer = HttpResponseRedirect(f"/u/{request_id}/")
        door_cookie.hold_link(answer, REQUEST, request_id, token, seconds=LINK_LIFE_S)
        return answer
    return render(request, "share/elsewhere.html", {"brand": code.request.brand_name})


@require_safe
def door(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """Who asks and for what; then a proof; then one's own files."""
    asked = _asked(request, request_id)
    return nothing_here(request) if asked is None else _page(request, asked)


@require_POST
def code(request: HttpRequest, request_id: UUID) -> HttpResponse:
    asked = _asked(request, request_id)
    if asked is None:
        return nothing_here(request)
    try:
        language = getattr(request, "LANGUAGE_CODE", "en")
        upload_requests.send_request_code(asked, language=language, now=timezone.now())
    except Refused as refusal:
        return _page(request, asked, status=422, error=say_refusal(refusal))
    return _page(request, asked)


@require_POST
def enter(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """The code from the mail, or its link pressed in this browser."""
    asked = _asked(request, request_id)
    if asked is None:
        return nothing_here(request)
    now = timezone.now()
    try:
        if request.POST.get("by") == "link":
            upload_requests.open_by_link(asked, token=_link_held(request, asked, now=now), now=now)
        else:
            upload_requests.open_by_code(asked, plain=request.POST.get("code", "")[:40], now=now)
    except Refused as refusal:
        return _page(request, asked, status=422, error=say_refusal(refusal))
    answer = redirect("request-door", request_id)
    door_cookie.drop_link(answer, REQUEST, request_id)
    return answer


@require_POST
def consent(request: HttpRequest, request_id: UUID) -> HttpResponse:
    asked = _asked(request, request_id)
    if asked is None or asked.proof is None:
        return nothing_here(request)
    if "consent" not in request.POST:
        return _page(request, asked, status=422, error=_("First confirm that you may send these files."))
    actor = sender_for(asked, origin=origin_of(request))
    upload_requests.attest_consent(actor, asked.request, now=timezone.now())
    return redirect("request-door", request_id)


@require_POST
def sort_files(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """Which places of the standard the files could take, by their names; tells nothing of what lies there."""
    asked = _asked(request, request_id)
    if asked is None or asked.proof is None:
        return nothing_here(request)
    standard = standard_of(asked.request.collection)
    try:
        dropped = read_drop(request.body)
    except Refused as refusal:
        return JsonResponse({"code": refusal.code, "text": say_refusal(refusal)}, status=422)
    placed = sort_drop(standard, [one.offered for one in dropped], present={})
    files = [_placed(standard, one, place) for one, place in zip(dropped, placed, strict=True)]
    return JsonResponse({"files": files})


@require_POST
def file_new(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """A place for one file, and the address that takes its bytes."""
    try:
        asked, actor = _proven(request, request_id)
        said = _read(request.body)
        offer = upload_requests.send_file(
            actor, asked.request, slot=str(said["slot"])[:64], name=str(said["name"])[:1024],
            size=int(said["size"]), sha256=str(said.get("sha256") or ""), now=timezone.now(),
        )  # fmt: skip
    except NotFound:
        return nothing_here(request)
    except OfferRefused as refusal:
        return JsonResponse(
            {"text": say_refusal(refusal), "findings": _findings(refusal.findings)}, status=422
        )
    except ArcadaError as refusal:
        return JsonResponse({"code": refusal.code, "text": say_refusal(refusal)}, status=422)
    upload = {"url": f"/api/v1/uploads/{offer.upload.pk}", "size": offer.upload.size}
    return JsonResponse({"record": str(offer.record.pk), "upload": upload}, status=201)


@require_safe
def files(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """The sender's own files as they are now: state and findings, for the page that asks again."""
    asked = _asked(request, request_id)
    if asked is None or asked.proof is None:
        return nothing_here(request)
    return render(request, "requests/files.html", {"rows": _rows(asked)})


def _asked(request: HttpRequest, request_id: UUID) -> Asked | None:
    held = door_cookie.held_in(request.COOKIES, REQUEST, request_id)
    if held is None:
        return None
    try:
        asked = asked_for(request_id, browser_secret=held["b"], now=timezone.now())
    except NotFound:
        return None
    go_by_clock_of(asked.request.workspace)
    return asked


def _proven(request: HttpRequest, request_id: UUID) -> tuple[Asked, Actor]:
    asked = _asked(request, request_id)
    if asked is None:
        raise NotFound
    return asked, sender_for(asked, origin=origin_of(request))


def _page(request: HttpRequest, asked: Asked, *, status: int = 200, **facts: Any) -> HttpResponse:
    found, now = asked.request, timezone.now()
    given: dict[str, Any] = {
        "asked": found,
        "masked": masked(found.email),
        "is_proven": asked.proof is not None,
        "code_sent": waiting_request_code(asked, now=now) is not None,
        "link_here": _link_held(request, asked, now=now) != "",
        **facts,
    }
    if asked.proof is not None:
        standard = standard_of(found.collection)
        wanted = [slot for slot in standard.slots if slot.requirement is not Requirement.DISCOURAGED]
        given |= {
            "places": [
                {"title": title(slot), "is_required": slot.requirement is Requirement.REQUIRED}
                for slot in wanted
            ],
            "rows": _rows(asked),
            "left": max(0, found.max_files - found.files),
        }
    return render(request, "requests/door.html", given, status=status)


def _link_held(request: HttpRequest, asked: Asked, *, now: datetime) -> str:
    token = door_cookie.held_link(request.COOKIES, REQUEST, asked.request.pk, seconds=LINK_LIFE_S)
    if not token:
        return ""
    try:
        code = request_code_of_link(asked.request.pk, token, now=now)
    except NotFound:
        return ""
    return token if same(bytes(code.browser_hash), asked.browser_hash) else ""


def _rows(asked: Asked) -> list[dict[str, Any]]:
    standard = standard_of(asked.request.collection)
    return [_row(standard, view) for view in views_of(sent_records(asked.request))]


def _row(standard: UploadStandard, view: RecordView) -> dict[str, Any]:
    record = view.record
    return {
        "id": str(record.pk),
        "place": slot_title(standard, record.slot),
        "state": record.state,
        "bytes": record.original.bytes if record.original else None,
        "is_moving": record.state in (RecordState.QUEUED, RecordState.PROCESSING),
        "findings": say_all(view.findings),
    }


def _placed(standard: UploadStandard, dropped: Dropped, place: Placed) -> dict[str, Any]:
    if place.companion_of is not None:
        note = {"grade": "note", "what": _("Materials and textures are not taken here.")}
        return {"slot": None, "choices": [], "findings": [note], "can_start": False}
    choices = [
        {"slot": slot.code, "title": title(slot)} for slot in fitting_places(standard, dropped.offered.name)
    ]
    can_start = place.slot is not None and not blocks(place.findings)
    return {
        "slot": place.slot, "choices": choices, "findings": _findings(place.findings), "can_start": can_start
    }  # fmt: skip


def _findings(findings: tuple[Finding, ...]) -> list[dict[str, str]]:
    return [
        {"grade": said.grade, "what": f"{said.what} {said.measured} {said.todo}".strip()}
        for said in say_all(findings)
    ]


def _read(body: bytes) -> dict[str, Any]:
    try:
        if len(body) > LONGEST_BODY:
            raise ValueError
        said: dict[str, Any] = json.loads(body)
        int(said["size"]), said["slot"], said["name"]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise Refused("The list of files can't be read.", code="bad_list") from None
    return said


urlpatterns: list[URLPattern | URLResolver] = [
    path("u/<str:token>", link, name="request-link"),
    path("u/<uuid:request_id>/", door, name="request-door"),
    path("u/<uuid:request_id>/in/<str:token>", arrive, name="request-arrive"),
    path("u/<uuid:request_id>/code", code, name="request-code"),
    path("u/<uuid:request_id>/open", enter, name="request-open"),
    path("u/<uuid:request_id>/consent", consent, name="request-consent"),
    path("u/<uuid:request_id>/sorted", sort_files, name="request-sorted"),
    path("u/<uuid:request_id>/files", files, name="request-files"),
    path("u/<uuid:request_id>/files/new", file_new, name="request-file-new"),
]
