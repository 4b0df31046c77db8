"""The people every test knows.

dr_ada owns a clinic, ben assists her, carl is the technician of the invited lab, mallory works elsewhere,
rosa holds a share link.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest

from arcada.core.access import Actor, Origin, Role, WorkspaceKind

if TYPE_CHECKING:
    from arcada.apps.accounts.models import User, Workspace
    from arcada.apps.cases.models import Case
    from arcada.apps.patients.models import Patient
    from arcada.apps.records.models import Collection

NOW = datetime(2026, 3, 17, 9, 30, tzinfo=UTC)
PASSWORD = "correct horse battery staple"


@dataclass(frozen=True)
class Person:
    """One of the cast: the user, the workspace they act in, and the actor the actions take."""

    user: "User"
    workspace: "Workspace"
    actor: Actor


def _person(
    email: str, name: str, *, workspace: "Workspace | None", kind: WorkspaceKind, role: Role
) -> Person:
    from allauth.account.models import EmailAddress

    from arcada.apps.accounts.actions import add_member, create_workspace
    from arcada.apps.accounts.models import User
    from arcada.apps.accounts.queries import actor_for_user

    user = User.objects.create_user(email, PASSWORD, name=name)
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    if workspace is None:
        workspace = create_workspace(Actor.system(), user, kind=kind, name=_WORKSPACES[email], now=NOW)
    else:
        add_member(Actor.system(), workspace, user=user, role=role, now=NOW)
    actor, _ = actor_for_user(user, workspace_id=workspace.pk, origin=Origin(request_id="test"))
    return Person(user, workspace, actor)


_WORKSPACES = {
    "ada@lima.example": "Lima Dental",
    "carl@arco.example": "Arco Lab",
    "mallory@else.example": "Else Dental",
}


@pytest.fixture
def dr_ada(db: None) -> Person:
    return _person(
        "ada@lima.example", "Dr Ada Lima", workspace=None, kind=WorkspaceKind.CLINIC, role=Role.OWNER
    )


@pytest.fixture
def ben(dr_ada: Person) -> Person:
    return _person(
        "ben@lima.example", "Ben", workspace=dr_ada.workspace, kind=WorkspaceKind.CLINIC, role=Role.ASSISTANT
    )


@pytest.fixture
def carl(db: None) -> Person:
    return _person("carl@arco.example", "Carl", workspace=None, kind=WorkspaceKind.LAB, role=Role.OWNER)


@pytest.fixture
def mallory(db: None) -> Person:
    return _person(
        "mallory@else.example", "Mallory", workspace=None, kind=WorkspaceKind.CLINIC, role=Role.OWNER
    )


@pytest.fixture
def patient(dr_ada: Person) -> "Patient":
    """P-0218, whose name no test output may ever show."""
    from arcada.apps.patients.actions import add_patient

    return add_patient(
        dr_ada.actor, workspace_id=dr_ada.workspace.pk, code="P-0218", name="Zélia Canário Quaresma",
        born=date(1987, 5, 4), now=NOW,
    )  # fmt: skip


@pytest.fixture
def collection(dr_ada: Person, patient: "Patient") -> "Collection":
    from arcada.apps.records.collections import open_collection

    return open_collection(
        dr_ada.actor, patient, taken_on=date(2026, 3, 17), standard_name="crown-and-bridge", now=NOW,
        title="Crown 14, preparation",
    )  # fmt: skip


@pytest.fixture
def case(dr_ada: Person, collection: "Collection") -> "Case":
    from arcada.apps.cases.actions import open_case

    return open_case(dr_ada.actor, collection, code="A-1042", title="Crown 14, zirconia", now=NOW)
