"""RL-03: requests drawn from our own OpenAPI, valid and not: no answer of 500 or more."""

import random
import re
import uuid
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest
import schemathesis
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode

from tests.api.conftest import Machine
from tests.architecture.cast_world import World
from tests.cast import Person, Visitor

if TYPE_CHECKING:
    from arcada.apps.cases.models import Case
    from arcada.apps.records.models import Record


@pytest.fixture
def world(
    dr_ada: Person, ben: Person, carl: Person, mallory: Person, rosa: Visitor, shared_case: "Case",
    ready_records: "dict[str, Record]",
) -> World:  # fmt: skip
    people = {"ada": dr_ada, "ben": ben, "carl": carl, "mallory": mallory}
    return World(people, rosa, shared_case, ready_records["upper_jaw"].pk)


@pytest.fixture
def short_events(monkeypatch: pytest.MonkeyPatch) -> None:
    from arcada.api import live

    monkeypatch.setattr(live, "LONGEST_S", 0.0)


def schema_of(machine: Machine) -> Any:
    return schemathesis.openapi.from_dict(machine.get("openapi.json").json())


def test_the_openapi_is_valid_3_1_and_tells_of_every_address(machine: Machine) -> None:
    raw = machine.get("openapi.json").json()
    assert raw["openapi"].startswith("3.1")
    schema_of(machine).validate()
    told = {(method.upper(), path) for path, found in raw["paths"].items() for method in found}
    from tests.architecture.permission_table import ROWS

    named = {
        (row.method, "/" + row.path)
        for row in ROWS
        if row.is_api and row.name not in ("openapi-json", "api-root")
    }
    assert len(told) == len(named)
    for operations in raw["paths"].values():
        for method, operation in operations.items():
            assert operation["security"] and "default" in operation["responses"]
            if method == "post":
                assert any(p["name"] == "Idempotency-Key" for p in operation["parameters"])
    print(f"{len(told)} operations checked")


def run(machine: Machine, world: World, each: int) -> Counter[int]:
    """`each` valid and `each` broken requests of every operation; ids are real ones in two of three."""
    answers: Counter[int] = Counter()
    chance = random.Random(26)

    def send(case: Any) -> None:
        path = case.operation.path
        for name, value in (case.path_parameters or {}).items():
            known = world.ids.get(name.removesuffix("_id"))
            chosen = known if known is not None and chance.random() < 0.66 else value
            path = path.replace(f"{{{name}}}", _quoted(chosen))
        headers = {
            k: v
            for k, v in dict(case.headers or {}).items()
            if k.lower() not in ("authorization", "content-type")
        }
        given = case.as_transport_kwargs(base_url="http://testserver")
        query = given.get("params") or {}
        body = _body(given, case.media_type)
        with transaction.atomic():
            answer = machine.client.generic(
                case.method, f"{path}{_query(query)}", body, content_type=case.media_type or "application/json",
                headers=headers,
            )  # fmt: skip
            transaction.set_rollback(True)
        answers[answer.status_code] += 1
        assert answer.status_code < 500, (case.method, path, query, body[:400], answer.status_code)
        if answer.status_code >= 400:
            assert answer["Content-Type"] == "application/problem+json", path

    for result in schema_of(machine).get_all_operations():
        operation = result.ok()
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            try:
                strategy = operation.as_strategy(generation_mode=mode)
                settings(
                    max_examples=each, database=None, derandomize=True, deadline=None, phases=[Phase.generate],
                    suppress_health_check=list(HealthCheck),
                )(given(case=strategy)(lambda case: send(case)))()  # fmt: skip
            except schemathesis.errors.SchemathesisError:
                continue
            except Exception as problem:
                if type(problem).__name__ in ("Unsatisfiable", "SkipTest"):
                    continue  # an operation without parameters has no broken form
                raise
    return answers


def _quoted(value: object) -> str:
    from urllib.parse import quote

    return quote(str(value).encode("utf-8", "surrogatepass"), safe="") or str(uuid.uuid4())


def _query(params: Any) -> str:
    from urllib.parse import quote

    pairs = params.items() if isinstance(params, dict) else params
    parts = []
    for name, value in pairs:
        for one in value if isinstance(value, list | tuple) else [value]:
            parts.append("=".join(quote(str(part).encode("utf-8", "surrogatepass")) for part in (name, one)))
    return "?" + "&".join(parts) if parts else ""


def _body(given: Any, media_type: str | None) -> bytes:
    import json

    if "json" in given:
        return json.dumps(given["json"]).encode()
    data = given.get("data")
    if isinstance(data, bytes):
        return data
    if isinstance(data, str):
        return data.encode("utf-8", "surrogatepass")
    return b"" if data is None else re.sub(r"[^\x20-\x7e]", "?", str(data)).encode()


def test_rl_03_drawn_requests_never_fail_inside(machine: Machine, world: World, short_events: None) -> None:
    """RL-03: some hundreds in every run."""
    answers = run(machine, world, each=4)
    print(f"{sum(answers.values())} requests: {dict(sorted(answers.items()))}")
    assert sum(answers.values()) >= 200 and answers[201] > 5


@pytest.mark.full
def test_rl_03_two_thousand_drawn_requests_never_fail_inside(
    machine: Machine, world: World, short_events: None
) -> None:
    """RL-03: 2,000 and more."""
    answers = run(machine, world, each=40)
    print(f"{sum(answers.values())} requests: {dict(sorted(answers.items()))}")
    assert sum(answers.values()) >= 2_000
