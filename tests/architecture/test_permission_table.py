"""Every address × the cast: the declared answer, nothing else; and nobody's 404 tells missing from forbidden."""

import json
import re
import uuid
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, get_resolver

from tests.architecture.permission_table import ROWS, Row
from tests.cast import NOW, Person, Visitor
from tests.web.browsing import signed_in

if TYPE_CHECKING:
    from arcada.apps.cases.models import Case

WHO = ("anon", "rosa", "ada", "ben", "carl", "mallory")
# allauth's pages that Arcada does not offer: their addresses are the rows of "account-none".
NOT_OFFERED = {
    "account_email",
    "account_set_password",
    "account_confirm_login_code",
    "account_reauthenticate",
}


def patterns(resolver: Any, before: str = "") -> Iterator[tuple[str, URLPattern]]:
    for entry in resolver.url_patterns:
        path = before + str(entry.pattern)
        if hasattr(entry, "url_patterns"):
            yield from patterns(entry, path)
        else:
            yield path, entry


class World:
    """The ids of dr_ada's workspace, and a browser for each of the cast."""

    def __init__(self, people: dict[str, Person], rosa: Visitor, case: "Case", record_id: uuid.UUID) -> None:
        from datetime import timedelta

        from django.utils import timezone

        from arcada.apps.accounts.actions import create_token, invite_member, save_contact
        from arcada.apps.accounts.models import Membership
        from arcada.apps.cases.models import Participant
        from arcada.apps.reviews.actions import open_thread
        from arcada.apps.sharing.models import Recipient
        from arcada.core.access import Role

        ada = people["ada"]
        now = timezone.now()
        contact = save_contact(
            ada.actor, workspace_id=ada.workspace.pk, email="n@x.example", name="N", company="", now=NOW
        )
        invited = invite_member(
            ada.actor, ada.workspace, email="new@x.example", role=Role.VIEWER, invited_by=ada.user,
            now=now - timedelta(hours=1),
        )  # fmt: skip
        self.ids = {
            "workspace": ada.workspace.pk,
            "other_workspace": people["mallory"].workspace.pk,
            "patient": case.patient_id,
            "collection": case.collection_id,
            "record": record_id,
            "case": case.pk,
            "thread": open_thread(ada.actor, case, text="Is the margin fine?", now=NOW).pk,
            "participant": Participant.objects.get(case=case).pk,
            "share": rosa.share.pk,
            "recipient": Recipient.objects.get(share=rosa.share).pk,
            "secret": rosa.url.rsplit("/", 1)[-1],
            "membership": Membership.objects.get(user=people["ben"].user).pk,
            "token": create_token(
                ada.actor, ada.user, workspace_id=ada.workspace.pk, name="t", now=NOW
            ).token.pk,
            "contact": contact.pk,
            "invitation": invited.secret,
            "grant": let_support_in(ada),
            **asked_for_files(ada, case),
        }
        self.browsers = {who: signed_in(person) for who, person in people.items()}
        self.browsers |= {"anon": Client(), "rosa": rosa.browser}

    def ask(self, row: Row, who: str, ids: dict[str, Any] | None = None) -> Any:
        """One request, whose effects are undone."""
        known = self.ids if ids is None else ids

        def filled(said: Any) -> Any:
            if isinstance(said, str):
                return re.sub(r"\{(\w+)\}", lambda found: str(known[found[1]]), said)
            if isinstance(said, list):
                return [filled(one) for one in said]
            if isinstance(said, dict):
                return {key: filled(value) for key, value in said.items()}
            return said

        given: dict[str, Any] = {"headers": {"Sec-Fetch-Site": "same-origin"}}
        body = filled(row.body)
        if row.is_api and row.method != "GET":
            given |= {
                "data": json.dumps(body if body is not None else {}),
                "content_type": "application/json",
            }
        elif body is not None:
            given["data"] = body
        query = f"?{filled(row.query)}" if row.query else ""
        cookies = self.browsers[who].cookies.copy()
        with transaction.atomic():
            answer = getattr(self.browsers[who], row.method.lower())(f"/{filled(row.path)}{query}", **given)
            transaction.set_rollback(True)
        self.browsers[who].cookies = cookies
        return answer


