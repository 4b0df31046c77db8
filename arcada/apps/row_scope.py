"""Whose rows this work may reach: what the database is told before every statement (decision 5).

Commands, workers and migrations are the system. A request begins as nobody and reaches what it has proven since; inside
it, `system_scope` opens the few reads and writes that belong to no single workspace.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final
from uuid import UUID

from arcada.core.access import Actor


class Level(StrEnum):
    ROWS = ""  # the rows that the ids below lead to, and no other
    STAFF = "staff"  # of the operator: licences, reports and workspaces too, nothing of a patient
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class RowScope:
    """What may be reached: one's own workspace, what one acts as, and what a link's grant leads to."""

    level: Level = Level.ROWS
    workspace: UUID | None = None
    actors: frozenset[UUID] = frozenset()
    shares: frozenset[UUID] = frozenset()
    cases: frozenset[UUID] = frozenset()
    collections: frozenset[UUID] = frozenset()

    def settings(self) -> Mapping[str, str]:
        """The same as settings of a database session; the system's other ones do not matter."""
        if self.level is Level.SYSTEM:
            return {"arcada.scope": self.level.value}
        return {
            "arcada.scope": self.level.value,
            "arcada.workspace": str(self.workspace or ""),
            "arcada.actors": _listed(self.actors),
            "arcada.shares": _listed(self.shares),
            "arcada.cases": _listed(self.cases),
            "arcada.collections": _listed(self.collections),
        }


NOBODY: Final = RowScope()
SYSTEM: Final = RowScope(level=Level.SYSTEM)


class _Request:
    """What one request has proven so far; its threads and coroutines share it."""

    def __init__(self) -> None:
        self.scope = NOBODY


_request: ContextVar[_Request | None] = ContextVar("arcada_request", default=None)
_as_system: ContextVar[bool] = ContextVar("arcada_as_system", default=False)
_outside = [SYSTEM]


def current_scope() -> RowScope:
    """The scope of the work that runs here and now."""
    if _as_system.get():
        return SYSTEM
    request = _request.get()
    return _outside[0] if request is None else request.scope


def serve_only_requests() -> None:
    """From now on this process answers requests: what runs beside them reaches nothing."""
    _outside[0] = NOBODY


def begin_request() -> None:
    """For a task of its own, which ends with the request: it begins as nobody."""
    _request.set(_Request())
    _as_system.set(False)


@contextmanager
def request_scope() -> Iterator[None]:
    """A request begins as nobody; one that has begun already goes on."""
    if _request.get() is not None:
        yield
        return
    of_request, of_system = _request.set(_Request()), _as_system.set(False)
    try:
        yield
    finally:
        _as_system.reset(of_system)
        _request.reset(of_request)


@contextmanager
def system_scope() -> Iterator[None]:
    """For what no workspace's scope can do: finding out who asks, telling others, the operator's own books.

    Only what is asked for inside reaches everything: a queryset is to be evaluated before it ends.
    """
    before = _as_system.set(True)
    try:
        yield
    finally:
        _as_system.reset(before)


def act_as(actor: Actor, *, is_staff: bool = False) -> None:
    """The request has proven that it comes from `actor`; what its grants give comes with it."""
    _reach(
        level=Level.STAFF if is_staff else None,
        workspace=actor.workspace_id,
        actors=[actor.id],
        shares=[grant.share_id for grant in actor.grants],
        cases=[grant.case_id for grant in actor.grants if grant.case_id],
        collections=[grant.collection_id for grant in actor.grants if grant.collection_id],
    )


def act_as_person(person_id: UUID) -> None:
    """The request comes from this person, who is in no workspace yet, or in none of this request's."""
    _reach(actors=[person_id])


def hold_link(share_id: UUID, *, collection_id: UUID | None = None) -> None:
    """The request comes from a browser with the link of this share, or of a request for files into a collection."""
    _reach(shares=[share_id], collections=[collection_id] if collection_id else [])


def forget_actor() -> None:
    """The request is nobody's again."""
    request = _request.get()
    if request is not None:
        request.scope = NOBODY


def _reach(
    *, level: Level | None = None, workspace: UUID | None = None, actors: Iterable[UUID] = (),
    shares: Iterable[UUID] = (), cases: Iterable[UUID] = (), collections: Iterable[UUID] = (),
) -> None:  # fmt: skip
    request = _request.get()
    if request is None:
        return
    had = request.scope
    request.scope = replace(
        had,
        level=level or had.level,
        workspace=workspace or had.workspace,
        actors=had.actors | set(actors),
        shares=had.shares | set(shares),
        cases=had.cases | set(cases),
        collections=had.collections | set(collections),
    )


def _listed(ids: frozenset[UUID]) -> str:
    return "{" + ",".join(sorted(map(str, ids))) + "}" if ids else ""
