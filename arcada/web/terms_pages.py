"""Terms, standard and consent: read by anybody, accepted once per version by whoever signs in."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from arcada.api.auth import session_actor
from arcada.apps.conduct.documents import Shown, accept_documents, not_accepted, shown_document
from arcada.core.conduct import DocumentKind
from arcada.core.errors import NotFound

TITLES = {
    DocumentKind.TERMS: gettext_lazy("Terms of use"),
    DocumentKind.STANDARD: gettext_lazy("Technical and ethical standard"),
    DocumentKind.CONSENT: gettext_lazy("Consent of patients"),
}


def _shown(kind: DocumentKind) -> tuple[str, Shown]:
    return str(TITLES[kind]), shown_document(kind, language=get_language() or "en")


@require_safe
def document(request: HttpRequest, kind: str) -> HttpResponse:
    """One text, for anybody."""
    if kind not in set(DocumentKind):
        raise NotFound
    return render(request, "conduct/document.html", {"documents": [_shown(DocumentKind(kind))]})


@require_http_methods(["GET", "HEAD", "POST"])
def terms(request: HttpRequest) -> HttpResponse:
    """What has still to be accepted, with one button; all of it to read for whoever accepted."""
    actor = session_actor(request)
    if actor is None:
        return render(
            request, "conduct/document.html", {"documents": [_shown(kind) for kind in DocumentKind]}
        )
    user = request.user
    if request.method == "POST":
        shown = {kind: request.POST.get(kind.value, "") for kind in DocumentKind}
        accept_documents(actor, user, shown=shown, now=timezone.now())  # type: ignore[arg-type]
        messages.success(request, _("Accepted. Thank you."))
        return redirect(_back(request.POST.get("next", "")))
    waiting = not_accepted(user)  # type: ignore[arg-type]
    facts = {
        "documents": [_shown(kind) for kind in (waiting or DocumentKind)],
        "is_asked": bool(waiting),
        "next": _back(request.GET.get("next", "")),
    }
    return render(request, "conduct/document.html", facts)


def _back(address: str) -> str:
    # A word without a slash would be taken for the name of a page.
    is_ours = address.startswith("/") and url_has_allowed_host_and_scheme(address, allowed_hosts=None)
    return address if is_ours else reverse("home")


urlpatterns = [
    path("terms", terms, name="terms"),
    path("terms/<slug:kind>", document, name="terms-document"),
]
