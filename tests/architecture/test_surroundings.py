"""Tests touch no installation, and run on the database that was asked for."""

import os
import tempfile
from pathlib import Path

from django.conf import settings
from django.db import connection


def test_the_settings_are_those_of_a_test() -> None:
    assert settings.ENV.data.is_relative_to(Path(tempfile.gettempdir()).resolve())
    assert not settings.ENV.is_production
    asked = os.environ.get("ARCADA_TEST_DATABASE_URL", "sqlite:").split(":")[0]
    assert connection.vendor == {"sqlite": "sqlite"}.get(asked, "postgresql")
