"""A whole server that is treated badly, and one that is told secrets: it answers on, and its folder tells nobody's."""

import html
import http.client
import json
import re
import socket
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from email import policy
from email.parser import BytesHeaderParser
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any

import pytest

from tests.database_dump import forms_of
from tests.journeys.server import PASSWORD, Server, next_code, secrets, serving

ADA = "ada.zorbania@lima.example"
CANARIES = {
    "name": "Zorbania Kanarinha", "born": "1961-12-24", "national number": "529.982.247-25",
    "file": "Zorbania_upper_final.stl", "recipient": "kanarinha@recipient.example", "wrong password": "kanar-pass-7319",
    "cookie": "kanarinha-cookie-5512", "query": "kanarinha-query-9931", "made-up token": "arc_Kanarinha0123456789abcd",
    "passcode": "open-sesame-7319", "password": PASSWORD,
}  # fmt: skip


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    data = tmp_path_factory.mktemp("rough")
    (data / "temporary").mkdir()
    with serving(data, TMPDIR=str(data / "temporary")) as running:
        running.add_person(ADA, "Dr Ada Lima", "Lima Dental")
        yield running


class Browser:
    """Pages and forms without scripts: cookies, and the token of the form that stands on the page."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
        self.page, self.at = "", ""

    def get(self, path: str, **headers: str) -> int:
        return self._ask(urllib.request.Request(self._whole(path), headers=headers))

    def post(self, path: str, fields: dict[str, str]) -> int:
        """Send what the page's form with this address holds, and `fields`."""
        said = html.unescape(self.page)
        form = next(
            (f for f in re.findall(r"<form\b.*?</form>", said, re.S) if f'action="{path}"' in f), said
        )
        hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form))
        body = urllib.parse.urlencode(hidden | fields).encode()
        headers = {"Origin": self.server.url, "Sec-Fetch-Site": "same-origin"}
        return self._ask(urllib.request.Request(self._whole(path), data=body, headers=headers))

    def _whole(self, path: str) -> str:
        return path if path.startswith("http") else self.server.url + path

    def _ask(self, request: urllib.request.Request) -> int:
        try:
            with self._opener.open(request, timeout=60) as answer:
                self.page, self.at = answer.read().decode("utf-8", "replace"), answer.geturl()
                return int(answer.status)
        except urllib.error.HTTPError as error:
            self.page = error.read().decode("utf-8", "replace")
            return error.code


def sign_in(server: Server) -> Browser:
    browser = Browser(server)
    browser.get("/accounts/login/")
    browser.post("/accounts/login/", {"login": ADA, "password": CANARIES["wrong password"]})
    browser.post("/accounts/login/", {"login": ADA, "password": PASSWORD})
    found = re.search(r'id="secret"[^>]*>([^<]+)<', browser.page)
    assert found is not None, browser.at
    secrets[(server.url, ADA)] = found[1].replace(" ", "")
    assert browser.post("/settings/sign-in/second-factor", {"code": next_code(server, ADA)}) == 200
    browser.get("/terms")
    if 'name="terms"' in browser.page:
        browser.post("/terms", {})
    assert browser.get("/patients") == 200 and browser.at.endswith("/patients"), browser.at
    return browser


