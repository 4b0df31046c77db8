"""Times on pages: in the zone of the workspace, in the form of the reader's language."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.translation import override

from arcada.web.standard_names import say_standard
from tests.cast import Person, Visitor, make_share, visitor_of
from tests.web.browsing import signed_in

if TYPE_CHECKING:
    from arcada.apps.cases.models import Case

NOON = datetime(2026, 11, 5, 12, 30, tzinfo=UTC)
SAO_PAULO = "America/Sao_Paulo"  # three hours behind UTC
AUCKLAND = "Pacific/Auckland"  # thirteen hours before it in November


def set_zone(who: Person, name: str) -> None:
    answer = signed_in(who).post("/settings/time-zone", {"time_zone": name})
    assert (answer.status_code, answer.headers.get("Location")) == (302, "/settings")


@pytest.fixture
def dated(case: "Case") -> "Case":
    type(case).objects.filter(pk=case.pk).update(decide_by=NOON, touched_at=NOON)
    return case


@pytest.mark.parametrize(
    ("language", "zone", "wanted"),
    [
        ("en", "UTC", "5 Nov 2026, 12:30"),
        ("en", SAO_PAULO, "5 Nov 2026, 09:30"),
        ("en", AUCKLAND, "6 Nov 2026, 01:30"),
        ("pt-br", SAO_PAULO, "05/11/2026 09:30"),
        ("es", AUCKLAND, "06/11/2026 01:30"),
    ],
)
def test_a_case_is_due_by_the_clock_of_the_workspace_in_the_form_of_the_language(
    dr_ada: Person, dated: "Case", language: str, zone: str, wanted: str
) -> None:
    set_zone(dr_ada, zone)
    page = signed_in(dr_ada)
    page.cookies["language"] = language
    for path in ("/", "/cases", f"/cases/{dated.pk}"):
        assert wanted in page.get(path).content.decode(), path


def test_a_typed_time_is_read_by_the_same_clock(dr_ada: Person, dated: "Case") -> None:
    set_zone(dr_ada, SAO_PAULO)
    page = signed_in(dr_ada)
    assert 'value="2026-11-05T09:30"' in page.get(f"/cases/{dated.pk}/files").content.decode()
    page.post(f"/cases/{dated.pk}/edit", {"title": "Crown 11", "decide_by": "2026-11-06T18:00"})
    dated.refresh_from_db()
    assert dated.decide_by == datetime(2026, 11, 6, 21, 0, tzinfo=UTC)


def test_no_clock_outlives_its_request(dr_ada: Person) -> None:
    set_zone(dr_ada, AUCKLAND)
    assert signed_in(dr_ada).get("/").status_code == 200
    assert timezone.get_current_timezone_name() == "UTC"


def test_a_recipient_sees_the_senders_clock_and_the_mail_names_it(
    dr_ada: Person, carl: Person, shared_case: "Case"
) -> None:
    from arcada.apps.mail.models import OutgoingMail

    set_zone(dr_ada, AUCKLAND)
    set_zone(carl, SAO_PAULO)
    visitor = visitor_of(make_share(dr_ada, shared_case, level="open_link", recipients=()))
    share = visitor.share
    type(share).objects.filter(pk=share.pk).update(expires_at=datetime(2027, 1, 5, 23, 0, tzinfo=UTC))
    browser = signed_in(carl)
    browser.cookies["language"] = "pt-br"
    door = browser.get(urlsplit(visitor.url).path, follow=True).content.decode()
    assert "06/01/2027" in door and "05/01/2027" not in door
    sent = signed_in(dr_ada).post(
        f"/cases/{shared_case.pk}/shares/new",
        {
            "recipients": "rosa@north-lab.example", "level": "email_verified", "days": "7",
            "record": [str(link.record_id) for link in shared_case_records(shared_case)],
        },
    )  # fmt: skip
    assert sent.status_code == 200
    assert f"({AUCKLAND})" in OutgoingMail.objects.filter(kind="share_invitation").latest("created_at").text


def shared_case_records(case: "Case") -> list:  # type: ignore[type-arg]
    from arcada.apps.cases.models import CaseRecord

    return list(CaseRecord.objects.filter(case=case))


def test_only_whoever_manages_the_workspace_chooses_its_zone_and_only_a_real_one(
    dr_ada: Person, ben: Person
) -> None:
    from arcada.apps.audit.models import AuditEvent

    set_zone(dr_ada, SAO_PAULO)
    line = AuditEvent.objects.filter(action="workspace.edited").latest("at")
    assert line.ids == {"time_zone": SAO_PAULO}
    assert signed_in(ben).post("/settings/time-zone", {"time_zone": AUCKLAND}).status_code == 404
    for name in ("Mars/Olympus", "../../etc/passwd", ""):
        answer = signed_in(dr_ada).post("/settings/time-zone", {"time_zone": name})
        assert answer.status_code == 422, name
    workspace = dr_ada.workspace
    workspace.refresh_from_db()
    assert workspace.time_zone == SAO_PAULO
    chosen = signed_in(dr_ada).get("/settings").content.decode()
    assert f'<option value="{SAO_PAULO}" selected>' in chosen


def test_a_zone_that_this_machine_does_not_know_is_shown_as_utc(dr_ada: Person, dated: "Case") -> None:
    type(dr_ada.workspace).objects.filter(pk=dr_ada.workspace.pk).update(time_zone="Atlantis/Capital")
    assert "12:30" in signed_in(dr_ada).get("/").content.decode()
    assert Client().get("/accounts/login/").status_code == 200


def test_shipped_standards_speak_the_readers_language_and_own_ones_their_authors(
    dr_ada: Person, collection: object
) -> None:
    page = signed_in(dr_ada)
    page.cookies["language"] = "pt-br"
    listed = page.get("/standards").content.decode()
    assert "Coroa e ponte" in listed and "Crown and bridge" not in listed
    assert "de uma consulta, para o arquivo" in listed
    assert "Coroa e ponte, versão" in page.get(f"/collections/{collection.pk}").content.decode()  # type: ignore[attr-defined]
    with override("es"):
        assert say_standard("Free collection") == "Colección libre"
        assert say_standard("Recipients") == "Recipients", (
            "a word we know is no reason to touch another's title"
        )


def test_a_taken_code_is_refused_in_the_readers_language(dr_ada: Person, patient: object) -> None:
    page = signed_in(dr_ada)
    page.cookies["language"] = "es"
    answer = page.post("/patients/new", {"code": patient.code})  # type: ignore[attr-defined]
    said = answer.content.decode()
    assert f"El código {patient.code} ya está en uso" in said, said[-2000:]  # type: ignore[attr-defined]


def test_to_share_and_a_share_are_two_words(dr_ada: Person, rosa: Visitor) -> None:
    page = signed_in(dr_ada)
    page.cookies["language"] = "es"
    assert "<th>Envío</th>" in page.get("/shares").content.decode()
    assert "Compartir</button>" in page.get(f"/cases/{rosa.share.case_id}/shares/new").content.decode()
