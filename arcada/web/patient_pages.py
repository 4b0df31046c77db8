"""Patients: the list, a new one, one with its newest collection, its identity, all its files."""

from datetime import date
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

from arcada.api.pages import page_of
from arcada.api.record_files import answer_patient_zip
from arcada.apps.accounts.access import workspace_for
from arcada.apps.patients.access import patient_for
from arcada.apps.patients.actions import add_patient, edit_patient
from arcada.apps.patients.queries import (
    Patient,
    find_patients,
    patient_values,
    patients_of,
    see_identity,
)
from arcada.apps.records.queries import collections_of
from arcada.apps.records.showing import newest_collections
from arcada.core.access import Actor, Permission
from arcada.core.errors import ArcadaError
from arcada.web.here import signed_in
from arcada.web.patient_view import show_patient
from arcada.web.refusal_words import say_refusal
from arcada.web.seen import SeenForm, is_stale, opened_on, show_both


class PatientForm(forms.Form):
    code = forms.CharField(
        label=gettext_lazy("Code"), max_length=32, required=False,
        help_text=gettext_lazy("Shown everywhere instead of the name. Left empty, the next one is given."),
    )  # fmt: skip
    name = forms.CharField(
        label=gettext_lazy("Name"), max_length=200, required=False,
        help_text=gettext_lazy("Kept sealed. Who looks at it is recorded."),
    )  # fmt: skip
    born = forms.DateField(
        label=gettext_lazy("Born"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def clean_born(self) -> date | None:
        born: date | None = self.cleaned_data["born"]
        if born is not None and not date(1900, 1, 1) <= born <= timezone.localdate():
            raise forms.ValidationError(_("This date lies outside a life."))
        return born


class EditPatientForm(PatientForm, SeenForm):
    pass


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def list_patients(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Newest entry first, 50 a page. A search is a POST: a name must not stand in an address."""
    workspace = workspace_for(actor, Permission.VIEW)
    may_search_names = Permission.SEE_IDENTITY in actor.permissions
    given = request.POST if request.method == "POST" else request.GET
    query = " ".join(request.POST.get("q", "").split())[:80]
    rows = (
        find_patients(workspace.pk, query, may_search_names=may_search_names)
        if query
        else patients_of(workspace.pk)
    )
    found, following = page_of(rows, field="touched_at", cursor=given.get("after") or None, limit=None)
    newest = newest_collections([patient.pk for patient in found])
    return render(
        request,
        "patients/list.html",
        {
            "rows": [(patient, newest.get(patient.pk)) for patient in found],
            "following": following,
            "is_first": not given.get("after"),
            "q": query,
            "may_search_names": may_search_names,
            "may_add": Permission.ADD_PATIENT in actor.permissions,
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def new(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    workspace = workspace_for(actor, Permission.ADD_PATIENT)
    form = PatientForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            patient = add_patient(actor, workspace_id=workspace.pk, now=timezone.now(), **form.cleaned_data)
        except ArcadaError as refusal:
            form.add_error("code", say_refusal(refusal))
        else:
            return redirect("patients-show", patient.pk)
    return _form_page(request, form, title=_("New patient"), button=_("Add patient"), back="")


@require_http_methods(["GET", "HEAD"])
@signed_in
def show(request: HttpRequest, actor: Actor, patient_id: UUID) -> HttpResponse:
    """The patient with the newest collection open."""
    patient = patient_for(actor, patient_id)
    return show_patient(request, actor, patient, collections_of(patient).first())


@require_POST
@signed_in
def identity(request: HttpRequest, actor: Actor, patient_id: UUID) -> HttpResponse:
    """The same page with name and birth date in it; that it was shown is recorded."""
    patient = patient_for(actor, patient_id, Permission.SEE_IDENTITY)
    seen = see_identity(actor, patient, now=timezone.now())
    return show_patient(request, actor, patient, collections_of(patient).first(), identity=seen)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def edit(request: HttpRequest, actor: Actor, patient_id: UUID) -> HttpResponseBase:
    patient = patient_for(actor, patient_id, Permission.EDIT_PATIENT)
    if request.method == "POST":
        form = EditPatientForm(request.POST)
        if form.is_valid():
            given = form.cleaned_data
            try:
                edit_patient(
                    actor, patient, code=given["code"], name=given["name"], born=given["born"], seen=form.mark,
                    now=timezone.now(),
                )  # fmt: skip
            except ArcadaError as refusal:
                if is_stale(refusal):
                    return _stale(request, actor, patient, form, refusal)
                form.add_error("code", say_refusal(refusal))
            else:
                messages.info(request, _("Kept."))
                return redirect("patients-show", patient.pk)
    else:
        patient_for(actor, patient_id, Permission.SEE_IDENTITY)
        known = see_identity(actor, patient, now=timezone.now())
        form = EditPatientForm(
            initial=opened_on({"code": patient.code, "name": known.name, "born": known.born})
        )
    return _edit_page(request, patient, form)


def _stale(
    request: HttpRequest, actor: Actor, patient: Patient, form: EditPatientForm, error: ArcadaError
) -> HttpResponse:
    """Both beside each other; that the name as it now stands is shown is recorded."""
    patient = patient_for(actor, patient.pk, Permission.EDIT_PATIENT)
    standing: dict[str, object] = {"code": patient.code}
    if Permission.SEE_IDENTITY in actor.permissions:
        known = see_identity(actor, patient, now=timezone.now())
        standing |= {"name": known.name, "born": known.born}
    show_both(form, error, standing, mark=patient_values(patient))
    return _edit_page(request, patient, form, status=409)


def _edit_page(
    request: HttpRequest, patient: Patient, form: forms.Form, status: int | None = None
) -> HttpResponse:
    title = _("Edit %(code)s") % {"code": patient.code}
    return _form_page(request, form, status, title=title, button=_("Keep changes"), back=str(patient.pk))


@require_GET
@signed_in
async def export(request: HttpRequest, actor: Actor, patient_id: UUID) -> HttpResponseBase:
    """All accepted files of a patient as one ZIP; `originals` adds them as they were uploaded."""
    return await answer_patient_zip(actor, patient_id, originals="originals" in request.GET)


def _form_page(
    request: HttpRequest, form: forms.Form, status: int | None = None, **facts: Any
) -> HttpResponse:
    status = status or (422 if form.is_bound and form.errors else 200)
    return render(request, "patients/form.html", {"form": form, **facts}, status=status)


urlpatterns: list[URLPattern | URLResolver] = [
    path("patients", list_patients, name="patients"),
    path("patients/new", new, name="patients-new"),
    path("patients/<uuid:patient_id>", show, name="patients-show"),
    path("patients/<uuid:patient_id>/edit", edit, name="patients-edit"),
    path("patients/<uuid:patient_id>/identity", identity, name="patients-identity"),
    path("patients/<uuid:patient_id>/files.zip", export, name="patients-zip"),
]
