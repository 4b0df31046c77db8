"""A circuit breaker: while the store is out, callers are told at once instead of piling up."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from arcada.apps.files.storage import AlreadyStored, ObjectMissing, StoreFull, StoreUnavailable

FAILURES_THAT_OPEN = 3
OPEN_SECONDS = 5.0


class StoreTimeout(StoreUnavailable):
    """The store took a request and did not answer: seconds are gone, so one of these is enough."""


class Breaker:
    """Opens after three failures in a row or one time-out; one caller tries again after five seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._failures = 0
        self._closed_from = 0.0

    @property
    def is_open(self) -> bool:
        return self._failures >= FAILURES_THAT_OPEN and self._clock() < self._closed_from

    @contextmanager
    def guard(self) -> Iterator[None]:
        """Run one call to the store; raises StoreUnavailable at once while the circuit is open."""
        self._enter()
        try:
            yield
        except (AlreadyStored, ObjectMissing, StoreFull):
            self._succeed()  # it did answer
            raise
        except StoreUnavailable as failure:
            self._fail(FAILURES_THAT_OPEN if isinstance(failure, StoreTimeout) else 1)
            raise
        else:
            self._succeed()

    def _enter(self) -> None:
        with self._lock:
            if self._failures < FAILURES_THAT_OPEN:
                return
            if self._clock() < self._closed_from:
                raise StoreUnavailable("The store of files does not answer.")
            self._closed_from = self._clock() + OPEN_SECONDS  # this caller tries, the others wait

    def _succeed(self) -> None:
        with self._lock:
            self._failures = 0

    def _fail(self, weight: int) -> None:
        with self._lock:
            self._failures += weight
            self._closed_from = self._clock() + OPEN_SECONDS
