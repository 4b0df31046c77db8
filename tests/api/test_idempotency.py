"""The same request twice has one effect and one answer (I8, CO-01)."""

import json
import re
import threading
from typing import TYPE_CHECKING, Any

import pytest
from django.apps import apps
from django.db import connection, connections

from tests.api.conftest import Machine, machine_of
from tests.architecture.cast_world import World
from tests.architecture.permission_table import ROWS
from tests.cast import Person, Visitor

if TYPE_CHECKING:
    from arcada.apps.cases.models import Case
    from arcada.apps.records.models import Record

POSTS = [row for row in ROWS if row.is_api and row.method == "POST"]


def counts() -> dict[str, int]:
    """Rows of every table but the ones that only remember requests."""
    return {
        model._meta.label: model.objects.count()
        for model in apps.get_models()
        if model._meta.label not in ("idempotency.Answered", "sessions.Session", "sign_in.Failures")
    }


def test_a_repeated_request_gets_the_first_answer_and_has_no_second_effect(machine: Machine) -> None:
    first = machine.post("patients", {"name": "Ana"}, key="one")
    again = machine.post("patients", {"name": "Ana"}, key="one")
    assert first.status_code == 201 and again.content == first.content
    other = machine.post("patients", {"name": "Bea"}, key="one")
    assert other.status_code == 422 and other.json()["type"] == "urn:arcada:key_reused"
    assert machine.post("patients", {"name": "Ana"}, key="two").json()["id"] != first.json()["id"]


def test_a_refusal_is_kept_too_and_leaves_nothing(machine: Machine, collection: Any) -> None:
    path, body = f"collections/{collection.pk}/records", {"slot": "upper_jaw", "name": "a.exe", "size": 9}
    before = counts()
    refused = [machine.post(path, body, key="refused") for _ in range(2)]
    assert [answer.status_code for answer in refused] == [422, 422]
    assert refused[0].json()["findings"] == refused[1].json()["findings"] != []
    assert counts() == before


@pytest.mark.parametrize("key", ["", "x" * 129, "ключ".encode().decode("latin-1"), "a\tb"])
def test_a_key_that_is_none_is_refused(machine: Machine, key: str) -> None:
    assert machine.post("patients", {}, key=key).status_code == 422


def test_an_answer_that_died_with_its_effect_is_given_anew(machine: Machine, monkeypatch: Any) -> None:
    """I8: the effect and the kept answer are one commit, so a kill between them leaves neither."""
    from arcada.apps.idempotency import actions
    from arcada.apps.patients.models import Patient

    keep = actions._keep

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(actions, "_keep", killed)
    with pytest.raises(KeyboardInterrupt):
        machine.post("patients", {"code": "KILLED-1"}, key="killed")
    assert not Patient.objects.filter(code="KILLED-1").exists()
    monkeypatch.setattr(actions, "_keep", keep)
    assert machine.post("patients", {"code": "KILLED-1"}, key="killed").status_code == 201


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(
    connection.vendor != "postgresql", reason="threads need PostgreSQL; SQLite is one in memory"
)
def test_co_01_every_post_twice_in_parallel_has_one_effect(
    dr_ada: Person, ben: Person, carl: Person, mallory: Person, rosa: Visitor, shared_case: "Case",
    ready_records: "dict[str, Record]",
) -> None:  # fmt: skip
    """CO-01: every POST of the API, four times at once with one key: one effect, one answer."""
    world = World(
        {"ada": dr_ada, "ben": ben, "carl": carl, "mallory": mallory}, rosa, shared_case,
        ready_records["upper_jaw"].pk,
    )  # fmt: skip
    machine = machine_of(dr_ada)
    checked = 0
    for number, row in enumerate(POSTS):
        # An address may have several rows.
        key = f"{row.name}-{number}"
        filled = json.loads(_filled(json.dumps(row.body or {}), world.ids))
        path = _filled(row.path, world.ids).removeprefix("api/v1/")
        if row.name == "create_patient":
            filled = {"name": "Twice"}

        # What one request alone adds, measured with another key where the effect may be repeated.
        answers: list[Any] = []
        barrier = threading.Barrier(4)

        def send(path: str = path, body: object = filled, key: str = key, said: list[Any] = answers,
                 start: threading.Barrier = barrier) -> None:  # fmt: skip
            try:
                mine = Machine(machine.secret)
                start.wait(30)
                said.append(mine.post(path, body, key=key))
            finally:
                connections.close_all()

        before = counts()
        threads = [threading.Thread(target=send) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        after = counts()
        # Who came while the first still ran is told so (409 in_progress); asked again, all get one answer.
        bodies = {machine.post(path, filled, key=key).content for _ in range(2)}
        bodies |= {a.content for a in answers if a.json().get("type") != "urn:arcada:in_progress"}
        assert len(answers) == 4 and len(bodies) == 1, (row.name, [a.status_code for a in answers])
        assert all(answer.status_code < 500 for answer in answers), row.name
        assert counts() == after, row.name
        opened = "audit.AuditEvent"
        alone = max(1, len(row.events))
        assert after[opened] - before[opened] <= alone, (row.name, after[opened] - before[opened])
        checked += 1
    assert checked == len(POSTS) >= 17
    print(f"{checked} POSTs × 6 checked")


def _filled(said: str, ids: dict[str, Any]) -> str:
    return re.sub(r"\{(\w+)\}", lambda found: str(ids[found[1]]) if found[1] in ids else found[0], said)
