"""The demo practice loads into an empty installation, and never over anybody's work."""

import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.test_backup import Installation
from tests.templates import lay_empty, lay_practice


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Installation, str]]:
    data = tmp_path_factory.mktemp("demo") / "data"
    said = lay_practice(data)
    yield Installation(data), said


def rows(installation: Installation, said: str) -> list[tuple[object, ...]]:
    with sqlite3.connect(installation.data / "arcada.sqlite3") as line:
        return line.execute(said).fetchall()


def test_it_prints_who_can_sign_in(demo: tuple[Installation, str]) -> None:
    for email in ("ada@lima-dental.example", "ben@lima-dental.example", "carl@arco-lab.example"):
        assert email in demo[1]
        assert re.search(rf"^  {email}: [A-Z2-7]{{32}}$", demo[1], re.MULTILINE), (
            "an app would have to be set up first"
        )
    assert "crown-14-zirconia" in demo[1]


def test_every_file_is_judged_and_only_the_broken_one_is_refused(demo: tuple[Installation, str]) -> None:
    states = dict(rows(demo[0], "SELECT state, COUNT(*) FROM records_record GROUP BY state"))
    assert states.pop("rejected") == 1
    assert set(states) == {"ready"}
    assert rows(demo[0], "SELECT reason FROM records_record WHERE state = 'rejected'") == [("truncated",)]


def test_the_crown_was_changed_twice_and_waits_for_a_decision(demo: tuple[Installation, str]) -> None:
    designs = rows(
        demo[0], "SELECT version, is_current FROM records_record WHERE slot = 'design' ORDER BY version"
    )
    assert designs == [(1, 0), (2, 0), (3, 1)]
    verdicts = rows(demo[0], "SELECT verdict FROM reviews_decision")
    assert verdicts == [("changes_requested",)] * 2


def test_rosa_opened_her_share_three_times(demo: tuple[Installation, str]) -> None:
    assert rows(demo[0], "SELECT code, view_count FROM sharing_share ORDER BY code DESC LIMIT 1") == [
        ("S-0312", 3)
    ]
    assert rows(demo[0], "SELECT COUNT(*) FROM reviews_comment WHERE author_kind = 'recipient'") == [(1,)]


def test_a_full_installation_is_left_alone(demo: tuple[Installation, str]) -> None:
    done = demo[0].arcada("demo")
    assert done.returncode == 1
    assert "not empty" in done.stderr


def test_a_reset_never_takes_a_foreign_workspace_along(tmp_path: Path) -> None:
    lay_empty(tmp_path / "data")
    mine = Installation(tmp_path / "data")
    created = mine.arcada(
        "user",
        "create",
        "mallory@else.example",
        "--workspace",
        "Else Dental",
        said="correct horse battery staple\n",
    )
    assert created.returncode == 0, created.stderr
    done = mine.arcada("demo", "--reset")
    assert done.returncode == 1
    assert "Else Dental" in done.stderr
    assert rows(mine, "SELECT COUNT(*) FROM accounts_workspace") == [(1,)]