def test_lg_02_a_whole_day_leaves_nobodys_data_outside_its_place(server: Server) -> None:
    """LG-02: sign-in, patient, file, share and what goes wrong, then every file of the folder is searched."""
    from arcada.core.geometry.specimen import make_pair
    from arcada.core.geometry.write import write_stl

    browser = sign_in(server)
    totp = secrets[(server.url, ADA)]
    browser.get("/patients/new")
    patient = {"code": "P-0077", "name": CANARIES["name"], "born": CANARIES["born"]}
    assert browser.post("/patients/new", patient) == 200
    browser.get("/patients")
    assert browser.post("/patients", {"q": "Zorbania"}) == 200 and "P-0077" in browser.page
    token = re.search(r"arc_[\w-]+", server.run("token", "create", "--user", ADA, "--name", "journey"))
    assert token is not None
    secret = token[0]

    def ask(method: str, path: str, body: object = None, **headers: str) -> dict[str, Any]:
        url = path if path.startswith("http") else f"{server.url}/api/v1/{path}"
        data = body if isinstance(body, bytes) else None if body is None else json.dumps(body).encode()
        given = {"Authorization": f"Bearer {secret}", "Content-Type": "application/json", **headers}
        request = urllib.request.Request(url, data=data, method=method, headers=given)
        with urllib.request.urlopen(request, timeout=60) as answer:
            raw = answer.read()
        found: dict[str, Any] = json.loads(raw) if raw else {}
        return found

    known = next(one for one in ask("GET", "patients")["items"] if one["code"] == "P-0077")
    collection = ask("POST", f"patients/{known['id']}/collections", {"taken_on": "2026-03-18"})["id"]
    upper = write_stl(make_pair(seed=3, triangles=3000)[0], header=f"{CANARIES['name']} {CANARIES['born']}")
    made = ask(
        "POST", f"collections/{collection}/records",
        {"slot": "upper_jaw", "name": CANARIES["file"], "size": len(upper)},
    )  # fmt: skip
    ask(
        "PATCH", made["upload"]["url"], upper,
        **{"Content-Type": "application/offset+octet-stream", "Upload-Offset": "0", "Tus-Resumable": "1.0.0"},
    )  # fmt: skip
    until = time.monotonic() + 90
    while ask("GET", f"records/{made['record']['id']}")["state"] != "ready" and time.monotonic() < until:
        time.sleep(0.5)
    case = ask("POST", "cases", {"collection": collection})["id"]
    ask("POST", f"cases/{case}/shares", {"recipients": [{"email": CANARIES["recipient"], "name": "K"}]})
    browser.get(f"/cases/{case}/files")
    ask("PATCH", f"records/{made['record']['id']}", {"description": CANARIES["national number"]})
    for path in (
        f"/{CANARIES['file']}", f"/search?q={CANARIES['query']}", f"/s/{CANARIES['passcode']}",
        f"/cases/{CANARIES['query']}", "/api/v1/patients?cursor=" + CANARIES["query"], "/patients?q=%00",
    ):  # fmt: skip
        browser.get(
            path, Cookie=f"session={CANARIES['cookie']}", Authorization=f"Bearer {CANARIES['made-up token']}",
            Referer=f"{server.url}/{CANARIES['query']}", **{"User-Agent": CANARIES["name"]},
        )  # fmt: skip
    time.sleep(1.5)
    sought = CANARIES | {"token": secret, "TOTP secret": totp, "signed-in address": ADA}
    mails = sorted(path for path in server.data.rglob("*.eml"))
    for mail in mails:
        with mail.open("rb") as file:
            headers = str(BytesHeaderParser(policy=policy.default).parse(file))
        assert not [
            what
            for what in sought
            if sought[what] in headers and what not in ("recipient", "signed-in address")
        ]
    searched, hits = 0, []
    for path in server.data.rglob("*"):
        # The database and the mails are where an address belongs; everything else knows nobody.
        if not path.is_file() or "sqlite" in path.name or path.suffix == ".eml":
            continue
        content = path.read_bytes()
        searched += 1
        hits += [
            (path.name, what)
            for what, said in sought.items()
            if any(form in content for form in forms_of(said))
        ]
    assert hits == []
    assert mails and searched > 8 and "serve.log" in {path.name for path in server.data.iterdir()}
    print(f"{len(sought)} canaries, {searched} files and the headers of {len(mails)} mails searched")


