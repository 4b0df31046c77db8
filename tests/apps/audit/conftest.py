"""A chain to tamper with: written by the door, committed, on whichever database is asked for."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.db import transaction

from arcada.core.access import Actor, ActorKind, Origin
from tests.cast import NOW


@pytest.fixture
def write_chain(transactional_db: None) -> Callable[..., UUID]:
    """`count` views by three people, one transaction each; the chain they are in."""

    def write(count: int, *, chain: UUID | None = None) -> UUID:
        from arcada.apps.audit.actions import record

        workspace, case = chain or uuid4(), uuid4()
        people = [Actor(ActorKind.PERSON, uuid4(), origin=Origin(request_id=str(uuid4()))) for _ in range(3)]
        for number in range(count):
            with transaction.atomic():
                record(
                    people[number % 3], "case.viewed", now=NOW + timedelta(seconds=number),
                    workspace_id=workspace, patient_id=uuid4(),
                    ids={"case": case, "records": [uuid4(), uuid4()], "share": 0.5, "bytes": 2**40 + number},
                )  # fmt: skip
        return workspace

    return write
