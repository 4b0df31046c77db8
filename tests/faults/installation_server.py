# ruff: noqa: E402 - Django must be set up before its models are imported
"""An installation that boots once and forks: each fork is a restart of it, ready within milliseconds.

Speaks JSON lines over stdin and stdout; see `tests.faults.installation` for the other end. The parent never
touches the database after its rehearsal, so no fork inherits a line, a lock or a memory of an upload.
"""

import asyncio
import base64
import hashlib
import json
import os
import random
import socket
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from uuid import UUID

import django

django.setup()

from django.db import connections, transaction
from django.utils import timezone

from arcada.apps.accounts.actions import create_workspace
from arcada.apps.accounts.models import User
from arcada.apps.files import receiving, tus
from arcada.apps.files.actions import expire_uploads
from arcada.apps.files.tus_words import answer_to
from arcada.apps.idempotency.actions import once
from arcada.apps.patients.actions import add_patient
from arcada.apps.records.actions import add_record
from arcada.apps.records.collections import open_collection
from arcada.apps.records.models import Collection
from arcada.config.asgi import _companion_received, _record_received, _upload_failed
from arcada.core.access import Actor, ActorKind, Role, WorkspaceKind
from tests.faults.invariants import look_for_breaches

ABANDONED = timedelta(minutes=3)  # by then a request that died under its key is forgotten


def found() -> dict:
    """Somebody with a patient and an open collection; returns who and where."""
    now = timezone.now()
    with transaction.atomic():
        user = User.objects.create_user("ada@lima.example", "a long enough password", name="Dr Ada Lima")
        workspace = create_workspace(
            Actor.system(), user, kind=WorkspaceKind.CLINIC, name="Lima Dental", now=now
        )
        actor = _actor(str(user.id), str(workspace.id))
        patient = add_patient(actor, workspace_id=workspace.id, now=now)
        collection = open_collection(
            actor, patient, taken_on=date(2026, 3, 17), standard_name="free-collection", now=now
        )
    return {"person": str(user.id), "workspace": str(workspace.id), "collection": str(collection.id)}


def _actor(person: str, workspace: str) -> Actor:
    return Actor(kind=ActorKind.PERSON, id=UUID(person), workspace_id=UUID(workspace), role=Role.OWNER)


def bytes_of(seed: str, size: int) -> bytes:
    return random.Random(seed).randbytes(size)


class Upload:
    """One client's upload: a POST under an idempotency key, then PATCHes; `tell` gets each answer at once."""

    def __init__(self, asked: dict, tell: Callable[[dict], None]) -> None:
        self._asked = asked
        self._tell = tell
        self._data = bytes_of(asked["key"], asked["size"])
        self._actor = _actor(asked["person"], asked["workspace"])
        # A single thread does all the work, so that "the third openat" is the same one each time.
        self._thread = ThreadPoolExecutor(1, "upload", initializer=tus._keep_connections)
        tus._threads = self._thread
        tus._hash_threads = ThreadPoolExecutor(1, "upload-hash")  # it only counts
        received = {"record": _record_received, "companion": _companion_received}
        self._tus = tus.TusApplication(
            authenticate=self._authenticate, received=received, failed={"record": _upload_failed}
        )

    async def _authenticate(self, scope: object) -> Actor:
        return self._actor

    async def run(self) -> None:
        opened = await asyncio.get_running_loop().run_in_executor(self._thread, self._open)
        self._tell(opened)
        if opened["status"] != 201:
            return
        address = f"{tus.PATH}{opened['upload']}"
        status, headers = await self._ask("HEAD", address)
        self._tell({"said": "offset", "status": status, "offset": headers.get("upload-offset")})
        for stop in self._asked["stops"]:
            if status not in (200, 204):
                return
            offset = int(headers["upload-offset"])
            if offset >= stop:
                continue
            status, headers = await self._ask("PATCH", address, offset, self._data[offset:stop])
            self._tell({"said": "offset", "status": status, "offset": headers.get("upload-offset")})

    def _open(self) -> dict:
        """As POST /collections/{id}/records does it."""
        asked = self._asked
        now = timezone.now() + (ABANDONED if asked["is_retry"] else timedelta())

        def answer() -> tuple[int, str]:
            offer = add_record(
                self._actor,
                Collection.objects.get(pk=asked["collection"]),
                slot="upper_jaw", name="upper.stl", size=len(self._data), now=now,
                sha256=hashlib.sha256(self._data).hexdigest(),
            )  # fmt: skip
            return 201, json.dumps({"upload": str(offer.upload.id), "record": str(offer.record.id)})

        try:
            status, body, _ = once(
                actor_id=self._actor.id, key=asked["key"], request=b"one", now=now, answer=answer
            )
            return {"said": "opened", "status": status, **json.loads(body)}
        except Exception as fault:
            return {"said": "opened", "status": answer_to(fault).status, "fault": type(fault).__name__}
        finally:
            connections.close_all()

    async def _ask(
        self, method: str, path: str, offset: int = 0, body: bytes = b""
    ) -> tuple[int, dict[str, str]]:
        headers = {
            "tus-resumable": "1.0.0",
            "content-type": "application/offset+octet-stream",
            "upload-offset": str(offset),
            "content-length": str(len(body)),
            "upload-checksum": f"sha256 {base64.b64encode(hashlib.sha256(body).digest()).decode()}",
        }
        raw = [(name.encode(), value.encode()) for name, value in headers.items()]
        answers: list[dict] = []

        async def receive() -> dict:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: dict) -> None:
            answers.append(message)

        await self._tus({"method": method, "path": path, "headers": raw}, receive, send)
        told = {name.decode(): value.decode() for name, value in answers[0]["headers"]}
        return answers[0]["status"], told


