"""A whole `arcada serve` of a benchmark's own, with a person, a token and a way to put files into it."""

import hashlib
import json
import subprocess
import sys
import time
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from uuid import uuid4

from benchmarks.places import REPOSITORY
from tests.journeys.server import Server, serving

EMAIL = "ada@lima.example"
CHUNK = 8 << 20


class House:
    """The server seen through its API, as `EMAIL`."""

    def __init__(self, server: Server) -> None:
        self.server = server
        server.add_person(EMAIL, "Dr Ada Lima", "Lima Dental")
        command = [sys.executable, "-m", "benchmarks.house_person", EMAIL]
        subprocess.run(command, cwd=REPOSITORY, env=server.env, check=True, timeout=120)
        said = server.run("token", "create", "--user", EMAIL, "--name", "benchmark")
        self.token = said.split()[-1]
        self.patient = self.ask("POST", "patients", {"code": "P-0218"})["id"]

    def ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        line = HTTPConnection("127.0.0.1", self.server.port, timeout=120)
        head = {
            "Authorization": f"Bearer {self.token}", "Content-Type": "application/json",
            "Idempotency-Key": uuid4().hex,
        }  # fmt: skip
        line.request(method, f"/api/v1/{path}", json.dumps(body) if body else None, head)
        answer = line.getresponse()
        told = answer.read()
        line.close()
        if answer.status >= 300:
            raise RuntimeError(f"{method} {path}: {answer.status} {told[:400]!r}")
        found: dict[str, Any] = json.loads(told)
        return found

    def new_collection(self, standard: str) -> str:
        asked = {"taken_on": "2026-03-01", "standard": standard, "title": "Benchmark"}
        return str(self.ask("POST", f"patients/{self.patient}/collections", asked)["id"])

    def new_record(self, collection: str, slot: str, name: str, size: int) -> tuple[str, str]:
        """Record and upload."""
        told = self.ask(
            "POST", f"collections/{collection}/records", {"slot": slot, "name": name, "size": size}
        )
        return str(told["record"]["id"]), str(told["upload"]["id"])

    def upload(self, upload: str, chunks: Iterator[tuple[bytes, str]]) -> float:
        """Seconds for all chunks (bytes, base64 of their SHA-256) over one kept connection."""
        line = HTTPConnection("127.0.0.1", self.server.port, blocksize=1 << 18, timeout=300)
        line.connect()
        at, began = 0, time.perf_counter()
        for chunk, digest in chunks:
            head = {
                "Authorization": f"Bearer {self.token}", "Tus-Resumable": "1.0.0", "Upload-Offset": str(at),
                "Content-Type": "application/offset+octet-stream", "Upload-Checksum": f"sha256 {digest}",
            }  # fmt: skip
            line.request("PATCH", f"/api/v1/uploads/{upload}", chunk, head)
            answer = line.getresponse()
            told = answer.read()
            if answer.status != 204:
                raise RuntimeError(f"PATCH at {at}: {answer.status} {told[:400]!r}")
            at += len(chunk)
        took = time.perf_counter() - began
        line.close()
        return took

    def put(self, collection: str, slot: str, name: str, data: bytes) -> str:
        """A file all the way in; the record's id."""
        record, upload = self.new_record(collection, slot, name, len(data))
        cuts = [data[start : start + CHUNK] for start in range(0, len(data), CHUNK)]
        self.upload(upload, ((cut, checksum(cut)) for cut in cuts))
        return record

    def wait_ready(self, record: str, seconds: float = 240) -> None:
        ends = time.monotonic() + seconds
        while (state := self.ask("GET", f"records/{record}")["state"]) not in ("ready", "rejected", "failed"):
            if time.monotonic() > ends:
                raise RuntimeError(f"the record is {state}")
            time.sleep(0.5)
        assert state == "ready", state


def checksum(data: bytes) -> str:
    return b64encode(hashlib.sha256(data).digest()).decode()


@contextmanager
def a_house(folder: Path, *, workers: int) -> Iterator[House]:
    with serving(folder, workers=workers) as server:
        yield House(server)
