"""Refused access stands in the audit, once a thing and minute (AU-01), and never in another workspace's."""

import uuid
from datetime import timedelta
from typing import TYPE_CHECKING

from arcada.apps.audit.denied import MOST_IN_WINDOW, record_denied
from tests.apps.audit.test_audit import full_table
from tests.cast import NOW, Person
from tests.web.browsing import signed_in

if TYPE_CHECKING:
    from arcada.apps.cases.models import Case


def test_au_01_a_refused_access_is_recorded_where_the_person_works(mallory: Person, case: "Case") -> None:
    """AU-01: who, from which network, which address and which number; missing and forbidden leave the same line."""
    from arcada.apps.audit.models import AuditEvent

    page = signed_in(mallory)
    for asked in (case.pk, uuid.uuid4()):
        answer = page.get(f"/cases/{asked}", REMOTE_ADDR="203.0.113.77")
        event = AuditEvent.objects.latest("seq")
        assert answer.status_code == 404
        assert (event.action, event.outcome, event.reason) == ("access.denied", "denied", "no_access")
        assert (event.actor_id, event.workspace_id) == (mallory.user.pk, mallory.workspace.pk)
        assert event.ids == {"address": "cases-show", "asked": [str(asked)]}
        assert (event.case_id, event.object_id, event.patient_id) == (None, None, None)
        assert event.ip_truncated == "203.0.113.0/24" and event.request_id == answer["X-Request-Id"]
    assert not AuditEvent.objects.filter(workspace_id=case.workspace_id, action="access.denied").exists()


def test_au_01_what_is_barred_says_by_what(dr_ada: Person, case: "Case") -> None:
    """AU-01: a suspended person may read, and not write."""
    from arcada.apps.accounts.actions import set_standing
    from arcada.apps.audit.models import AuditEvent
    from arcada.core.standing import Standing

    set_standing(dr_ada.user, Standing.SUSPENDED)
    assert signed_in(dr_ada).post(f"/cases/{case.pk}/edit", {"title": "A"}).status_code == 403
    assert AuditEvent.objects.latest("seq").reason == "suspended"


def test_nobody_fills_the_audit_by_being_refused(mallory: Person) -> None:
    """The same again within a minute is told once; of 100 different ones, as many as make it plain."""
    from arcada.apps.audit.models import AuditEvent

    def refuse(thing: uuid.UUID, seconds: float) -> bool:
        now = NOW + timedelta(seconds=seconds)
        return (
            record_denied(mallory.actor, address="cases-show", asked=[thing], reason="no_access", now=now)
            is not None
        )

    one = uuid.uuid4()
    assert [refuse(one, second) for second in (0, 1, 59)] == [True, False, False]
    assert refuse(one, 60)
    told = [refuse(uuid.uuid4(), 200 + number / 100) for number in range(100)]
    assert told.count(True) == MOST_IN_WINDOW
    assert refuse(uuid.uuid4(), 300)
    assert AuditEvent.objects.filter(action="access.denied").count() == MOST_IN_WINDOW + 3


def test_au_03_without_its_line_there_is_no_refusal_either(mallory: Person, case: "Case") -> None:
    """AU-03: a full audit answers 503, to pages and to the API."""
    page = signed_in(mallory)
    with full_table():
        assert page.get(f"/cases/{case.pk}").status_code == 503
        assert page.get(f"/api/v1/cases/{case.pk}").status_code == 503


def test_visitors_of_a_link_are_nobody_here(case: "Case") -> None:
    """Who is not signed in leaves no line by trying addresses."""
    from django.test import Client

    from arcada.apps.audit.models import AuditEvent

    before = AuditEvent.objects.count()
    for path in (f"/cases/{case.pk}", f"/r/{uuid.uuid4()}/", f"/api/v1/cases/{case.pk}"):
        assert Client().get(path).status_code in (302, 401, 404)
    assert AuditEvent.objects.count() == before
