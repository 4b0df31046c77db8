"""A command on a database without tables says what to run, not where in the program it stood."""

from pathlib import Path

import pytest

from tests.faults.test_backup import Installation

COMMANDS = [
    ("user", "list"), ("token", "list", "--user", "ada@lima.example"), ("plan", "list"), ("licence", "list"),
    ("terms", "list"),
]  # fmt: skip


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_an_empty_database_is_told_with_what_to_run(tmp_path: Path, command: tuple[str, ...]) -> None:
    done = Installation(tmp_path / "data").arcada(*command)
    if done.returncode == 0:
        pytest.fail(f"{command}: it found nothing wrong: {done.stdout}")
    assert "Traceback" not in done.stderr, done.stderr
    assert "arcada migrate" in done.stderr
