"""`arcada serve` tells an address only once somebody who opens it gets a page; production answers behind its proxy."""

import http.client
import os
import re
import secrets
import select
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest

from tests.journeys.server import PASSWORD, ROOT, Server, free_port

HOST = "arcada.lima-dental.example"
EMAIL = "ada@lima-dental.example"


@pytest.fixture
def server(tmp_path: Path) -> Server:
    return Server(tmp_path, free_port())


def started(server: Server, *more: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "arcada", "serve", "--port", str(server.port), "--workers", "0", *more],
        cwd=ROOT, env=server.env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip


def end(process: subprocess.Popen[str]) -> None:
    process.terminate()
    try:
        process.wait(40)
    finally:
        if process.poll() is None:
            process.kill()


def test_the_first_word_is_said_when_a_page_comes_back(server: Server) -> None:
    """The demo's sign-ins as well: whoever reads a line may open the page at once."""
    process = started(server, "--demo")
    try:
        assert process.stdout is not None
        ready, _, _ = select.select([process.stdout], [], [], 60)
        assert ready, "nothing was said"
        line = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
        line.request("GET", "/accounts/login/")
        assert line.getresponse().status == 200
        said = ""
        while "Arcada answers at" not in said:
            said += process.stdout.readline()
        assert f"http://127.0.0.1:{server.port}\n" in said
        assert EMAIL in said
    finally:
        end(process)


def test_a_port_of_another_program_is_refused_and_no_address_is_told(server: Server) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", server.port))
        other.listen()
        process = started(server)
        said, complained = process.communicate(timeout=60)
    assert process.returncode == 1
    assert said == ""
    assert f"127.0.0.1:{server.port} can't be listened on" in complained


# ---------------------------------------------------------------- production


@pytest.fixture
def production(tmp_path: Path) -> Iterator[Server]:
    """`arcada serve` in production; where tests run as root it is told that it does not."""
    (tmp_path / "sitecustomize.py").write_text("import os\nos.geteuid = lambda: 1000\n")
    for name in ("master", "secret"):
        (tmp_path / f"{name}.key").write_text(secrets.token_hex(32))
        (tmp_path / f"{name}.key").chmod(0o600)
    data = tmp_path / "data"
    data.mkdir(mode=0o700)
    server = Server(
        data, free_port(), workers=0,
        more_env={
            "PYTHONPATH": os.pathsep.join([str(tmp_path), str(ROOT)]),
            "ARCADA_MODE": "production",
            "ARCADA_DATABASE_URL": f"sqlite:///{data / 'arcada.sqlite3'}",
            "ARCADA_MAIL_URL": "smtp://127.0.0.1:9",
            "ARCADA_MAIL_FROM": "Lima Dental <no-reply@lima-dental.example>",
            "ARCADA_PUBLIC_URL": f"https://{HOST}",
            "ARCADA_TRUSTED_PROXY": "127.0.0.1",
            "ARCADA_KEY_FILE": str(tmp_path / "master.key"),
            "ARCADA_SECRET_KEY_FILE": str(tmp_path / "secret.key"),
            "ARCADA_KERNEL_CACHE": str(tmp_path / "kernels"),
        },
    )  # fmt: skip
    server.start()
    try:
        yield server
    finally:
        server.stop()


class Proxied:
    """A browser as Arcada sees it through deploy/nginx.conf: the proxy's three headers, cookies, forms of our pages."""

    def __init__(self, server: Server, address: str, scheme: str = "https") -> None:
        self.port = server.port
        self.cookies: dict[str, str] = {}
        self.proxied = {"Host": HOST, "X-Forwarded-For": address, "X-Forwarded-Proto": scheme}
        self.set_cookies: list[str] = []

    def ask(self, method: str, path: str, form: dict[str, str] | None = None) -> tuple[int, str, str]:
        headers = {**self.proxied, "Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items())}
        if form is not None:
            # Our pages send no referrer, so a browser calls their origin "null".
            headers |= {
                "Content-Type": "application/x-www-form-urlencoded", "Origin": "null", "Sec-Fetch-Site": "same-origin",
            }  # fmt: skip
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        line.request(method, path, urlencode(form) if form is not None else None, headers)
        answer = line.getresponse()
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie":
                self.set_cookies.append(value)
                key, _, rest = value.partition("=")
                self.cookies[key] = rest.partition(";")[0]
        said = answer.read().decode()
        line.close()
        return answer.status, answer.getheader("Location") or "", said

    def post(self, path: str, form: dict[str, str], page: str = "") -> tuple[int, str, str]:
        shown = self.ask("GET", page or path)
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', shown[2])
        assert token is not None, (shown[:2], shown[2][-900:])
        return self.ask("POST", path, {**form, "csrfmiddlewaretoken": token[1]})


def test_in_production_forms_are_taken_behind_the_proxy(production: Server) -> None:
    """EN-12, ID-06: sign in and out again; the audit knows the visitor's network, not the proxy's."""
    production.add_person(EMAIL, "Dr Ada Lima", "Lima Dental")
    ada = Proxied(production, "203.0.113.77")
    assert ada.post("/accounts/login/", {"login": EMAIL, "password": PASSWORD})[0] == 302
    # What production still asks of a newcomer is asked page by page; its forms carry the token that signs out.
    asked = ada.ask("GET", "/patients")[1]
    assert not asked.startswith("/accounts/login")
    assert all("Secure" in cookie for cookie in ada.set_cookies if cookie.startswith("__Host-"))
    assert sum(cookie.startswith("__Host-") for cookie in ada.set_cookies) >= 2
    assert ada.post("/accounts/logout/", {}, page=asked)[0] == 302
    assert ada.ask("GET", "/patients")[1].startswith("/accounts/login")
    assert networks(production) == {"203.0.113.0/24"}


def test_a_request_that_came_by_http_gets_no_page_to_sign_in(production: Server) -> None:
    """Whatever stands in front must say https; what is spoken in the clear carries no session."""
    plain = Proxied(production, "203.0.113.77", scheme="http")
    assert plain.ask("GET", "/accounts/login/")[0] in (200, 301)
    assert all("Secure" in cookie for cookie in plain.set_cookies)


def networks(server: Server) -> set[str]:
    import sqlite3

    with sqlite3.connect(server.data / "arcada.sqlite3") as line:
        rows = line.execute(
            "SELECT DISTINCT ip_truncated FROM audit_auditevent WHERE ip_truncated <> ''"
        ).fetchall()
    return {row[0] for row in rows}


def test_without_its_proxy_production_ends_and_names_the_setting(tmp_path: Path) -> None:
    """EN-12."""
    server = Server(tmp_path, free_port(), more_env={"ARCADA_MODE": "production"})
    began = time.monotonic()
    process = started(server)
    said, complained = process.communicate(timeout=60)
    assert process.returncode not in (0, None)
    assert "ARCADA_TRUSTED_PROXY is not set" in complained
    assert "Traceback" not in complained and said == ""
    assert time.monotonic() - began < 30
