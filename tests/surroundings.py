"""What tests run in: a data folder of their own, never the developer's, and the database that was asked for.

Loaded by `-p tests.surroundings` in pyproject.toml: pytest-django reads Django's settings before any conftest.py.
"""

import atexit
import os
import shutil
import tempfile

FOLDER = tempfile.mkdtemp(prefix="arcada-tests-")
atexit.register(shutil.rmtree, FOLDER, ignore_errors=True)
os.environ["ARCADA_DATA"] = FOLDER
if (
    "ARCADA_TEST_TEMPLATES" not in os.environ
):  # the first process of a run makes the room, its workers share it
    os.environ["ARCADA_TEST_TEMPLATES"] = tempfile.mkdtemp(prefix="arcada-templates-")
    atexit.register(shutil.rmtree, os.environ["ARCADA_TEST_TEMPLATES"], ignore_errors=True)
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
