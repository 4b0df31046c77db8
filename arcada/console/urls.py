"""Every address there is, and the console's."""

from django.conf import settings
from django.urls import URLPattern, URLResolver, path

from arcada.config import urls as ordinary
from arcada.console.site import console

urlpatterns: list[URLPattern | URLResolver] = [
    path(settings.ENV.console_path, console.urls),
    *ordinary.urlpatterns,
]

handler400 = ordinary.handler400
handler404 = ordinary.handler404
handler500 = ordinary.handler500
