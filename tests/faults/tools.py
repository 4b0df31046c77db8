"""Tools that a machine may lack: a test that needs one skips by name, and fails in `make test-full`."""

import os
import shutil
from typing import NoReturn

import pytest

IS_FULL = bool(os.environ.get("ARCADA_FULL"))


def demand(tool: str, what_for: str) -> None:
    """Nothing when `tool` is there."""
    if shutil.which(tool) is None:
        missing(f"{tool} is not on this machine: {what_for}")


def missing(said: str) -> NoReturn:
    if IS_FULL:
        pytest.fail(said)
    pytest.skip(said)
