"""Workspaces and who is in them: owners stay, nobody lifts themselves, tokens and invitations end."""

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.test import Client

from arcada.core.access import Actor, Origin, Permission, Role, WorkspaceKind
from arcada.core.errors import Conflict, NotFound, Refused
from tests.cast import NOW, Person

if TYPE_CHECKING:
    from arcada.apps.accounts.models import Membership


def membership(person: Person) -> "Membership":
    from arcada.apps.accounts.models import Membership

    return Membership.objects.get(user=person.user, workspace=person.workspace)


def in_role(person: Person, role: Role) -> Actor:
    """The same person after their role changed."""
    from arcada.apps.accounts.actions import change_member
    from arcada.apps.accounts.queries import actor_for_user

    change_member(Actor.system(), membership(person), role=role, now=NOW)
    actor, _ = actor_for_user(person.user, workspace_id=person.workspace.pk, origin=Origin(), now=NOW)
    return actor


def test_the_last_owner_can_neither_leave_nor_step_down(dr_ada: Person) -> None:
    from arcada.apps.accounts.actions import change_member

    for change in ({"is_active": False}, {"role": Role.DENTIST}):
        with pytest.raises(Refused) as refusal:
            change_member(dr_ada.actor, membership(dr_ada), now=NOW, **change)  # type: ignore[arg-type]
        assert refusal.value.code == "last_owner"


def test_an_administrator_makes_nobody_an_owner_and_removes_none(dr_ada: Person, ben: Person) -> None:
    """Who may manage members may not lift themselves above the table of roles."""
    from arcada.apps.accounts.actions import change_member, invite_member

    administrator = in_role(ben, Role.ADMINISTRATOR)
    for target, change in (
        (ben, {"role": Role.OWNER}),
        (dr_ada, {"role": Role.VIEWER}),
        (dr_ada, {"is_active": False}),
    ):
        with pytest.raises(Refused) as refusal:
            change_member(administrator, membership(target), now=NOW, **change)  # type: ignore[arg-type]
        assert refusal.value.code == "owners_only"
    with pytest.raises(Refused):
        invite_member(
            administrator,
            dr_ada.workspace,
            email="b@x.example",
            role=Role.OWNER,
            invited_by=ben.user,
            now=NOW,
        )
    change_member(dr_ada.actor, membership(ben), role=Role.OWNER, now=NOW)
    assert membership(ben).role == Role.OWNER


def test_an_invitation_works_once_for_its_address_for_a_week_and_lowers_nobody(
    dr_ada: Person, ben: Person, mallory: Person
) -> None:
    from arcada.apps.accounts.access import invitation_by_token
    from arcada.apps.accounts.actions import accept_invitation, invite_member

    new = invite_member(
        dr_ada.actor, dr_ada.workspace, email=mallory.user.email.upper(), role=Role.VIEWER, invited_by=dr_ada.user,
        now=NOW,
    )  # fmt: skip
    found = invitation_by_token(new.secret, now=NOW)
    with pytest.raises(Refused):
        accept_invitation(ben.actor, found, user=ben.user, now=NOW)
    with pytest.raises(NotFound):
        invitation_by_token(new.secret, now=NOW + timedelta(days=7))
    with pytest.raises(NotFound):
        invitation_by_token(new.secret + "x", now=NOW)
    assert accept_invitation(mallory.actor, found, user=mallory.user, now=NOW).role == Role.VIEWER
    with pytest.raises(NotFound):
        invitation_by_token(new.secret, now=NOW)
    own = invite_member(
        dr_ada.actor,
        dr_ada.workspace,
        email=dr_ada.user.email,
        role=Role.VIEWER,
        invited_by=dr_ada.user,
        now=NOW,
    )
    with pytest.raises(Conflict):
        accept_invitation(dr_ada.actor, own.invitation, user=dr_ada.user, now=NOW)
    assert membership(dr_ada).role == Role.OWNER


@pytest.mark.parametrize("how", ["revoked", "expired", "person inactive", "out of the workspace"])
def test_a_token_dies_with_what_it_stands_on(dr_ada: Person, ben: Person, how: str) -> None:
    from arcada.apps.accounts.actions import change_member, create_token, revoke_token
    from arcada.apps.accounts.queries import actor_for_token

    ends = NOW + timedelta(days=1)
    new = create_token(ben.actor, ben.user, workspace_id=ben.workspace.pk, name="t", now=NOW, expires_at=ends)
    assert actor_for_token(new.secret, now=NOW, origin=Origin()) is not None
    later = NOW
    if how == "revoked":
        revoke_token(ben.actor, new.token, now=NOW)
    elif how == "expired":
        later = ends
    elif how == "person inactive":
        ben.user.is_active = False
        ben.user.save()
    else:
        change_member(dr_ada.actor, membership(ben), is_active=False, now=NOW)
    assert actor_for_token(new.secret, now=later, origin=Origin()) is None


def test_a_token_never_does_more_than_its_scopes_and_its_persons_role(dr_ada: Person) -> None:
    from arcada.apps.accounts.actions import create_token

    new = create_token(
        dr_ada.actor, dr_ada.user, workspace_id=dr_ada.workspace.pk, name="t", now=NOW,
        scopes=frozenset({Permission.VIEW}),
    )  # fmt: skip
    machine = Client(headers={"Authorization": f"Bearer {new.secret}"})
    assert machine.get("/api/v1/patients").status_code == 200
    assert machine.post("/api/v1/patients", {}, content_type="application/json").status_code == 404
    assert machine.get("/settings").status_code == 302, "pages know no tokens"


def test_roles_change_at_once_and_a_role_without_sight_sees_nothing(
    dr_ada: Person, ben: Person, case: object
) -> None:
    """TA-06: on the next click; billing sees no patient, case or share on any page."""
    from tests.web.browsing import signed_in

    page = signed_in(ben)
    assert b"A-1042" in page.get("/cases").content and b"P-0218" in page.get("/").content
    in_role(ben, Role.BILLING)
    for path in (
        "/",
        "/cases",
        "/patients",
        "/search?q=P-",
        "/shares",
        "/network",
        "/settings",
        "/standards",
    ):
        answer = page.get(path, follow=True)
        assert b"A-1042" not in answer.content and b"P-0218" not in answer.content, path
    print("8 pages checked")


def test_two_workspaces_of_one_person_stay_apart(dr_ada: Person, case: object) -> None:
    from arcada.apps.accounts.actions import create_workspace
    from tests.web.browsing import signed_in

    other = create_workspace(
        dr_ada.actor, dr_ada.user, kind=WorkspaceKind.LAB, name="Second", now=NOW + timedelta(days=1)
    )
    page = signed_in(dr_ada)
    assert b"A-1042" in page.get("/cases").content
    page.post("/workspace/switch", {"workspace": str(other.pk)})
    assert b"A-1042" not in page.get("/cases").content
    assert page.get(f"/cases/{case.pk}").status_code == 404  # type: ignore[attr-defined]
