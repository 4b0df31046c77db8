"""Two practices on one running server with PostgreSQL: its threads and connections mix nothing up (TA-09)."""

import json
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import psycopg
import pytest
from django.conf import settings

from arcada.core.anatomy import Jaw
from arcada.core.geometry.specimen import make_arch
from arcada.core.geometry.write import write_stl
from tests.journeys.server import ROOT, Server, serving

pytestmark = pytest.mark.skipif(
    "postgresql" not in settings.DATABASES["default"]["ENGINE"], reason="row policies are PostgreSQL's"
)

ADA, MALLORY = "ada@lima.example", "mallory@else.example"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    name = f"serve_{uuid4().hex[:8]}"
    address = urlsplit(settings.ENV.database_url)
    with psycopg.connect(settings.ENV.database_url, autocommit=True) as beside:
        beside.execute(f"CREATE DATABASE {name}")
    own = urlunsplit(address._replace(path=f"/{name}"))
    with serving(tmp_path_factory.mktemp("two") / "data", ARCADA_DATABASE_URL=own) as running:
        running.add_person(ADA, "Dr Ada Lima", "Lima Dental")
        running.add_person(MALLORY, "Mallory", "Else Dental")
        yield running


def ask(server: Server, token: str, path: str) -> tuple[int, str]:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    request = urllib.request.Request(f"{server.url}{path}", headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, answer.read().decode(errors="replace")
    except urllib.error.HTTPError as refusal:
        return refusal.code, refusal.read().decode(errors="replace")


def token_of(server: Server, email: str) -> str:
    return server.run("token", "create", "--user", email, "--name", "two").strip()


def test_a_pushed_folder_is_seen_by_its_practice_alone_while_both_ask_at_once(
    server: Server, tmp_path: Path
) -> None:
    """TA-09: upload by tus, checks by the worker, lists, files and 404s; 200 requests of both at once."""
    ada, mallory = token_of(server, ADA), token_of(server, MALLORY)
    day = tmp_path / "P-0301" / "2026-03-17 Crown 14"
    day.mkdir(parents=True)
    (day / "upper.stl").write_bytes(write_stl(make_arch(Jaw.MAXILLA, seed=3, triangles=20_000)))
    pushed = subprocess.run(
        [sys.executable, "-m", "arcada", "push", str(day.parent)], cwd=ROOT, capture_output=True, text=True,
        env={**server.env, "ARCADA_SERVER": server.url, "ARCADA_TOKEN": ada}, timeout=200, check=False,
    )  # fmt: skip
    assert pushed.returncode == 0, pushed.stdout + pushed.stderr
    patients = json.loads(ask(server, ada, "/api/v1/patients")[1])["items"]
    assert [one["code"] for one in patients] == ["P-0301"]
    of_patient = f"/api/v1/patients/{patients[0]['id']}"
    collection = json.loads(ask(server, ada, f"{of_patient}/collections")[1])["items"][0]
    records = json.loads(ask(server, ada, f"/api/v1/collections/{collection['id']}/records")[1])["items"]
    assert [one["state"] for one in records] == ["ready"]
    mine = ["/api/v1/patients", of_patient, f"/api/v1/records/{records[0]['id']}/cleaned"]

    def one(number: int) -> str:
        path = mine[number // 3 % len(mine)]
        token = (ada, mallory, "")[number % 3]
        status, said = ask(server, token, path)
        wanted = 401 if not token else 200 if token == ada or path == mine[0] else 404
        wrong = status != wanted or (token != ada and "P-0301" in said) or (token == ada and not said)
        return f"{path} as {('ada', 'mallory', 'nobody')[number % 3]}: {status}" if wrong else ""

    with ThreadPoolExecutor(8) as many:
        wrong = [said for said in many.map(one, range(200)) if said]
    assert wrong == []
    print("1 upload, 200 requests of two practices and nobody")


def test_doctor_says_that_the_database_keeps_workspaces_apart_and_when_it_does_not(server: Server) -> None:
    """TA-09: and `arcada migrate` puts a missing policy back."""
    found = json.loads(doctor(server))
    assert any("keeps workspaces apart" in one["what"] and one["level"] == "ok" for one in found), found
    with psycopg.connect(server.env["ARCADA_DATABASE_URL"], autocommit=True) as beside:
        assert beside.execute("SELECT count(*) FROM patients_patient").fetchone() == (0,)
        beside.execute("SET arcada.scope = 'system'")
        assert beside.execute("SELECT count(*) FROM patients_patient").fetchone() == (1,)
        beside.execute("ALTER TABLE patients_patient DISABLE ROW LEVEL SECURITY")
        assert any("patients_patient" in one["what"] for one in json.loads(doctor(server)))
        server.run("migrate", "--quiet")
        beside.execute("SET arcada.scope = ''")
        assert beside.execute("SELECT count(*) FROM patients_patient").fetchone() == (0,)
    assert not any("patients_patient" in one["what"] for one in json.loads(doctor(server)))


def doctor(server: Server) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "arcada", "doctor", "--json"], cwd=ROOT, env=server.env, capture_output=True,
        text=True, timeout=120, check=False,
    )  # fmt: skip
    return done.stdout
