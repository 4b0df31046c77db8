"""The key that this server signs decisions with, for whoever holds one and asks whose key it is."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, URLResolver, path
from django.views.decorators.http import require_safe

from arcada.core.decision_paper import fingerprint
from arcada.core.sealing import public_half


@require_safe
def signing_key(request: HttpRequest) -> HttpResponse:
    """Open to everybody: a public key is made to be known, and the address of this page says whose it is."""
    key = public_half(settings.ENV.audit_key())
    return render(request, "signing_key.html", {"key": key, "fingerprint": fingerprint(key)})


urlpatterns: list[URLPattern | URLResolver] = [path("signing-key", signing_key, name="signing-key")]
