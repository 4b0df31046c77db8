"""The ids of dr_ada's workspace, and a browser for each of the cast: for tests that walk through every address."""

import json
import uuid
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.test import Client

from tests.architecture.matrix_world import filled, let_support_in
from tests.architecture.permission_table import Row
from tests.cast import NOW, Person, Visitor, lay_in_comparison
from tests.web.browsing import signed_in

if TYPE_CHECKING:
    from arcada.apps.cases.models import Case

# Of these dr_ada has none: a number of nothing.
MISSING = ("licence", "evidence", "report", "appeal", "plan", "my_token", "my_session", "my_device", "my_passkey",
           "my_sanction", "seen")  # fmt: skip


class World:
    """The ids of dr_ada's workspace, and a browser for each of the cast."""

    def __init__(self, people: dict[str, Person], rosa: Visitor, case: "Case", record_id: uuid.UUID) -> None:
        from datetime import timedelta

        from django.utils import timezone

        from arcada.apps.accounts.actions import create_token, invite_member, save_contact
        from arcada.apps.accounts.models import Membership
        from arcada.apps.cases.models import Participant
        from arcada.apps.records.models import Record
        from arcada.apps.reviews.actions import open_thread
        from arcada.apps.reviews.deciding import decide_case
        from arcada.apps.sharing.models import Recipient
        from arcada.core.access import Role
        from arcada.core.decisions import Verdict

        ada = people["ada"]
        now = timezone.now()
        record = Record.objects.get(pk=record_id)
        decision = decide_case(ada.actor, case, verdict=Verdict.APPROVED, now=NOW)
        contact = save_contact(
            ada.actor, workspace_id=ada.workspace.pk, email="n@x.example", name="N", company="", now=NOW
        )
        invited = invite_member(
            ada.actor, ada.workspace, email="new@x.example", role=Role.VIEWER, invited_by=ada.user,
            now=now - timedelta(hours=1),
        )  # fmt: skip
        self.ids: dict[str, Any] = {key: uuid.uuid4() for key in MISSING} | {
            "workspace": ada.workspace.pk,
            "other_workspace": people["mallory"].workspace.pk,
            "patient": case.patient_id,
            "collection": case.collection_id,
            "record": record_id,
            "comparison": lay_in_comparison(record, record, kind="deviation").pk,
            "case": case.pk,
            "thread": open_thread(ada.actor, case, text="Is the margin fine?", now=NOW).pk,
            "decision": decision.pk,
            "decided": decision.pk,
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
            "grant": let_support_in(ada, for_hours=1),
            **asked_for_files(ada, case),
        }
        self.browsers = {who: signed_in(person) for who, person in people.items()}
        self.browsers |= {"anon": Client(), "rosa": rosa.browser}

    def ask(self, row: Row, who: str, ids: dict[str, Any] | None = None) -> Any:
        """One request, whose effects are undone."""
        known = self.ids if ids is None else ids

        given: dict[str, Any] = {"headers": {"Sec-Fetch-Site": "same-origin"}}
        body = filled(row.body, known)
        if row.is_api and row.method != "GET":
            given |= {
                "data": json.dumps(body if body is not None else {}),
                "content_type": "application/json",
            }
        elif body is not None:
            given["data"] = body
        query = f"?{filled(row.query, known)}" if row.query else ""
        cookies = self.browsers[who].cookies.copy()
        with transaction.atomic():
            answer = getattr(self.browsers[who], row.method.lower())(
                f"/{filled(row.path, known)}{query}", **given
            )
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
