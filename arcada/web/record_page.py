"""One record: what it is, what was found, what was taken out, its versions, and everything one can do to it."""

import json
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import URLPattern, URLResolver, path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from arcada.api.record_files import answer_cleaned, answer_export, answer_original
from arcada.api.v1.manifest import coarse_blocks, record_manifest
from arcada.apps.files.sealed import original_name
from arcada.apps.records import actions
from arcada.apps.records.access import collection_for, record_for
from arcada.apps.records.queries import (
    Record,
    collections_of,
    record_values,
    standard_of,
    versions_of,
    views_of,
)
from arcada.apps.records.reduce import reduce_record
from arcada.core.access import Actor, Permission
from arcada.core.anatomy import RecordKind
from arcada.core.case_flow import RecordState
from arcada.core.errors import ArcadaError, Conflict, Refused
from arcada.web.collection_page import words_in
from arcada.web.finding_words import say_all
from arcada.web.here import signed_in
from arcada.web.incoming import UNITS, unsure_of_unit
from arcada.web.receipt import receipt_of
from arcada.web.record_facts import facts_of
from arcada.web.refusal_words import say_refusal
from arcada.web.seen import SeenForm, opened_on, show_both
from arcada.web.tray import slot_title, title


class DescribeForm(SeenForm):
    title = forms.CharField(label=gettext_lazy("Name"), max_length=120, required=False)
    tags = forms.CharField(
        label=gettext_lazy("Tags"), max_length=1000, required=False,
        help_text=gettext_lazy("Separated by commas."),
    )  # fmt: skip
    description = forms.CharField(
        label=gettext_lazy("Description"), max_length=4000, required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip


SURFACES = (RecordKind.SCAN, RecordKind.DESIGN)
IMAGES = (RecordKind.PHOTOGRAPH, RecordKind.RADIOGRAPH)


@require_http_methods(["GET", "HEAD"])
@signed_in
def show(request: HttpRequest, actor: Actor, record_id: UUID) -> HttpResponse:
    return _page(request, actor, record_for(actor, record_id))


def _page(
    request: HttpRequest, actor: Actor, record: Record, status: int = 200, typed: DescribeForm | None = None
) -> HttpResponse:
    view = views_of([record])[0]
    manifest = record_manifest(actor, record, base="/api/v1", now=timezone.now())
    blocks = coarse_blocks(manifest, {str(record.pk): view})
    standard = standard_of(record.collection)
    may = {permission.value for permission in actor.permissions}
    entry = manifest["records"][0]
    is_shown = record.state == RecordState.READY
    facts: dict[str, Any] = {
        "record": record,
        "collection": record.collection,
        "patient": record.collection.patient,
        "place": slot_title(standard, record.slot),
        "findings": say_all(view.findings),
        "receipt": receipt_of(view),
        "facts": facts_of(view),
        "describe": typed or DescribeForm(initial=opened_on(record_values(record))),
        "versions": [(one, slot_title(standard, one.slot)) for one in versions_of(record)],
        "file_name": original_name(record.original) if record.original and "original" in may else "",
        "places": [(slot.code, title(slot)) for slot in standard.slots],
        "other_collections": [
            other for other in collections_of(record.collection.patient) if other.pk != record.collection_id
        ],
        "unsure_of_unit": is_shown and unsure_of_unit(view),
        "units": UNITS,
        "may": may,
        "is_surface": is_shown and record.kind in SURFACES and bool(entry["full"]),
        "is_image": is_shown and record.kind in IMAGES and bool(entry["image"]),
        "entry": entry,
        "manifest": json.dumps(manifest).replace("<", "\\u003c"),
        "coarse": blocks.items(),
    }
    return render(request, "records/show.html", facts, status=status)


@require_POST
@signed_in
def describe(request: HttpRequest, actor: Actor, record_id: UUID) -> HttpResponseBase:
    record = record_for(actor, record_id, Permission.EDIT_RECORD)
    form = DescribeForm(request.POST)
    if not form.is_valid():
        return _page(request, actor, record, 422, form)
    try:
        actions.describe_record(
            actor,
            record,
            title=request.POST.get("title"),
            description=request.POST.get("description"),
            tags=words_in(request.POST["tags"]) if "tags" in request.POST else None,
            seen=form.mark,
            now=timezone.now(),
        )
    except Conflict as conflict:
        record = record_for(actor, record_id, Permission.EDIT_RECORD)
        show_both(form, conflict, record_values(record))
        return _page(request, actor, record, 409, form)
    return _back(request, record, _("Kept."))


@require_POST
@signed_in
def move(request: HttpRequest, actor: Actor, record_id: UUID) -> HttpResponseBase:
    """Into another place of its collection, or into another collection of the same patient."""
    record = record_for(actor, record_id, Permission.EDIT_RECORD)
    kind, _sep, said = request.POST.get("to", "").partition(":")
    now = timezone.now()
    try:
        if kind == "collection":
            other = collection_for(actor, UUID(said), Permission.ADD_RECORD)
            record = actions.move_to_collection(actor, record, other, now=now)
        elif said:
            record = actions.move_record(actor, record, slot=said, now=now)
    except (ArcadaError, ValueError) as refusal:
        said = say_refusal(refusal) if isinstance(refusal, ArcadaError) else _("Choose where to move it.")
        messages.error(request, said)
        return redirect("patients-record", record_id)
    return _back(request, record, _("Moved. The new place judges it again."))


@require_POST
@signed_in
def remove(request: HttpRequest, actor: Actor, record_id: UUID) -> HttpResponseBase:
    record = record_for(actor, record_id, Permission.EDIT_RECORD)
    actions.remove_record(actor, record, now=timezone.now())
    if record.state == RecordState.READY:
        _tell(request, _("Removed from the tray. The file stays stored; “Put back” is below the tray."))
    return redirect("patients-collection", record.collection_id)


@require_POST
@signed_in
def restore(request: HttpRequest, actor: Actor, record_id: UUID) -> HttpResponseBase:
    record = record_for(actor, record_id, Permission.EDIT_RECORD)
    actions.restore_record(actor, record, now=timezone.now())
    return redirect("patients-collection", record.collection_id)


@require_POST
@signed_in
def retry(request: HttpRequest, actor: Actor, record_id: UUID) -> HttpResponseBase:
    record = record_for(actor, record_id, Permission.EDIT_RECORD)
    return _back(request, actions.retry_record(actor, record, now=timezone.now()))


@require_POST
@signed_in
def keep(request: HttpRequest, actor: Actor, record_id: UUID) -> HttpResponseBase:
    """Keep what the standard would rather not have, with a person's reason."""
    record = record_for(actor, record_id, Permission.EDIT_RECORD)
    reason = " ".join(request.POST.get("reason", "").split())
    if not reason:
        raise Refused(_("Say why it is kept."), code="reason_missing")
    return _back(request, actions.retry_record(actor, record, keep_reason=reason, now=timezone.now()))


@require_POST
@signed_in
def confirm_picture(request: HttpRequest, actor: Actor, record_id: UUID) -> HttpResponseBase:
    """The tick that no name is written in the picture (DE-07)."""
    record = record_for(actor, record_id, Permission.EDIT_RECORD)
    if record.waits_for_a_look and request.POST.get("no_name") != "on":
        raise Refused(
            _("Tick that you looked and that no name is written in the picture."), code="not_ticked"
        )
    record = actions.confirm_picture(actor, record, now=timezone.now())
    return _back(request, record, _("Confirmed. The picture can be shared now."))


@require_POST
@signed_in
def confirm_unit(request: HttpRequest, actor: Actor, record_id: UUID) -> HttpResponseBase:
    record = record_for(actor, record_id, Permission.EDIT_RECORD)
    unit = request.POST.get("unit", "")
    if unit not in UNITS:
        raise Refused(_("Choose one of the units."), code="unknown_unit")
    return _back(request, actions.retry_record(actor, record, unit=unit, now=timezone.now()))


@require_POST
@signed_in
def reduce(request: HttpRequest, actor: Actor, record_id: UUID) -> HttpResponseBase:
    record = record_for(actor, record_id, Permission.ADD_RECORD)
    return _back(request, reduce_record(actor, record, now=timezone.now()))


@require_GET
@signed_in
async def original(request: HttpRequest, actor: Actor, record_id: UUID) -> HttpResponseBase:
    return await answer_original(request, actor, record_id)


@require_GET
@signed_in
async def cleaned(request: HttpRequest, actor: Actor, record_id: UUID) -> HttpResponseBase:
    return await answer_cleaned(request, actor, record_id)


@require_GET
@signed_in
async def export(request: HttpRequest, actor: Actor, record_id: UUID, name: str) -> HttpResponseBase:
    return await answer_export(actor, record_id, name)


def _back(request: HttpRequest, record: Record, text: str = "") -> HttpResponseBase:
    """Where the form stood: on the record's page, or in the collection."""
    if request.POST.get("back") == "record":
        if text:
            _tell(request, text)
        return redirect("patients-record", record.pk)
    return redirect("patients-collection", record.collection_id)


def _tell(request: HttpRequest, text: str) -> None:
    # A part of a page has no place for messages; they would appear later, out of place.
    if "HX-Request" not in request.headers:
        messages.info(request, text)


urlpatterns: list[URLPattern | URLResolver] = [
    path("records/<uuid:record_id>", show, name="patients-record"),
    path("records/<uuid:record_id>/describe", describe, name="patients-record-describe"),
    path("records/<uuid:record_id>/move", move, name="patients-record-move"),
    path("records/<uuid:record_id>/remove", remove, name="patients-record-remove"),
    path("records/<uuid:record_id>/restore", restore, name="patients-record-restore"),
    path("records/<uuid:record_id>/retry", retry, name="patients-record-retry"),
    path("records/<uuid:record_id>/keep", keep, name="patients-record-keep"),
    path("records/<uuid:record_id>/unit", confirm_unit, name="patients-record-unit"),
    path("records/<uuid:record_id>/picture-check", confirm_picture, name="patients-record-picture-check"),
    path("records/<uuid:record_id>/reduce", reduce, name="patients-record-reduce"),
    path("records/<uuid:record_id>/original", original, name="patients-record-original"),
    path("records/<uuid:record_id>/cleaned", cleaned, name="patients-record-cleaned"),
    path("records/<uuid:record_id>/exports/<str:name>", export, name="patients-record-export"),
]
