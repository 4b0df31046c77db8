"""What every test gets: the cast, and the folder of real files where a machine has it."""

from pathlib import Path

import pytest

from tests.signing_in import use_whole_sign_in

pytest_plugins = ["tests.cast"]

use_whole_sign_in()

REPOSITORY = Path(__file__).resolve().parent.parent
REAL_FILES = REPOSITORY.parent / "shared" / "data"


@pytest.fixture(scope="session")
def real_files() -> Path:
    """The folder of real and awkward files that stands beside the repository on some machines."""
    if not REAL_FILES.is_dir():
        pytest.skip("the folder of real files (../shared/data) is not on this machine")
    return REAL_FILES
