# ruff: noqa: E402 - Django must be set up before its models are imported
"""A server with nothing but uploads, for tests that kill it: tus, and a few addresses that look inside."""

import asyncio
import hashlib
import json
import os
import resource
import signal
from uuid import UUID, uuid4

import django

django.setup()

from django.core.management import call_command
from django.utils import timezone

from arcada.apps.accounts.models import Workspace
from arcada.apps.audit.models import AuditEvent
from arcada.apps.files import steps
from arcada.apps.files.actions import expire_uploads, open_upload
from arcada.apps.files.models import StoredFile, Upload
from arcada.apps.files.sealed import original_name, read_range
from arcada.apps.files.storage import the_store
from arcada.apps.files.sweep import sweep_orphans
from arcada.apps.files.tus import PATH, TusApplication
from arcada.core.access import Actor, ActorKind, Role
from arcada.core.errors import ArcadaError, Refused


def actor_of(scope) -> Actor | None:
    """`Authorization: Bearer <person>/<workspace>`; a session cookie `<person>/<workspace>` does as well."""
    for name, value in scope["headers"]:
        text = value.decode()
        if name == b"authorization":
            person, workspace = text.removeprefix("Bearer ").split("/")
        elif name == b"cookie" and "session=" in text:
            person, workspace = text.split("session=")[1].split("/")
        else:
            continue
        return Actor(kind=ActorKind.PERSON, id=UUID(person), workspace_id=UUID(workspace), role=Role.DENTIST)
    return None


async def authenticate(scope) -> Actor | None:
    return actor_of(scope)


def file_received(actor, upload, file) -> None:
    if upload.subject_id == UUID(int=0xBAD):
        raise Refused("The record is gone.", code="record_gone")


def migrate() -> None:
    call_command("migrate", verbosity=0)


def open_one(actor: Actor, asked: dict) -> dict:
    Workspace.objects.get_or_create(
        id=actor.workspace_id, defaults={"kind": "clinic", "name": "Clinic", "created_at": timezone.now()}
    )
    upload = open_upload(
        actor,
        workspace_id=actor.workspace_id,
        subject_kind=asked.get("subject_kind", "record"),
        subject_id=UUID(asked["subject_id"]) if "subject_id" in asked else uuid4(),
        name=asked.get("name", "upper.stl"),
        size=asked["size"],
        sha256=asked.get("sha256", ""),
        now=timezone.now(),
    )
    return {"id": str(upload.id)}


def look(actor: Actor, asked: dict) -> dict:
    store = the_store()
    return {
        "uploads": {
            str(u.id): {"state": u.state, "offset": u.offset, "reason": u.reason, "key": u.object_key}
            for u in Upload.objects.all()
        },
        "files": {
            str(f.id): {"sha256": f.sha256, "bytes": f.bytes, "key": f.object_key, "name": original_name(f)}
            for f in StoredFile.objects.all()
        },
        "audit": list(AuditEvent.objects.values_list("action", "object_id").order_by("seq")),
        "objects": [one.key for one in store.objects()],
        "unfinished": [one.key for one in store.unfinished()],
        "cpu_seconds": sum(resource.getrusage(resource.RUSAGE_SELF)[:2]),
        "peak_kb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss,
        "now_kb": int(next(r for r in open("/proc/self/status") if r.startswith("VmRSS")).split()[1]),
    }


def read_back(actor: Actor, asked: dict) -> dict:
    file = StoredFile.objects.get(pk=asked["id"])
    digest = hashlib.sha256()
    for piece in read_range(file, 0, file.bytes):
        digest.update(piece)
    return {"sha256": digest.hexdigest()}


def sweep(actor: Actor, asked: dict) -> dict:
    later = timezone.now() + timezone.timedelta(hours=asked.get("hours", 25))
    ended = [str(upload.id) for upload in expire_uploads(later)]
    return {"ended": ended, "removed": sweep_orphans(later)}


def stop_at(actor: Actor, asked: dict) -> dict:
    """Kill the whole server, as kill -9 does, when `step` is reached the `nth` time from now."""
    left = [asked["nth"]]

    def watch(step: steps.Step) -> None:
        if step == asked["step"]:
            left[0] -= 1
            if left[0] <= 0:
                os.killpg(os.getpgrp(), signal.SIGKILL)

    steps.observe(watch)
    return {}


ADDRESSES = {"open": open_one, "look": look, "read": read_back, "sweep": sweep, "stop_at": stop_at}
tus = TusApplication(
    authenticate=authenticate, received=dict.fromkeys(("record", "companion", "logo"), file_received)
)


async def application(scope, receive, send) -> None:
    if scope["type"] == "lifespan":
        while True:
            message = await receive()
            await send({"type": message["type"] + ".complete"})
            if message["type"] == "lifespan.shutdown":
                return
    if scope["path"].startswith(PATH):
        await tus(scope, receive, send)
        return
    body = b""
    while True:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body"):
            break
    work = ADDRESSES[scope["path"].removeprefix("/test/")]
    status, told = 200, {}
    try:
        told = await asyncio.to_thread(work, actor_of(scope), json.loads(body or b"{}"))
    except ArcadaError as fault:
        status, told = 422, {"code": fault.code}
    await send(
        {"type": "http.response.start", "status": status, "headers": [(b"content-type", b"application/json")]}
    )
    await send({"type": "http.response.body", "body": json.dumps(told, default=str).encode()})