def upload(asked: dict) -> dict:
    """In this very process; returns what the client heard."""
    heard: list[dict] = []
    asyncio.run(Upload(asked, heard.append).run())
    return {"heard": heard}


def check(asked: dict) -> dict:
    return look_for_breaches(asked["claims"], asked["seen"], is_after_a_day=asked["is_after_a_day"])


def expire(asked: dict) -> dict:
    return {"ended": len(expire_uploads(timezone.now() + timedelta(hours=25)))}


WORK = {"found": lambda _: found(), "upload": upload, "check": check, "expire": expire}


class Fork:
    """A child that waits for a word before it begins, so that strace can take hold of it first."""

    def __init__(self, asked: dict) -> None:
        self._line, theirs = socket.socketpair()
        self.pid = os.fork()
        if self.pid == 0:
            self._line.close()
            _be_the_fork(asked, theirs)
        theirs.close()

    def go(self) -> int:
        """Passes each line on as it comes; returns how the child ended."""
        self._line.sendall(b"g")
        with self._line.makefile("r") as said:
            for line in said:
                print(line, end="", flush=True)
        self._line.close()
        return os.waitpid(self.pid, 0)[1]


def _be_the_fork(asked: dict, line: socket.socket) -> None:
    """What is told goes through the socket at once: it survives whatever happens to this process."""
    code = 1
    try:
        line.recv(1)
        if asked["do"] == "upload":
            asyncio.run(Upload(asked, lambda said: line.sendall(json.dumps(said).encode() + b"\n")).run())
        else:
            line.sendall(json.dumps(WORK[asked["do"]](asked)).encode() + b"\n")
        code = 0
    except BaseException as trouble:
        sys.stderr.write(f"{type(trouble).__name__}: {trouble}\n")
    finally:
        os._exit(code)


def rehearse(asked: dict) -> None:
    """Everything that is loaded at its first use is loaded now: a fault shall hit an upload, not an import."""
    upload(asked)
    connections.close_all()
    receiving._running.clear()
    tus._threads.submit(connections.close_all).result()
    tus._threads.shutdown()
    tus._hash_threads.shutdown()


def main() -> None:
    fork: Fork | None = None
    for line in sys.stdin:
        asked = json.loads(line)
        told: dict = {}
        if asked["do"] == "rehearse":
            rehearse(asked)
        elif asked["do"] == "go":
            assert fork is not None
            told = {"status": fork.go(), "is_over": True}
        else:
            fork = Fork(asked)
            told = {"pid": fork.pid}
        print(json.dumps(told), flush=True)


if __name__ == "__main__":
    main()
