"""An Arcada of its own for each test: a folder, a store (local or S3) and a server that may be killed."""

import base64
import contextlib
import ctypes
import hashlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from uuid import uuid4

import pytest

from tests.templates import lay_empty

REPOSITORY = Path(__file__).resolve().parents[3]
ENVIRONMENT = dict(os.environ)
STORES = ("local disk", "S3")
ACCESS_KEY, SECRET_KEY = "tests-access", "tests-secret-of-the-store"
MIB = 1 << 20


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def wait_for_port(port: int, process: subprocess.Popen, seconds: float = 60) -> None:
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        if process.poll() is not None:
            raise RuntimeError(f"The server ended with {process.returncode}.")
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)
    raise RuntimeError("The server did not come up.")


def die_with_the_tests() -> None:
    """A server does not outlive a test run that was itself killed (Linux)."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)


class S3Server:
    """nanio on a folder: checks signatures, knows Range and multipart."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.start()

    def start(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "nanio", "serve", "--data-dir", str(self.folder), "--host", "127.0.0.1",
             "--port", str(self.port), "--log-level", "error", "--no-access-log"],
            env={**ENVIRONMENT, "NANIO_ACCESS_KEY": ACCESS_KEY, "NANIO_SECRET_KEY": SECRET_KEY},
            start_new_session=True,
            preexec_fn=die_with_the_tests,
        )  # fmt: skip
        wait_for_port(self.port, self.process)

    def stop(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def new_bucket(self) -> str:
        """The storage URL of a fresh bucket."""
        import boto3

        name = f"bucket-{uuid4().hex[:12]}"
        boto3.client(
            "s3",
            endpoint_url=f"http://127.0.0.1:{self.port}",
            aws_access_key_id=ACCESS_KEY,
            aws_secret_access_key=SECRET_KEY,
            region_name="us-east-1",
        ).create_bucket(Bucket=name)
        return f"s3://{name}?endpoint=http://127.0.0.1:{self.port}&region=us-east-1"


class Person:
    """Somebody of a workspace, as the test server knows them."""

    def __init__(self) -> None:
        self.id, self.workspace = uuid4(), uuid4()
        self.token = f"{self.id}/{self.workspace}"
        self.headers = {"Authorization": f"Bearer {self.token}"}


class House:
    """A server on its own folder; `ask` looks inside, `patch` and friends speak tus."""

    def __init__(self, folder: Path, storage_url: str, *, workers: int = 1) -> None:
        self.folder = folder
        self.storage_url = storage_url
        self.workers = workers
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.somebody = Person()
        self.start()

    def environment(self) -> dict[str, str]:
        kept = {name: value for name, value in ENVIRONMENT.items() if not name.startswith("ARCADA_")}
        return {
            **kept,
            "ARCADA_DATA": str(self.folder),
            "ARCADA_STORAGE_URL": self.storage_url,
            "ARCADA_S3_ACCESS_KEY": ACCESS_KEY,
            "ARCADA_S3_SECRET_KEY": SECRET_KEY,
            "DJANGO_SETTINGS_MODULE": "arcada.config.settings",
        }

    def start(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "granian", "--interface", "asgi", "--host", "127.0.0.1",
             "--port", str(self.port), "--workers", str(self.workers), "--no-ws", "--log-level", "error",
             "tests.apps.files.upload_server:application"],
            cwd=REPOSITORY,
            env=self.environment(),
            start_new_session=True,
        )  # fmt: skip
        self.wait_until_up()

    def wait_until_up(self) -> None:
        ends = time.monotonic() + 60
        while True:
            try:
                self.ask("look")
                return
            except (OSError, HTTPException):
                if self.process.poll() is not None or time.monotonic() > ends:
                    raise
                time.sleep(0.1)

    def kill(self) -> None:
        """kill -9 of every process of the server."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def restart(self) -> None:
        self.kill()
        self.start()

    def ask(self, what: str, who: Person | None = None, **asked: object) -> dict:
        request = urllib.request.Request(
            f"{self.url}/test/{what}",
            data=json.dumps(asked).encode(),
            headers=(who or self.somebody).headers,
            method="POST",
        )
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)

    def open(
        self, data_or_size: bytes | int, *, promise: bool = True, who: Person | None = None, **more
    ) -> str:
        if isinstance(data_or_size, int):
            return self.ask("open", who, size=data_or_size, **more)["id"]
        sha256 = {"sha256": hashlib.sha256(data_or_size).hexdigest()} if promise else {}
        return self.ask("open", who, size=len(data_or_size), **{**sha256, **more})["id"]

    def tus(
        self, method: str, upload: str, *, body: bytes = b"", who: Person | None = None, headers=None
    ) -> tuple[int, dict[str, str], bytes]:
        line = HTTPConnection("127.0.0.1", self.port, timeout=90)
        try:
            sent = {"Tus-Resumable": "1.0.0", **(who or self.somebody).headers, **(headers or {})}
            sent = {name: value for name, value in sent.items() if value is not None}
            line.request(method, f"/api/v1/uploads/{upload}", body=body or None, headers=sent)
            answer = line.getresponse()
            return answer.status, {n.lower(): v for n, v in answer.getheaders()}, answer.read()
        finally:
            line.close()

    def patch(
        self, upload: str, offset: int, body: bytes, *, check: bool | bytes = True, who=None, headers=None
    ):
        sent = {"Content-Type": "application/offset+octet-stream", "Upload-Offset": str(offset)}
        if check:
            digest = check if isinstance(check, bytes) else hashlib.sha256(body).digest()
            sent["Upload-Checksum"] = f"sha256 {base64.b64encode(digest).decode()}"
        return self.tus("PATCH", upload, body=body, who=who, headers={**sent, **(headers or {})})

    def left_of(self, upload: str) -> list[str]:
        """What the store holds of an upload, finished or not."""
        seen = self.ask("look")
        return [key for key in [*seen["objects"], *seen["unfinished"]] if upload in key]

    def offset(self, upload: str) -> int:
        status, headers, _ = self.tus("HEAD", upload)
        assert status == 200, status
        return int(headers["upload-offset"])

    def send_all(self, upload: str, data: bytes, *, step: int = 8 * MIB, check: bool = True) -> None:
        """Send from where the server is, going on over kills and restarts as a good client does."""
        failures = 0
        while True:
            try:
                offset = self.offset(upload)
                while offset < len(data):
                    status, headers, body = self.patch(
                        upload, offset, data[offset : offset + step], check=check
                    )
                    assert status in (204, 409, 423, 503), (status, body)
                    offset = int(headers["upload-offset"]) if status == 204 else self.offset(upload)
                return
            except (OSError, HTTPException):
                failures += 1
                assert failures < 50
                if self.process.poll() is not None:
                    with contextlib.suppress(OSError, HTTPException):  # killed while it came up
                        self.start()
                time.sleep(0.05)


@pytest.fixture(scope="session")
def s3_server(tmp_path_factory):
    server = S3Server(tmp_path_factory.mktemp("s3"))
    yield server
    server.stop()


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory):
    """A migrated database, copied for each house: migrating takes seconds."""
    folder = tmp_path_factory.mktemp("empty")
    lay_empty(folder)
    return folder / "arcada.sqlite3"


@pytest.fixture(params=STORES)
def storage_url(request, tmp_path):
    """Both stores, one after the other; each test must say the same of both."""
    if request.param == "S3":
        return request.getfixturevalue("s3_server").new_bucket()
    return f"file://{tmp_path / 'files'}"


@pytest.fixture(scope="module")
def local_house(empty_database, tmp_path_factory):
    folder = tmp_path_factory.mktemp("local")
    one = make_house(folder / "data", f"file://{folder / 'files'}", empty_database)
    yield one
    one.kill()


@pytest.fixture(scope="module")
def s3_house(empty_database, s3_server, tmp_path_factory):
    one = make_house(tmp_path_factory.mktemp("remote") / "data", s3_server.new_bucket(), empty_database)
    yield one
    one.kill()


@pytest.fixture(params=STORES)
def house(request):
    """A running server, once with its files on local disk and once in S3; shared by the tests of a module."""
    return request.getfixturevalue("s3_house" if request.param == "S3" else "local_house")


def make_house(folder: Path, storage_url: str, database: Path, **more) -> House:
    folder.mkdir(parents=True)
    shutil.copy(database, folder / "arcada.sqlite3")
    return House(folder, storage_url, **more)
