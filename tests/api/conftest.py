"""What tests of the API begin with: tokens of the cast, as machines."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from tests.cast import NOW, Person


class Machine:
    """A program with a token: sends and reads JSON."""

    def __init__(self, secret: str) -> None:
        self.secret = secret
        self.client = Client(headers={"Authorization": f"Bearer {secret}"}, raise_request_exception=False)

    def get(self, path: str, **given: Any) -> Any:
        return self.client.get(f"/api/v1/{path}", **given)

    def post(self, path: str, body: object = None, *, key: str | None = None) -> Any:
        headers = {} if key is None else {"Idempotency-Key": key}
        return self.client.post(
            f"/api/v1/{path}", {} if body is None else body, content_type="application/json", headers=headers
        )


def machine_of(person: Person) -> Machine:
    from arcada.apps.accounts.actions import create_token

    new = create_token(person.actor, person.user, workspace_id=person.workspace.pk, name="machine", now=NOW)
    return Machine(new.secret)


@pytest.fixture
def machine(dr_ada: Person) -> Machine:
    """dr_ada's program."""
    return machine_of(dr_ada)


@pytest.fixture
def machine_for() -> Callable[[Person], Machine]:
    return machine_of