def asked_for_files(ada: Person, case: "Case") -> dict[str, Any]:
    """A live request of dr_ada, and the secret of its link."""
    from datetime import timedelta

    from django.utils import timezone

    from arcada.apps.sharing.upload_requests import ask_for_files

    now = timezone.now()
    new = ask_for_files(
        ada.actor, case.collection, email="nina@x.example", expires_at=now + timedelta(days=1), now=now
    )
    return {"request": new.request.pk, "request_secret": new.url.rsplit("/", 1)[-1]}


def let_support_in(ada: Person) -> uuid.UUID:
    """A live grant of dr_ada to the operator's support."""
    from django.utils import timezone

    from arcada.apps.support.actions import give_grant

    why = "The upper jaw stands on its head."
    return give_grant(
        ada.actor, ada.workspace, by=ada.user, target=None, hours=1, reason=why, now=timezone.now()
    ).pk


@pytest.fixture
def world(
    dr_ada: Person, ben: Person, carl: Person, mallory: Person, rosa: Visitor, shared_case: "Case",
    ready_records: dict[str, Any],
) -> World:  # fmt: skip
    people = {"ada": dr_ada, "ben": ben, "carl": carl, "mallory": mallory}
    return World(people, rosa, shared_case, ready_records["upper_jaw"].pk)


def test_every_address_has_a_row_in_the_permission_table() -> None:
    """TA-01, RL-01 in kind: walking the resolver finds nothing that the table does not speak of."""
    known = {row.name for row in ROWS} | NOT_OFFERED
    named = {entry.name for _path, entry in patterns(get_resolver())}
    assert named - known == set(), "addresses without a row"
    assert known - named == set(), "rows without an address"
    print(f"{len(named)} addresses checked")


def test_each_of_the_cast_is_answered_as_the_permission_table_says(world: World) -> None:
    """TA-01: endpoint × cast × status."""
    wrong = []
    for row in ROWS:
        for who in WHO:
            answer = world.ask(row, who)
            declared = getattr(row, who)
            if answer.status_code != declared:
                wrong.append(f"{row.method} /{row.path} as {who}: {answer.status_code}, declared {declared}")
            if answer.status_code == 401:
                assert answer.headers["Content-Type"] == "application/problem+json"
    print(f"{len(ROWS) * len(WHO)} cells checked")
    assert not wrong, "\n".join(wrong)


def test_missing_and_forbidden_are_the_same_to_strangers(world: World) -> None:
    """TA-03: a foreign id and an id of nothing get byte-identical answers, but for the request's own number."""
    nothing = {key: uuid.uuid4() for key in world.ids} | {
        key: world.ids[key]
        for key in ("workspace", "other_workspace", "secret", "invitation", "request_secret")
    }
    checked = 0
    for row in ROWS:
        for who in WHO:
            if getattr(row, who) != 404 or "{" not in row.path + row.query + json.dumps(row.body or ""):
                continue
            foreign, missing = world.ask(row, who), world.ask(row, who, nothing)
            assert _bare(foreign, world.ids) == _bare(missing, nothing), (row.name, who)
            checked += 1
    assert checked > 150
    print(f"{checked} pairs checked")


def _bare(answer: Any, ids: dict[str, Any]) -> tuple[int, dict[str, str], str]:
    """What a stranger sees, without what is random in every answer and without the id that they sent."""
    kept = {k: v for k, v in answer.headers.items() if k not in ("X-Request-Id", "Content-Security-Policy")}
    body = answer.content.decode()
    for value in ids.values():
        body = body.replace(str(value), "ID")
    body = re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "ID", body)
    return answer.status_code, kept, re.sub(r'(nonce|csrfmiddlewaretoken" value)="[^"]+"', "", body)
