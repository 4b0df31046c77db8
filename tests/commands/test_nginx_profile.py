"""deploy/nginx.conf is a profile that nginx takes, that logs no link's secret and passes on no claim of a client."""

import re
import shutil
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator
from http.client import HTTPSConnection
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

PROFILE = Path(__file__).resolve().parents[2] / "deploy" / "nginx.conf"
NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")

pytestmark = pytest.mark.skipif(
    NGINX is None or shutil.which("openssl") is None, reason="nginx or openssl is not on this machine"
)


class Upstream(BaseHTTPRequestHandler):
    """Answers with the headers it was given."""

    def do_GET(self) -> None:
        said = str(self.headers).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def front(tmp_path: Path) -> Iterator[int]:
    """nginx with the profile on a free port, in front of an upstream that tells what arrives."""
    upstream = HTTPServer(("127.0.0.1", 0), Upstream)
    threading.Thread(target=upstream.serve_forever, daemon=True).start()
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
         "-keyout", str(tmp_path / "privkey.pem"), "-out", str(tmp_path / "fullchain.pem")],
        check=True, capture_output=True,
    )  # fmt: skip
    plain, secure = free_port(), free_port()
    said = PROFILE.read_text("utf-8")
    said = re.sub(r"/etc/letsencrypt/live/[^/]+", str(tmp_path), said).replace(
        "/var/log/nginx", str(tmp_path)
    )
    said = re.sub(r"^\s*listen \[::\].*$", "", said, flags=re.MULTILINE)
    said = said.replace("listen 80;", f"listen 127.0.0.1:{plain};").replace(
        "listen 443 ssl", f"listen 127.0.0.1:{secure} ssl"
    )
    said = said.replace("127.0.0.1:8000", f"127.0.0.1:{upstream.server_port}")
    paths = "\n".join(
        f"{name}_temp_path {tmp_path}/{name};" for name in ("proxy", "fastcgi", "uwsgi", "scgi")
    )
    (tmp_path / "nginx.conf").write_text(
        f"pid {tmp_path}/pid; daemon off; worker_processes 1; error_log {tmp_path}/start.log;\n"
        f"events {{}}\nhttp {{ client_body_temp_path {tmp_path}/body; {paths}\n{said}\n}}\n"
    )
    command = [str(NGINX), "-c", str(tmp_path / "nginx.conf"), "-p", str(tmp_path)]
    checked = subprocess.run([*command, "-t"], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stderr
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    try:
        wait_for(secure)
        yield secure
    finally:
        process.terminate()
        process.wait(10)
        upstream.shutdown()


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


def wait_for(port: int) -> None:
    deadline = time.monotonic() + 15
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.05)
    raise AssertionError("nginx did not start")


def ask(port: int, path: str, **headers: str) -> str:
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    line = HTTPSConnection("127.0.0.1", port, timeout=10, context=context)
    line.request("GET", path, headers={"Host": "arcada.lima-dental.example", **headers})
    answer = line.getresponse().read().decode()
    line.close()
    return answer


def test_what_a_client_claims_about_itself_is_not_passed_on(front: int) -> None:
    seen = ask(front, "/", **{"X-Forwarded-For": "10.9.8.7", "X-Forwarded-Proto": "http"})
    assert "10.9.8.7" not in seen
    assert "X-Forwarded-For: 127.0.0.1" in seen
    assert "X-Forwarded-Proto: https" in seen


def test_no_secret_of_a_link_reaches_the_log(front: int, tmp_path: Path) -> None:
    for path in (
        "/s/SECRET-1",
        "/invitations/SECRET-2",
        "/accounts/password/reset/key/SECRET-3/",
        "/patients",
    ):
        ask(front, path)
    time.sleep(0.3)
    logged = "".join(file.read_text() for file in tmp_path.glob("*.log"))
    assert "SECRET" not in logged
    assert "/patients" in logged
