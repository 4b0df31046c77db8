"""Where every address leads: the API for machines, pages for people."""

from django.urls import URLPattern, URLResolver, include, path

from arcada.api.v1 import api

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/v1/", api.urls),
    path("", include("arcada.web.urls")),
]

handler400 = "arcada.web.errors.bad_request"
handler404 = "arcada.web.errors.not_found"
handler500 = "arcada.web.errors.server_error"
