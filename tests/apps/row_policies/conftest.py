"""Ada's practice with something in every place, and what takes the first fence away."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from tests.cast import NOW, Person, Visitor

if TYPE_CHECKING:
    from arcada.apps.cases.models import Case
    from arcada.apps.records.models import Record

# The rows of a practice; whoever signs in, and in which workspace, is found out before any of them.
CONTENT = (
    "audit", "cases", "conduct", "files", "licences", "notifications", "patients", "records", "reviews", "sharing",
)  # fmt: skip


@pytest.fixture
def practice(
    dr_ada: Person,
    ben: Person,
    carl: Person,
    shared_case: Case,
    ready_records: dict[str, Record],
    rosa: Visitor,
) -> dict[str, Any]:
    """Every id of dr_ada's workspace that an address or a body may name."""
    from django.utils import timezone

    from arcada.apps.accounts.actions import create_token, invite_member, save_contact
    from arcada.apps.accounts.models import Membership
    from arcada.apps.cases.models import Participant
    from arcada.apps.files.models import Upload
    from arcada.apps.reviews.actions import add_comment, open_thread
    from arcada.apps.reviews.deciding import decide_case
    from arcada.apps.sharing.models import Recipient
    from arcada.apps.sharing.upload_requests import ask_for_files
    from arcada.core.access import Role
    from arcada.core.decisions import Verdict

    now = timezone.now()
    thread = open_thread(dr_ada.actor, shared_case, text="CANARY Quaresma's margin?", now=NOW)
    add_comment(dr_ada.actor, thread, text="CANARY Zelia is in pain", now=NOW)
    decide_case(dr_ada.actor, shared_case, verdict=Verdict.APPROVED, now=NOW, note="CANARY")
    contact = save_contact(
        dr_ada.actor, workspace_id=dr_ada.workspace.pk, email="canary@x.example", name="CANARY", company="",
        now=NOW,
    )  # fmt: skip
    invite_member(
        dr_ada.actor,
        dr_ada.workspace,
        email="canary2@x.example",
        role=Role.VIEWER,
        invited_by=dr_ada.user,
        now=now,
    )
    asked = ask_for_files(
        dr_ada.actor, shared_case.collection, email="nina@x.example", name="CANARY",
        expires_at=now + timedelta(days=1), now=now,
    )  # fmt: skip
    return {
        "workspace": dr_ada.workspace.pk,
        "patient_id": shared_case.patient_id,
        "collection_id": shared_case.collection_id,
        "record_id": ready_records["upper_jaw"].pk,
        "case_id": shared_case.pk,
        "thread_id": thread.pk,
        "participant_id": Participant.objects.get(case=shared_case).pk,
        "share_id": rosa.share.pk,
        "recipient_id": Recipient.objects.get(share=rosa.share).pk,
        "membership_id": Membership.objects.get(user=ben.user).pk,
        "token_id": create_token(
            dr_ada.actor, dr_ada.user, workspace_id=dr_ada.workspace.pk, name="CANARY", now=NOW
        ).token.pk,
        "contact_id": contact.pk,
        "request_id": asked.request.pk,
        "upload_id": Upload.objects.filter(workspace=dr_ada.workspace).first().pk,
    }


@contextmanager
def without_first_fence() -> Iterator[None]:
    """Gates that open to everybody, and lists that forgot whose they are; signing in still works.

    In the rows of a practice every condition on a workspace is dropped, however it was written.
    """
    from django.db.models import Q, QuerySet

    from arcada.core import access

    def forgetful(query: QuerySet[Any], negate: bool, args: Any, kwargs: dict[str, Any]) -> None:
        if query.model._meta.app_label in CONTENT and query.model.__name__ != "WorkspaceKey" and not negate:
            kwargs = {name: value for name, value in kwargs.items() if not _of_workspace(name)}
            args = [_emptied(one) if isinstance(one, Q) else one for one in args]
        kept(query, negate, args, kwargs)

    patch = pytest.MonkeyPatch()
    kept = QuerySet._filter_or_exclude_inplace  # type: ignore[attr-defined]
    patch.setattr(QuerySet, "_filter_or_exclude_inplace", forgetful)
    for name in ("allowed", "allowed_as_participant"):
        gate = getattr(access, name)
        for module in list(sys.modules.values()):
            if module.__name__.startswith("arcada.") and getattr(module, name, None) is gate:
                patch.setattr(module, name, lambda *_args, **_kwargs: True)
    try:
        yield
    finally:
        patch.undo()


def _of_workspace(name: str) -> bool:
    return "workspace" in name.split("__")[0]


def _emptied(condition: Any) -> Any:
    from django.db.models import Q

    if any(isinstance(one, tuple) and _of_workspace(one[0]) for one in condition.children):
        return Q()
    return condition


@pytest.fixture
def scope_of() -> Callable[..., Any]:
    """A request of this actor, as far as the database hears of it."""
    from arcada.apps.row_scope import act_as, request_scope

    @contextmanager
    def scoped(person: Person | None) -> Iterator[None]:
        with request_scope():
            if person is not None:
                act_as(person.actor)
            yield

    return scoped
