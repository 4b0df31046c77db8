"""One patient with one collection open: the page that patient and collection addresses share, and its live part."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from arcada.apps.cases.queries import cases_of_patient
from arcada.apps.patients.queries import Identity, Patient
from arcada.apps.records.queries import (
    Collection,
    RecordView,
    collections_of,
    findings_of,
    removed_records_of,
    standard_of,
)
from arcada.apps.records.showing import ready_slots_of, set_findings_of, show_collection, tags_of_collection
from arcada.core.access import Actor, Permission
from arcada.core.case_flow import CaseState, RecordState
from arcada.core.file_formats import shown_family
from arcada.core.findings import Finding, Severity
from arcada.core.standard import UploadStandard
from arcada.web.finding_words import number, say_all
from arcada.web.incoming import UNITS, incoming_rows
from arcada.web.standard_names import say_standard
from arcada.web.tray import Count, count_places, facts_line, lay_out, slot_title, title
from arcada.web.upload_words import upload_words

MOST_DATES = 100


@dataclass(frozen=True, slots=True)
class Dated:
    """A collection in the timeline."""

    collection: Collection
    title: str
    count: Count
    records: int


@dataclass(frozen=True, slots=True)
class Listed:
    """A record in the list view."""

    view: RecordView
    place: str
    facts: str
    grade: str


def show_patient(
    request: HttpRequest,
    actor: Actor,
    patient: Patient,
    collection: Collection | None,
    *,
    identity: Identity | None = None,
) -> HttpResponse:
    ready = ready_slots_of(patient)
    judged = set_findings_of(patient)
    dated = [
        _dated(found, ready.get(found.pk, set()), judged.get(found.pk, ()))
        for found in collections_of(patient)[:MOST_DATES]
    ]
    facts: dict[str, Any] = {
        "patient": patient,
        "identity": identity,
        "dated": dated,
        "collection": collection,
        "open_cases": [case for case in cases_of_patient(patient.pk) if case.state != CaseState.CLOSED][:6],
        "may": {permission.value for permission in actor.permissions},
    }
    if collection is not None:
        facts |= collection_facts(request, actor, collection)
    return render(request, "patients/show.html", facts)


def collection_facts(request: HttpRequest, actor: Actor, collection: Collection) -> dict[str, Any]:
    """Tray or list, what comes in, and the set's findings: what the live part of the page shows."""
    standard = standard_of(collection)
    shown = show_collection(actor, collection, now=timezone.now(), event_id=request.GET.get("view", ""))
    found = findings_of(collection)
    is_list = request.GET.get("as") == "list"
    tray = lay_out(standard, shown.views, found, event_id=shown.event_id)
    facts: dict[str, Any] = {
        "collection": collection,
        "standard": standard,
        "view": shown.event_id,
        "is_list": is_list,
        "tray": tray,
        # What is missing stands in the tray itself; the rest needs words.
        "set_findings": say_all(
            item for item in found if item.code not in ("missing_slot", "missing_one_of")
        ),
        "incoming": incoming_rows(
            standard, shown.views, may_see_names=Permission.ORIGINAL in actor.permissions
        ),
        "units": UNITS,
        "removed": [(record, slot_title(standard, record.slot)) for record in removed_records_of(collection)],
        "may": {permission.value for permission in actor.permissions},
        "tags": tags_of_collection(collection),
        "takes": _takes(standard),
        "words": upload_words(),
    }
    if is_list:
        facts["rows"] = [
            _listed(standard, view) for view in shown.views if view.record.state == RecordState.READY
        ]
        facts["places"] = [(slot.code, title(slot)) for slot in standard.slots]
        facts["other_collections"] = [
            other for other in collections_of(collection.patient) if other.pk != collection.pk
        ]
    return facts


def _dated(collection: Collection, ready: set[str], found: Iterable[Finding]) -> Dated:
    standard = standard_of(collection)
    return Dated(
        collection,
        collection.title or say_standard(standard.title),
        count_places(standard, ready, found),
        len(ready),
    )


def _listed(standard: UploadStandard, view: RecordView) -> Listed:
    grades = {found.severity for found in view.findings}
    grade = "warning" if Severity.WARNING in grades else "ok"
    return Listed(view, slot_title(standard, view.record.slot), facts_line(view), grade)


def _takes(standard: UploadStandard) -> str:
    """STL, PLY, OBJ · JPG, PNG up to 2 megapixels · PDF, TXT"""
    families = {family for slot in standard.slots for family in slot.formats}
    groups = [
        ", ".join(shown_family(family) for family in group if family in families)
        for group in (("stl", "ply", "obj"), ("jpg", "png", "dcm"), ("pdf", "txt"))
    ]
    limit = standard.limits.image_megapixels
    if limit is not None and groups[1]:
        groups[1] = _("%(formats)s up to %(count)s megapixels") % {
            "formats": groups[1],
            "count": number(limit),
        }
    return " · ".join(group for group in groups if group)
