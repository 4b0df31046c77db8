"""Upload standards: the list, one in words, its JSON, and taking one over with all errors at once."""

import json
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import URLPattern, URLResolver, path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from arcada.apps.accounts.access import workspace_for
from arcada.apps.records.collections import import_standard
from arcada.apps.records.queries import standard_named, standards_of
from arcada.core.access import Actor, Permission
from arcada.core.errors import ArcadaError, Conflict
from arcada.core.standard import Requirement, SlotRule, UploadStandard
from arcada.core.standard_json import LONGEST_JSON, as_dict, dump_standard, load_standard
from arcada.core.upload_standard import SCHEMA, SHIPPED
from arcada.web.finding_words import number
from arcada.web.here import signed_in
from arcada.web.refusal_words import say_refusal
from arcada.web.standard_names import say_standard
from arcada.web.tray import count_places, title


@require_GET
@signed_in
def list_standards(request: HttpRequest, actor: Actor) -> HttpResponse:
    workspace = workspace_for(actor, Permission.VIEW)
    rows = [
        (standard, count_places(standard, set()).places, limits_in_words(standard), standard.name in SHIPPED)
        for standard in standards_of(workspace.pk)
    ]
    return _list(request, actor, rows, workspace.default_standard)


@require_GET
@signed_in
def show(request: HttpRequest, actor: Actor, name: str) -> HttpResponse:
    workspace = workspace_for(actor, Permission.VIEW)
    standard = standard_named(workspace.pk, name)
    facts = {
        "standard": standard,
        "limits": limits_in_words(standard),
        "slots": [(slot, title(slot), kinds_in_words(slot), asked(slot)) for slot in standard.slots],
        "groups": [
            (group, [title(slot) for code in group.slots if (slot := standard.slot(code))])
            for group in standard.one_of
        ],
    }
    return render(request, "standards/show.html", facts)


@require_GET
@signed_in
def export(request: HttpRequest, actor: Actor, name: str) -> HttpResponse:
    workspace = workspace_for(actor, Permission.VIEW)
    standard = standard_named(workspace.pk, name)
    return _download(dump_standard(standard), f"{standard.name}-{standard.version}.json")


@require_GET
@signed_in
def schema(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The published schema that an import is held against."""
    return _download(json.dumps(SCHEMA, indent=2), "upload-standard.schema.json")


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def take_over(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """Import from JSON; everything that is wrong with it is said at once, and what was pasted stays."""
    workspace = workspace_for(actor, Permission.EDIT_STANDARDS)
    text = request.POST.get("json", "")
    errors: list[str] = []
    status = 422
    if request.method == "POST":
        try:
            standard = load_standard(text)
            import_standard(actor, workspace_id=workspace.pk, content=as_dict(standard), now=timezone.now())
        except ArcadaError as refusal:
            status = 409 if isinstance(refusal, Conflict) else 422
            errors = [str(error) for error in refusal.facts.get("errors", ()) or [say_refusal(refusal)]]  # type: ignore[attr-defined]
        else:
            said = {"title": say_standard(standard.title), "version": standard.version}
            messages.info(request, _("%(title)s, version %(version)s, is ready for new collections.") % said)
            return redirect("settings-standard", standard.name)
    facts = {"json": text, "errors": errors, "longest": LONGEST_JSON}
    return render(request, "standards/import.html", facts, status=status if errors else 200)


def limits_in_words(standard: UploadStandard) -> list[str]:
    """Every limit of a standard as a sentence."""
    limits = standard.limits
    said: list[str | None] = [
        limits.image_megapixels and _("Images up to %(n)s megapixels each") % {"n": number(limits.image_megapixels)},
        limits.set_megapixels and _("%(n)s megapixels in all") % {"n": number(limits.set_megapixels)},
        limits.max_photographs
        and ngettext("%(n)s photograph at most", "%(n)s photographs at most", limits.max_photographs)
        % {"n": limits.max_photographs},
        limits.max_radiographs
        and ngettext("%(n)s radiograph at most", "%(n)s radiographs at most", limits.max_radiographs)
        % {"n": limits.max_radiographs},
        limits.triangles_min and _("Scans of %(n)s triangles or more") % {"n": number(limits.triangles_min)},
        limits.triangles_max and _("Scans of %(n)s triangles at most") % {"n": number(limits.triangles_max)},
        _("Larger files are kept without a viewer") if limits.oversize == "store" else None,
    ]  # fmt: skip
    return [str(words) for words in said if words]


def kinds_in_words(slot: SlotRule) -> str:
    names = {
        "scan": _("Scan"), "photograph": _("Photograph"), "radiograph": _("Radiograph"),
        "document": _("Document"), "design": _("Design"),
    }  # fmt: skip
    return ", ".join(names[kind.value] for kind in slot.kinds)


def asked(slot: SlotRule) -> str:
    return {
        Requirement.REQUIRED: _("Required"),
        Requirement.OPTIONAL: _("Optional"),
        Requirement.DISCOURAGED: _("Discouraged"),
    }[slot.requirement]


def _list(request: HttpRequest, actor: Actor, rows: list[Any], default: str) -> HttpResponse:
    facts = {"rows": rows, "default": default, "may_edit": Permission.EDIT_STANDARDS in actor.permissions}
    return render(request, "standards/list.html", facts)


def _download(text: str, name: str) -> HttpResponse:
    answer = HttpResponse(text, content_type="application/json; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


urlpatterns: list[URLPattern | URLResolver] = [
    path("standards", list_standards, name="settings-standards"),
    path("standards/import", take_over, name="settings-standards-import"),
    path("standards/schema.json", schema, name="settings-standards-schema"),
    path("standards/<slug:name>", show, name="settings-standard"),
    path("standards/<slug:name>/export", export, name="settings-standard-export"),
]
