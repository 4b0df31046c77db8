"""What every test gets: the cast, and the folder of real files where a machine has it."""

from pathlib import Path

import pytest

from tests.signing_in import use_whole_sign_in

pytest_plugins = ["tests.cast"]

use_whole_sign_in()

# What no log may ever hold, whatever the tests did: patients, addresses, passwords of the cast.
NEVER_LOGGED = (
    "Can\\u00e1rio", "Canario", "Quaresma", "Zelia", "1987-05-04", "correct horse", "ada@lima", "rosa@north",
)  # fmt: skip

REPOSITORY = Path(__file__).resolve().parent.parent
REAL_FILES = REPOSITORY.parent / "shared" / "data"


def pytest_sessionfinish(session: pytest.Session) -> None:
    """LG-02: after all tests of this process, its diagnostic logs know nobody."""
    from tests.surroundings import FOLDER

    for log in (Path(FOLDER) / "logs").glob("*.jsonl"):
        for number, line in enumerate(log.read_text("utf-8").splitlines(), start=1):
            found = [text for text in NEVER_LOGGED if text in line]
            if found:
                print(f"\nLG-02: line {number} of {log.name} holds {found}: {line[:300]}")
                session.exitstatus = 1


@pytest.fixture(scope="session")
def real_files() -> Path:
    """The folder of real and awkward files that stands beside the repository on some machines."""
    if not REAL_FILES.is_dir():
        pytest.skip("the folder of real files (../shared/data) is not on this machine")
    return REAL_FILES
