"""The network: people one shared with, workspaces one works with; the book learns by itself."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, URLResolver, path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from arcada.apps.accounts.access import contact_for, workspace_for
from arcada.apps.accounts.actions import remove_contact, save_contact
from arcada.apps.accounts.queries import contacts_of
from arcada.apps.cases.queries import partners_of
from arcada.apps.sharing.queries import senders_to
from arcada.core.access import Actor, Permission
from arcada.web.here import signed_in
from arcada.web.share_account import account_in


class ContactForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    company = forms.CharField(label=gettext_lazy("Clinic, lab or company"), max_length=120, required=False)
    email = forms.EmailField(label=gettext_lazy("Mail address"), max_length=254)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def network(request: HttpRequest, actor: Actor) -> HttpResponse:
    workspace = workspace_for(actor, Permission.SHARE if request.method == "POST" else Permission.VIEW)
    may_edit = Permission.SHARE in actor.permissions
    form = ContactForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        save_contact(actor, workspace_id=workspace.pk, **form.cleaned_data, now=timezone.now())
        messages.success(request, _("The contact is saved."))
        return redirect("network")
    account = account_in(request)
    facts = {
        "senders": senders_to(account.emails) if account else [],
        "contacts": contacts_of(workspace.pk)[:500], "partners": partners_of(actor)[:200], "form": form,
        "may_edit": may_edit,
    }  # fmt: skip
    return render(request, "network/network.html", facts, status=422 if form.errors else 200)


@require_POST
@signed_in
def contact_remove(request: HttpRequest, actor: Actor, contact_id: UUID) -> HttpResponse:
    remove_contact(actor, contact_for(actor, contact_id), now=timezone.now())
    messages.success(request, _("The contact is out of the book."))
    return redirect("network")


urlpatterns: list[URLPattern | URLResolver] = [
    path("network", network, name="network"),
    path("network/contacts/<uuid:contact_id>/remove", contact_remove, name="network-remove"),
]
