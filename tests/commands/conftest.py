"""A running Arcada with one dentist and a token, shared by the tests of a module."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.journeys.server import Server, serving

EMAIL = "ada@lima.example"


@dataclass(frozen=True)
class House:
    server: Server
    token: str


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with serving(tmp_path_factory.mktemp("house") / "data") as server:
        server.add_person(EMAIL, "Dr Ada Lima", "Lima Dental")
        token = server.run("token", "create", "--user", EMAIL, "--name", "push").strip()
        yield House(server, token)


@pytest.fixture
def patient_folder(tmp_path: Path) -> Path:
    folder = tmp_path / "P-0301"
    folder.mkdir()
    return folder
