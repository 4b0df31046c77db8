"""“Send me your scan”, the asking side's: ask, see what came, end it."""

from datetime import timedelta
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, URLResolver, path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from arcada.apps.accounts.access import workspace_for
from arcada.apps.records.access import collection_for
from arcada.apps.records.queries import standard_of, views_of
from arcada.apps.sharing.request_access import request_for, sent_records, takes_files
from arcada.apps.sharing.upload_requests import ask_for_files, revoke_request
from arcada.core.access import Actor, Permission
from arcada.core.errors import Refused
from arcada.core.share_terms import MOST_REQUESTED_FILES
from arcada.web.here import signed_in
from arcada.web.refusal_words import say_refusal
from arcada.web.tray import slot_title

DAYS = [(str(days), str(days)) for days in (1, 7, 14, 30, 90)]


class RequestForm(forms.Form):
    email = forms.EmailField(label=gettext_lazy("Mail address"), max_length=254)
    name = forms.CharField(label=gettext_lazy("Name"), max_length=120, required=False)
    note = forms.CharField(
        label=gettext_lazy("Message"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Goes out by mail: write no names of patients."),
    )  # fmt: skip
    max_files = forms.IntegerField(
        label=gettext_lazy("At most so many files"), min_value=1, max_value=MOST_REQUESTED_FILES, initial=20
    )
    days = forms.ChoiceField(label=gettext_lazy("Ends after so many days"), choices=DAYS, initial="7")


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def request_new(request: HttpRequest, actor: Actor, collection_id: UUID) -> HttpResponse:
    """Who is asked, for how long; the collection's standard says what may come."""
    collection = collection_for(actor, collection_id, Permission.ADD_RECORD)
    workspace = workspace_for(actor, Permission.SHARE)
    form = RequestForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        now, data = timezone.now(), form.cleaned_data
        try:
            new = ask_for_files(
                actor, collection, email=data["email"], name=data["name"], note=data["note"],
                max_files=data["max_files"], expires_at=now + timedelta(days=int(data["days"])),
                language=request.user.language, now=now,  # type: ignore[union-attr]
            )  # fmt: skip
        except Refused as refusal:
            form.add_error(None, say_refusal(refusal))
        else:
            messages.success(request, _("A mail with the link is on its way."))
            return redirect("requests-show", new.request.pk)
    facts = {
        "form": form, "collection": collection, "standard": standard_of(collection), "brand": workspace.shown_name
    }  # fmt: skip
    return render(request, "requests/new.html", facts, status=422 if form.errors else 200)


@require_safe
@signed_in
def request_show(request: HttpRequest, actor: Actor, request_id: UUID) -> HttpResponse:
    """What came by this request, and whether it still takes files."""
    found = request_for(actor, request_id)
    standard = standard_of(found.collection)
    now = timezone.now()
    facts = {
        "asked": found,
        "is_live": takes_files(found, now=now),
        "rows": [
            {"record": view.record, "place": slot_title(standard, view.record.slot)}
            for view in views_of(sent_records(found))
        ],
        "now": now,
    }
    return render(request, "requests/show.html", facts)


@require_POST
@signed_in
def request_revoke(request: HttpRequest, actor: Actor, request_id: UUID) -> HttpResponse:
    found = revoke_request(actor, request_for(actor, request_id), now=timezone.now())
    messages.success(request, _("Request %(code)s is ended. What came stays.") % {"code": found.code})
    return redirect("requests-show", found.pk)


urlpatterns: list[URLPattern | URLResolver] = [
    path("collections/<uuid:collection_id>/requests/new", request_new, name="requests-new"),
    path("requests/<uuid:request_id>", request_show, name="requests-show"),
    path("requests/<uuid:request_id>/revoke", request_revoke, name="requests-revoke"),
]
