"""Many at once: real threads, each with its own database connection, released together."""

import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import pytest
from django.conf import settings
from django.db import connections

Given = TypeVar("Given")
Answer = TypeVar("Answer")

needs_postgresql = pytest.mark.skipif(
    "postgresql" not in settings.DATABASES["default"]["ENGINE"],
    reason="threads need PostgreSQL; the tests' SQLite is one in memory",
)


def all_at_once(work: Callable[[Given], Answer], given: Iterable[Given]) -> list[Answer]:
    """What `work` answered for each of them, all started at the same moment."""
    items = list(given)
    barrier = threading.Barrier(len(items))

    def one(item: Given) -> Answer:
        try:
            barrier.wait(60)
            return work(item)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(items)) as pool:
        return list(pool.map(one, items, timeout=120))
