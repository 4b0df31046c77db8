"""What every test gets: a data folder of its own, never the developer's, and the cast."""

import os
import tempfile
from pathlib import Path

# Before Django reads its settings: tests must not touch an installation.
_folder = tempfile.mkdtemp(prefix="arcada-tests-")
os.environ["ARCADA_DATA"] = _folder
os.environ.setdefault("ARCADA_PUBLIC_URL", "http://testserver")
for _name in (
    "ARCADA_STORAGE_URL",
    "ARCADA_MAIL_URL",
    "ARCADA_KEY_FILE",
    "ARCADA_SECRET_KEY_FILE",
    "ARCADA_MODE",
):
    os.environ.pop(_name, None)
if os.environ.get("ARCADA_TEST_DATABASE_URL"):
    os.environ["ARCADA_DATABASE_URL"] = os.environ["ARCADA_TEST_DATABASE_URL"]
else:
    os.environ.pop("ARCADA_DATABASE_URL", None)

import pytest  # noqa: E402

pytest_plugins = ["tests.cast"]

REPOSITORY = Path(__file__).resolve().parent.parent
REAL_FILES = REPOSITORY.parent / "shared" / "data"


@pytest.fixture(scope="session")
def real_files() -> Path:
    """The folder of real and awkward files that stands beside the repository on some machines."""
    if not REAL_FILES.is_dir():
        pytest.skip("the folder of real files (../shared/data) is not on this machine")
    return REAL_FILES
