"""A whole Arcada of a test's own: `python -m arcada serve` on a free port with an empty data folder."""

import base64
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser, Page, Playwright

from tests.templates import kernel_cache, lay_empty

ROOT = Path(__file__).resolve().parents[2]
PASSWORD = "correct horse battery staple"
ADA = "ada@lima.example"
STARTS_WITHIN_S = 60
# Software drawing: a test machine has no graphics card.
CHROMIUM_FLAGS = [
    "--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--ignore-gpu-blocklist",
    "--disable-quic", "--no-first-run", "--disable-background-networking",
]  # fmt: skip


@dataclass
class Server:
    """`arcada serve` as a process; it can be killed and started again on the same data."""

    data: Path
    port: int
    workers: int = 1
    more_env: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def env(self) -> dict[str, str]:
        given = dict(os.environ)
        kept = {name: value for name, value in given.items() if not name.startswith("ARCADA_")}
        return {
            **kept,
            "ARCADA_DATA": str(self.data),
            "ARCADA_PUBLIC_URL": self.url,
            "ARCADA_KERNEL_CACHE": kernel_cache(),
            **self.more_env,
        }

    def start(self) -> None:
        command = [
            sys.executable,
            "-m",
            "arcada",
            "serve",
            "--port",
            str(self.port),
            "--workers",
            str(self.workers),
        ]
        # A session of its own, so that its children end with it and nothing else does.
        with (self.data / "serve.log").open("ab") as log:
            self.process = subprocess.Popen(
                command, cwd=ROOT, env=self.env, stdout=log, stderr=log, start_new_session=True
            )
        deadline = time.monotonic() + STARTS_WITHIN_S
        while not self._answers():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"arcada serve did not start:\n{self.log()[-3000:]}")
            time.sleep(0.2)

    def stop(self, *, kill: bool = False) -> None:
        """End it by its own id: politely, or as a power cut would."""
        if self.process is None:
            return
        if kill:
            os.killpg(self.process.pid, signal.SIGKILL)
        else:
            self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(40)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(10)
        self.process = None

    def run(self, *arguments: str, said: str = "") -> str:
        """`arcada …` on the same data; what it printed."""
        done = subprocess.run(
            [sys.executable, "-m", "arcada", *arguments], cwd=ROOT, env=self.env, input=said, text=True,
            capture_output=True, check=False, timeout=120,
        )  # fmt: skip
        if done.returncode:
            raise RuntimeError(f"arcada {' '.join(arguments)}: {done.stderr}")
        return done.stdout

    def add_person(
        self, email: str, name: str, workspace: str, *, kind: str = "clinic", role: str = "owner"
    ) -> None:
        self.run(
            "user", "create", email, "--name", name, "--workspace", workspace, "--kind", kind, "--role", role,
            said=f"{PASSWORD}\n",
        )  # fmt: skip
        if kind == "clinic" and role in ("owner", "dentist"):
            # A number of its own for each: one licence verifies one account.
            number = str(1000 + sum(ord(sign) * 7**place for place, sign in enumerate(email)) % 99_000)
            self.run(
                "licence", "verify", "--user", email, "--council", "CRO:SP", "--number", number, "--reason", "A test",
            )  # fmt: skip

    def log(self) -> str:
        path = self.data / "serve.log"
        return path.read_text("utf-8", errors="replace") if path.exists() else ""

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/accounts/login/", timeout=2) as answer:
                return answer.status == 200
        except urllib.error.HTTPError:
            return True
        except OSError:
            return False


@contextmanager
def serving(data: Path, *, workers: int = 1, **more_env: str) -> Iterator[Server]:
    """A running server on an empty folder; ended by its own process id whatever happens."""
    data.mkdir(parents=True, exist_ok=True)
    if not more_env and not (data / "arcada.sqlite3").exists():
        lay_empty(data)
    server = Server(data, free_port(), workers, more_env)
    server.start()
    try:
        yield server
    finally:
        server.stop()


@contextmanager
def chromium(playwright: Playwright) -> Iterator[Browser]:
    """The system's chromium where there is one, else Playwright's own."""
    known = next(
        (path for path in ("/usr/bin/chromium", "/usr/bin/chromium-browser") if Path(path).exists()), None
    )
    browser = playwright.chromium.launch(executable_path=known, args=CHROMIUM_FLAGS)
    try:
        yield browser
    finally:
        browser.close()


def sign_in(page: Page, server: Server, email: str, *, password: str = PASSWORD) -> None:
    """Through the form, as a person does."""
    page.goto(f"{server.url}/accounts/login/")
    page.fill("input[name=login]", email)
    page.fill("input[name=password]", password)
    page.press("input[name=password]", "Enter")
    page.wait_for_url(lambda address: "/accounts/login" not in address)
    if "second-factor" in page.url:
        secrets[(server.url, email)] = (page.locator("#secret").text_content() or "").replace(" ", "")
        page.fill("#code", next_code(server, email))
        page.press("#code", "Enter")
        page.locator(".codes li").first.wait_for()
        page.locator(".actions a.primary").click()
        page.wait_for_url(lambda address: "second-factor" not in address)
    elif "second-step" in page.url:
        page.fill("#code", next_code(server, email))
        page.press("#code", "Enter")
        page.wait_for_url(lambda address: "second-step" not in address)
    if "/terms" in page.url:
        page.locator("form .primary").first.click()
        page.wait_for_url(lambda address: "/terms" not in address)


# The authenticator apps of the people of a run, and the last step each one used: a step counts once.
secrets: dict[tuple[str, str], str] = {}
_used: dict[tuple[str, str], int] = {}


def next_code(server: Server, email: str) -> str:
    """A code that counts now and was not used; waits when all three of now are used up."""
    from arcada.core.sealing import one_time_code

    who = (server.url, email)
    while True:
        # One step before and one after count; the oldest taken still counts 15 s from now, however slow the page.
        oldest = int(time.time() + 15) // 30 - 1
        newest = int(time.time()) // 30 + 1
        step = max(oldest, _used.get(who, 0) + 1)
        if step <= newest:
            _used[who] = step
            return one_time_code(base64.b32decode(secrets[who]), step, 6)
        time.sleep(1)


def free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        port: int = listening.getsockname()[1]
        return port
