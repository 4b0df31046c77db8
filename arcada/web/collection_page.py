"""Collections: one open in its patient's page, new, edit, order, many records at once, ZIP, and where files go."""

from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, URLResolver, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from arcada.api.record_files import answer_collection_zip
from arcada.apps.accounts.access import workspace_for
from arcada.apps.patients.access import patient_for
from arcada.apps.records.access import collection_for, records_for
from arcada.apps.records.actions import (
    move_record,
    move_to_collection,
    remove_record,
    reorder_records,
    tag_records,
)
from arcada.apps.records.collections import edit_collection, open_collection
from arcada.apps.records.queries import collection_values, records_of, standards_of
from arcada.core.access import Actor, Permission
from arcada.core.errors import ArcadaError, Conflict, NotFound, Refused
from arcada.web.drop_plan import plan_of, read_drop
from arcada.web.here import signed_in
from arcada.web.patient_view import collection_facts, show_patient
from arcada.web.refusal_words import say_refusal
from arcada.web.seen import SeenForm, opened_on, show_both
from arcada.web.standard_names import say_standard

MOST_AT_ONCE = 200


class CollectionForm(forms.Form):
    taken_on = forms.DateField(
        label=gettext_lazy("Date"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    title = forms.CharField(label=gettext_lazy("Title"), max_length=120, required=False)
    description = forms.CharField(
        label=gettext_lazy("Description"), max_length=4000, required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip

    def clean_taken_on(self) -> date:
        taken_on: date = self.cleaned_data["taken_on"]
        if not date(1900, 1, 1) <= taken_on <= timezone.localdate():
            raise forms.ValidationError(_("A record set is dated between 1900 and today."))
        return taken_on


class NewCollectionForm(CollectionForm):
    standard = forms.ChoiceField(
        label=gettext_lazy("Upload standard"),
        help_text=gettext_lazy("Says which files belong in the collection. It stays with the collection."),
    )
    field_order = ("taken_on", "standard", "title", "description")


class EditCollectionForm(CollectionForm, SeenForm):
    tags = forms.CharField(
        label=gettext_lazy("Tags"), max_length=1000, required=False,
        help_text=gettext_lazy("Separated by commas."),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD"])
@signed_in
def show(request: HttpRequest, actor: Actor, collection_id: UUID) -> HttpResponse:
    collection = collection_for(actor, collection_id)
    return show_patient(request, actor, collection.patient, collection)


@require_GET
@signed_in
def live(request: HttpRequest, actor: Actor, collection_id: UUID) -> HttpResponse:
    """What changes while files come in: tray or list, findings of the set, incoming rows."""
    collection = collection_for(actor, collection_id)
    facts = collection_facts(request, actor, collection)
    return render(request, "collections/live.html", {**facts, "patient": collection.patient})


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def new(request: HttpRequest, actor: Actor, patient_id: UUID) -> HttpResponseBase:
    patient = patient_for(actor, patient_id, Permission.ADD_RECORD)
    workspace = workspace_for(actor, Permission.VIEW)
    form = NewCollectionForm(
        request.POST or None,
        initial={"taken_on": timezone.localdate(), "standard": workspace.default_standard},
    )
    choices = [
        (
            standard.name,
            _("%(title)s, version %(version)s")
            % {"title": say_standard(standard.title), "version": standard.version},
        )
        for standard in standards_of(workspace.pk)
    ]
    form.fields["standard"].choices = choices  # type: ignore[attr-defined]
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        collection = open_collection(
            actor, patient, taken_on=data["taken_on"], standard_name=data["standard"],
            title=data["title"], description=data["description"], now=timezone.now(),
        )  # fmt: skip
        return redirect("patients-collection", collection.pk)
    return _form_page(
        request, form, patient=patient, title=_("New collection"), button=_("Open collection"),
        back=reverse("patients-show", args=[patient.pk]),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def edit(request: HttpRequest, actor: Actor, collection_id: UUID) -> HttpResponseBase:
    collection = collection_for(actor, collection_id, Permission.EDIT_RECORD)
    form = EditCollectionForm(
        request.POST or None,
        initial=opened_on(collection_values(collection)),
    )
    status = None
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            edit_collection(
                actor, collection, taken_on=data["taken_on"], title=data["title"],
                description=data["description"], tags=words_in(data["tags"]), seen=form.mark, now=timezone.now(),
            )  # fmt: skip
        except Conflict as conflict:
            status = 409
            show_both(form, conflict, collection_values(collection_for(actor, collection_id)))
        else:
            return redirect("patients-collection", collection.pk)
    return _form_page(
        request, form, status, patient=collection.patient, title=_("Edit collection"), button=_("Keep changes"),
        back=reverse("patients-collection", args=[collection.pk]),
    )  # fmt: skip


@require_POST
@signed_in
def sort_files(request: HttpRequest, actor: Actor, collection_id: UUID) -> HttpResponse:
    """Where the files of a drop would go, and what is wrong with them there; writes nothing."""
    collection = collection_for(actor, collection_id, Permission.ADD_RECORD)
    try:
        return JsonResponse(plan_of(collection, read_drop(request.body)))
    except Refused as refusal:
        return JsonResponse({"code": refusal.code, "text": say_refusal(refusal)}, status=422)


@require_POST
@signed_in
def reorder(request: HttpRequest, actor: Actor, collection_id: UUID) -> HttpResponseBase:
    """The whole order (`record`, many), or one record one step: `up` or `down` names it."""
    collection = collection_for(actor, collection_id, Permission.EDIT_RECORD)
    order = _ids(request.POST.getlist("record"))
    if not order:
        order = [record.pk for record in records_of(collection) if record.is_current]
        for word, step in (("up", -1), ("down", 1)):
            moved = _ids(request.POST.getlist(word))
            if moved and moved[0] in order:
                at = order.index(moved[0])
                order.insert(max(0, at + step), order.pop(at))
    reorder_records(actor, collection, record_ids=order, now=timezone.now())
    return redirect(_list_of(collection_id))


@require_POST
@signed_in
def change_many(request: HttpRequest, actor: Actor, collection_id: UUID) -> HttpResponseBase:
    """Tag, move or remove the chosen records, all of them or none."""
    collection = collection_for(actor, collection_id, Permission.EDIT_RECORD)
    chosen = _ids(request.POST.getlist("record"))
    act, now = request.POST.get("act", ""), timezone.now()
    if not chosen:
        messages.warning(request, _("Choose records first."))
        return redirect(_list_of(collection_id))
    records = records_for(actor, chosen, Permission.EDIT_RECORD)
    if any(record.collection_id != collection.pk for record in records):
        raise NotFound
    try:
        with transaction.atomic():  # all of them, or none
            if act == "tag":
                tag_records(actor, records, add=words_in(request.POST.get("tags", "")), now=now)
            elif act == "move":
                _move_all(actor, records, request.POST.get("to", ""))
            elif act == "remove":
                for record in records:
                    remove_record(actor, record, now=now)
        if act == "remove":
            count = len(records)
            removed = ngettext("%(count)s record removed.", "%(count)s records removed.", count) % {
                "count": count
            }
            messages.info(request, f"{removed} " + _("The files stay stored; “Put back” is below the list."))
    except ArcadaError as refusal:
        messages.error(request, say_refusal(refusal))
    return redirect(_list_of(collection_id))


@require_http_methods(["GET", "POST"])
@signed_in
async def export(request: HttpRequest, actor: Actor, collection_id: UUID) -> HttpResponseBase:
    """All accepted files as one ZIP, or those named by `record`; `originals` adds them as uploaded."""
    given = request.POST if request.method == "POST" else request.GET
    chosen = _ids(given.getlist("record"))
    return await answer_collection_zip(
        actor, collection_id, originals="originals" in given, only=frozenset(chosen) or None
    )


def words_in(text: str) -> list[str]:
    """The tags of a line."""
    return [word for part in text.split(",") if (word := " ".join(part.split()))][:50]


def _move_all(actor: Actor, records: list[Any], target: str) -> None:
    """`slot:<code>` of the same collection, or `collection:<id>` of the same patient."""
    kind, _sep, said = target.partition(":")
    now = timezone.now()
    if kind == "slot" and said:
        for record in records:
            move_record(actor, record, slot=said, now=now)
    elif kind == "collection":
        other = collection_for(actor, _ids([said])[0], Permission.ADD_RECORD)
        for record in records:
            move_to_collection(actor, record, other, now=now)
    else:
        raise Refused(_("Choose where to move them."), code="no_target")


def _ids(said: list[str]) -> list[UUID]:
    try:
        return list(dict.fromkeys(UUID(text) for text in said[:MOST_AT_ONCE]))
    except ValueError:
        raise NotFound from None


def _list_of(collection_id: UUID) -> str:
    return reverse("patients-collection", args=[collection_id]) + "?as=list"


def _form_page(
    request: HttpRequest, form: forms.Form, status: int | None = None, **facts: Any
) -> HttpResponse:
    status = status or (422 if form.is_bound and form.errors else 200)
    return render(request, "collections/form.html", {"form": form, **facts}, status=status)


urlpatterns: list[URLPattern | URLResolver] = [
    path("patients/<uuid:patient_id>/collections/new", new, name="patients-collection-new"),
    path("collections/<uuid:collection_id>", show, name="patients-collection"),
    path("collections/<uuid:collection_id>/live", live, name="patients-collection-live"),
    path("collections/<uuid:collection_id>/edit", edit, name="patients-collection-edit"),
    path("collections/<uuid:collection_id>/sorted", sort_files, name="patients-collection-sorted"),
    path("collections/<uuid:collection_id>/reorder", reorder, name="patients-collection-reorder"),
    path("collections/<uuid:collection_id>/bulk", change_many, name="patients-collection-bulk"),
    path("collections/<uuid:collection_id>/files.zip", export, name="patients-collection-zip"),
]
