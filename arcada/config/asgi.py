"""The ASGI application: uploads in front (they must not be spooled), then Django. Here rooms are wired."""

import contextlib
import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "arcada.config.settings")  # noqa: TID251 - Django's own switch

import django

django.setup()

from django.core.asgi import get_asgi_application  # noqa: E402 - the apps must be ready first
from django.utils import timezone  # noqa: E402

from arcada.api.upload_auth import authenticate_upload  # noqa: E402
from arcada.apps.files.models import StoredFile, Upload  # noqa: E402
from arcada.apps.files.tus import TusApplication  # noqa: E402
from arcada.apps.records import actions as records  # noqa: E402
from arcada.apps.row_scope import begin_request, serve_only_requests  # noqa: E402
from arcada.apps.sharing.upload_requests import tell_received  # noqa: E402
from arcada.core.access import Actor, ActorKind  # noqa: E402


def _record_received(actor: Actor, upload: Upload, file: StoredFile) -> None:
    now = timezone.now()
    records.file_received(actor, upload, file, now=now)
    if actor.kind is ActorKind.RECIPIENT:
        tell_received(actor.id, now=now)


def _companion_received(actor: Actor, upload: Upload, file: StoredFile) -> None:
    records.companion_received(actor, upload, file, now=timezone.now())


def _upload_failed(actor: Actor, upload: Upload) -> None:
    records.upload_ended(upload, now=timezone.now())


_django = get_asgi_application()
_uploads = TusApplication(
    authenticate=authenticate_upload,
    received={"record": _record_received, "companion": _companion_received},
    failed={"record": _upload_failed},
)

UPLOADS = "/api/v1/uploads/"


async def application(scope, receive, send):  # type: ignore[no-untyped-def]
    """Route by path: everything under /api/v1/uploads/ is tus, the rest is Django."""
    if scope["type"] == "http":
        begin_request()
    if scope["type"] == "http" and scope["path"].startswith(UPLOADS):
        await _uploads(scope, receive, send)
    elif scope["type"] in ("http", "lifespan"):
        if scope["type"] == "lifespan":
            await _lifespan(receive, send)
        else:
            await _always_answered(scope, receive, send)


async def _always_answered(scope, receive, send):  # type: ignore[no-untyped-def]
    """A body that breaks off has no request to answer for Django; the server would call that a failure of ours."""
    is_answered = False

    async def sending(message):  # type: ignore[no-untyped-def]
        nonlocal is_answered
        is_answered = True
        await send(message)

    await _django(scope, receive, sending)
    if not is_answered:
        with contextlib.suppress(Exception):  # whoever went away hears nothing
            await send({"type": "http.response.start", "status": 400, "headers": [(b"content-length", b"0")]})
            await send({"type": "http.response.body", "body": b""})


async def _lifespan(receive, send):  # type: ignore[no-untyped-def]
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            serve_only_requests()
        await send({"type": message["type"] + ".complete"})
        if message["type"] == "lifespan.shutdown":
            return
