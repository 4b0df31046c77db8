"""Arcada's pages on one database, asked in the process of a benchmark's lane."""

import itertools
import json
from collections.abc import Callable, Iterator
from pathlib import Path

from arcada.commands.setup_django import setup_django

setup_django()

from django.conf import settings  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402

from arcada.apps.accounts.models import User  # noqa: E402
from tests.signing_in import force_login  # noqa: E402

_chosen = json.loads((Path(settings.ENV.data) / "chosen.json").read_text())
_client = Client()
force_login(_client, User.objects.get(email=_chosen["email"]))


def _addresses(page: str) -> Iterator[str]:
    if page in ("collections", "cases"):
        return itertools.cycle([f"/{page}/{one}" for one in _chosen[page]])
    return itertools.repeat({"patients": "/patients", "case list": "/cases", "home": "/"}[page])


def _ask(files: dict[str, str]) -> Callable[[], object]:
    addresses = _addresses(files["page"])

    def run() -> int:
        answer = _client.get(next(addresses))
        assert answer.status_code == 200, answer.status_code
        return len(answer.content)

    return run


def _count(files: dict[str, str]) -> Callable[[], object]:
    run = _ask(files)

    def counted() -> int:
        with CaptureQueriesContext(connection) as seen:
            run()
        return len(seen)

    return counted


def _slowest(files: dict[str, str]) -> Callable[[], object]:
    run = _ask(files)

    def seen() -> str:
        with CaptureQueriesContext(connection) as queries:
            run()
        worst = max(queries.captured_queries, key=lambda query: float(query["time"]))
        return f"{worst['time']} s: {worst['sql'][:1500]}"

    return seen


STAGES = {"page": _ask, "queries": _count, "slowest": _slowest}