MANY = b"".join(b"X-%d: 1\r\n" % number for number in range(10_000))
RAW: tuple[tuple[str, bytes], ...] = (
    ("1 MB header", b"GET %s HTTP/1.1\r\nHost: h\r\nX-Long: " + b"x" * 1_000_000 + b"\r\n\r\n"),
    ("1 MB cookie", b"GET %s HTTP/1.1\r\nHost: h\r\nCookie: session=" + b"x" * 1_000_000 + b"\r\n\r\n"),
    ("10,000 headers", b"GET %s HTTP/1.1\r\nHost: h\r\n" + MANY + b"\r\n"),
    ("long address", b"GET %s?q=" + b"x" * 300_000 + b" HTTP/1.1\r\nHost: h\r\n\r\n"),
    ("NUL in a header", b"GET %s HTTP/1.1\r\nHost: h\r\nX-A: a\x00b\r\n\r\n"),
    ("NUL in the address", b"GET %s\x00 HTTP/1.1\r\nHost: h\r\n\r\n"),
    ("half a character", b"GET %s?q=%%ed%%a0%%80 HTTP/1.1\r\nHost: h\r\n\r\n"),
    ("bytes in the address", b"GET %s?q=\xff\xfe HTTP/1.1\r\nHost: h\r\n\r\n"),
    ("no host", b"GET %s HTTP/1.1\r\n\r\n"),
    ("two hosts", b"GET %s HTTP/1.1\r\nHost: h\r\nHost: other\r\n\r\n"),
    ("odd method", b"NONSENSE %s HTTP/1.1\r\nHost: h\r\n\r\n"),
    ("TRACE", b"TRACE %s HTTP/1.1\r\nHost: h\r\n\r\n"),
    ("no version", b"GET %s\r\n\r\n"),
    ("HTTP/9", b"GET %s HTTP/9.9\r\nHost: h\r\n\r\n"),
    ("negative length", b"POST %s HTTP/1.1\r\nHost: h\r\nContent-Length: -1\r\n\r\n"),
    ("two lengths", b"POST %s HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab"),
    (
        "length and chunks",
        b"POST %s HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    ),
    ("broken chunks", b"POST %s HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nx\r\n"),
    ("odd encoding", b"POST %s HTTP/1.1\r\nHost: h\r\nContent-Encoding: br\r\nContent-Length: 1\r\n\r\nx"),
    ("form that ends early", b"POST %s HTTP/1.1\r\nHost: h\r\nContent-Length: 500\r\n\r\nabc"),
    ("spaces in a name", b"GET %s HTTP/1.1\r\nHost : h\r\n X: y\r\n\r\n"),
)  # fmt: skip


def test_rl_04_no_raw_request_breaks_the_server(server: Server) -> None:
    """RL-04: headers, lines, lengths and encodings that are wrong, straight from a socket; afterwards it answers."""
    checked = 0
    for path in (
        b"/",
        b"/accounts/login/",
        b"/api/v1/patients",
        b"/s/none",
        b"/api/v1/uploads/none",
        b"/static/x",
    ):
        for what, raw in RAW:
            status = _answered(server, _filled(server, raw, path))
            assert status is None or status < 500, (what, path, status)
            checked += 1
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
    connection.request("GET", "/accounts/login/")
    assert connection.getresponse().status == 200
    said = server.log() + "".join(p.read_text("utf-8") for p in (Path(server.data) / "logs").glob("*.jsonl"))
    assert "Traceback" not in said and '"status": 500' not in said
    print(f"{checked} raw requests checked")


def _filled(server: Server, raw: bytes, path: bytes) -> bytes:
    host = b"Host: 127.0.0.1:%d" % server.port
    return raw.replace(b"%s", path, 1).replace(b"%%", b"%").replace(b"Host: h", host)


def _answered(server: Server, raw: bytes) -> int | None:
    """The status, or None where the connection was closed without one."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=3) as line:
        try:
            line.sendall(raw)
            line.shutdown(socket.SHUT_WR)
            said = line.recv(400)
        except OSError:
            return None
    found = re.match(rb"HTTP/1\.[01] (\d{3})", said)
    return int(found[1]) if found else None
