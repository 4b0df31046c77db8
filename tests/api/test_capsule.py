"""The capsule of a case: who gets one, what is in it, and what is not."""

import base64
import gzip
import hashlib
import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from tests.cast import CANARIES, NOW, Person, Visitor, body_of, make_share, visitor_of
from tests.web.browsing import signed_in

if TYPE_CHECKING:
    from arcada.apps.cases.models import Case
    from arcada.apps.records.models import Record

pytestmark = pytest.mark.django_db


def capsule_of(answer: Any) -> str:
    assert answer.status_code == 200, answer.status_code
    return body_of(answer).decode()


def contents_of(page: str) -> dict[str, Any]:
    found = re.search(r'<script type="application/json" id="contents">(.*?)</script>', page, re.DOTALL)
    assert found is not None
    told: dict[str, Any] = json.loads(found[1])
    return told


def part_in(page: str, part: dict[str, Any]) -> bytes:
    """A part's bytes, taken out of the page as its script does."""
    place = rf'data-part="{re.escape(part["id"])}"'
    if part["packing"] == "picture":
        found = re.search(rf'{place} src="data:[^;]+;base64,([^"]*)"', page)
    else:
        found = re.search(rf"{place}[^>]*>([A-Za-z0-9+/=]*)</script>", page)
    assert found is not None, part["id"]
    packed = base64.b64decode(found[1], validate=True)
    return gzip.decompress(packed) if part["packing"] == "gzip" else packed


@pytest.fixture
def talked_about(dr_ada: Person, shared_case: "Case", ready_records: "dict[str, Record]") -> "Case":
    """A-1042 with a comment on the upper jaw and a decision."""
    from arcada.apps.cases.access import visible_record_for
    from arcada.apps.reviews import actions

    pin = {
        "point": [1.0, 2.0, 3.0],
        "normal": [0.0, 0.0, 1.0],
        "camera": {"position": [0, 0, 100], "target": [0, 0, 0], "up": [0, 1, 0], "zoom": 2},
    }
    record = visible_record_for(dr_ada.actor, ready_records["upper_jaw"].pk)
    actions.open_thread(
        dr_ada.actor,
        shared_case,
        text="The margin <b>is</b> open\r\nat 14 \x1a",
        record=record,
        pin=pin,
        now=NOW,
    )
    return shared_case


def test_every_part_is_in_it_and_has_the_hash_that_the_list_says(
    dr_ada: Person, talked_about: "Case"
) -> None:
    page = capsule_of(signed_in(dr_ada).get(f"/cases/{talked_about.pk}/capsule"))
    parts = contents_of(page)["parts"]
    kinds = {part["id"].rsplit("-", 5)[0] for part in parts}
    assert {"full", "coarse", "poster-front", "view", "manifest", "said", "viewer"} <= kinds
    for part in parts:
        if part["packing"] == "text":
            continue
        data = part_in(page, part)
        assert (len(data), hashlib.sha256(data).hexdigest()) == (part["bytes"], part["sha256"]), part["id"]


def test_a_signed_decision_is_in_it_as_it_was_signed(dr_ada: Person, talked_about: "Case") -> None:
    from arcada.apps.reviews.deciding import decide_case
    from arcada.core.decision_paper import read_paper
    from arcada.core.decisions import Verdict

    decision = decide_case(dr_ada.actor, talked_about, verdict=Verdict.APPROVED, note="Two  spaces", now=NOW)
    page = capsule_of(signed_in(dr_ada).get(f"/cases/{talked_about.pk}/capsule"))
    (part,) = [part for part in contents_of(page)["parts"] if part["id"] == f"paper-{decision.pk}"]
    assert read_paper(part_in(page, part))["note"] == "Two  spaces"


def test_it_names_the_originals_by_their_hash_and_does_not_hold_them(
    dr_ada: Person, talked_about: "Case", ready_records: "dict[str, Record]"
) -> None:
    page = capsule_of(signed_in(dr_ada).get(f"/cases/{talked_about.pk}/capsule"))
    told = {one["record"]: one["sha256"] for one in contents_of(page)["originals"]}
    expected = {str(r.pk): r.original.sha256 for r in ready_records.values() if r.original}
    assert told == expected
    assert not set(told.values()) & {part["sha256"] for part in contents_of(page)["parts"]}


def test_nothing_of_the_patient_the_files_names_or_titles_is_in_it_for_anybody(
    dr_ada: Person, carl: Person, rosa: Visitor, talked_about: "Case", ready_records: "dict[str, Record]"
) -> None:
    record = ready_records["upper_jaw"]
    record.title = "Zélia's crown"
    record.save(update_fields=["title"])
    talked_about.patient.refresh_from_db()
    pages = [
        capsule_of(signed_in(dr_ada).get(f"/cases/{talked_about.pk}/capsule")),
        capsule_of(signed_in(carl).get(f"/cases/{talked_about.pk}/capsule")),
        capsule_of(rosa.browser.get(f"{rosa.base}/capsule")),
    ]
    for page in pages:
        parts = [part_in(page, part) for part in contents_of(page)["parts"] if part["packing"] != "text"]
        everything = page.encode() + b"".join(parts)
        for canary in (*CANARIES, "P-0218", "Crown 14, preparation", "Crown 14, zirconia"):
            assert canary.encode() not in everything, canary
        assert b"A-1042" in everything


def test_de_07_a_picture_that_may_hold_a_name_stays_in_the_house(
    dr_ada: Person, shared_case: "Case", ready_records: "dict[str, Record]"
) -> None:
    """DE-07: also the owner's own capsule leaves it out, because a capsule goes where a workspace does not reach."""
    picture = ready_records["EV19"]
    picture.picture_check = "needed"
    picture.save(update_fields=["picture_check"])
    page = capsule_of(signed_in(dr_ada).get(f"/cases/{shared_case.pk}/capsule"))
    assert str(picture.pk) not in page


def test_it_goes_out_under_the_cases_code_and_is_no_page_of_ours(dr_ada: Person, shared_case: "Case") -> None:
    answer = signed_in(dr_ada).get(f"/cases/{shared_case.pk}/capsule")
    assert answer["Content-Disposition"] == 'attachment; filename="A-1042_capsule.html"'
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer["Cache-Control"] == "no-store"
    assert answer.streaming
    assert "Content-Length" not in answer


def test_nothing_in_it_points_to_a_server(dr_ada: Person, talked_about: "Case") -> None:
    """What a comment says is text; everything else has no address but its own."""
    page = capsule_of(signed_in(dr_ada).get(f"/cases/{talked_about.pk}/capsule"))
    chrome = re.sub(r"<script.*?</script>|<style>.*?</style>", "", page, flags=re.DOTALL)
    addresses = re.findall(r'\b(?:src|href|action|poster|srcset|data)="([^"]{0,40})', chrome)
    assert addresses
    assert [one for one in addresses if not one.startswith(("data:", "#"))] == []
    assert "<form" not in page
    manifest = next(part for part in contents_of(page)["parts"] if part["id"] == "manifest")
    scene = json.loads(part_in(page, manifest))
    assert scene["permissions"] == ["view"]
    assert not re.findall(r"/api/|/r/|capsule:|https?:", json.dumps(scene))


def test_the_audit_holds_who_which_records_and_the_lists_number(dr_ada: Person, talked_about: "Case") -> None:
    from arcada.apps.audit.models import AuditEvent

    page = capsule_of(signed_in(dr_ada).get(f"/cases/{talked_about.pk}/capsule"))
    found = re.search(r'id="contents">(.*?)</script>', page, re.DOTALL)
    assert found is not None
    event = AuditEvent.objects.get(action="case.capsule_exported")
    assert event.actor_id == dr_ada.user.pk
    assert event.ids["contents"] == hashlib.sha256(found[1].encode()).hexdigest()
    assert len(event.ids["records"]) == 4
    assert not AuditEvent.objects.filter(action="case.viewed").exists()


def test_a_recipient_takes_exactly_what_the_share_gives(
    dr_ada: Person, talked_about: "Case", ready_records: "dict[str, Record]"
) -> None:
    upper, lower = ready_records["upper_jaw"], ready_records["lower_jaw"]
    lower_only = make_share(dr_ada, talked_about, records=[lower])
    guest = visitor_of(lower_only, "rosa@north-lab.example")
    guest.come_in()
    page = capsule_of(guest.browser.get(f"{guest.base}/capsule"))
    assert str(upper.pk) not in page
    assert "The margin" not in page
    assert [one["record"] for one in contents_of(page)["originals"]] == [str(lower.pk)]


def test_a_share_without_downloads_gives_no_capsule(dr_ada: Person, shared_case: "Case") -> None:
    guest = visitor_of(make_share(dr_ada, shared_case, gives="view comment"), "rosa@north-lab.example")
    guest.come_in()
    assert guest.browser.get(f"{guest.base}/capsule").status_code == 404


def test_a_participant_who_may_only_look_gets_none(
    dr_ada: Person, mallory: Person, shared_case: "Case"
) -> None:
    from arcada.apps.cases.actions import invite_participant
    from arcada.core.access import Permission

    invite_participant(
        dr_ada.actor,
        shared_case,
        workspace=mallory.workspace,
        permissions=frozenset({Permission.VIEW}),
        now=NOW,
    )
    browser = signed_in(mallory)
    assert browser.get(f"/cases/{shared_case.pk}").status_code == 200
    assert browser.get(f"/cases/{shared_case.pk}/capsule").status_code == 404
    assert browser.get(f"/api/v1/cases/{shared_case.pk}/capsule").status_code == 404


def test_a_capsule_counts_as_one_download_of_the_share(dr_ada: Person, shared_case: "Case") -> None:
    guest = visitor_of(make_share(dr_ada, shared_case, max_downloads=1), "rosa@north-lab.example")
    guest.come_in()
    assert guest.browser.get(f"{guest.base}/capsule").status_code == 200
    assert guest.browser.get(f"{guest.base}/capsule").status_code == 403


def test_mallory_gets_none(mallory: Person, shared_case: "Case") -> None:
    assert signed_in(mallory).get(f"/cases/{shared_case.pk}/capsule").status_code == 404


def test_it_speaks_the_language_of_who_exported_it(dr_ada: Person, shared_case: "Case") -> None:
    answer = signed_in(dr_ada).get(f"/cases/{shared_case.pk}/capsule", headers={"Accept-Language": "pt-BR"})
    page = capsule_of(answer)
    assert '<html lang="pt-br"' in page
    assert "Maxila" in page or "superior" in page


def test_a_right_that_ends_cuts_a_running_capsule(dr_ada: Person, shared_case: "Case") -> None:
    from asgiref.sync import async_to_sync

    from arcada.api.v1.capsule import capsule_stream, export_capsule
    from arcada.apps.files import serving

    capsule = export_capsule(dr_ada.actor, shared_case.pk, now=NOW)
    asked: list[bool] = []

    def still_allowed() -> bool:
        asked.append(True)
        return False

    async def read() -> int:
        size = 0
        with pytest.raises(serving.RightsEnded):
            async for piece in capsule_stream(capsule, still_allowed=still_allowed):
                size += len(piece)
        return size

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(serving, "RECHECK_SECONDS", -1)
        size = async_to_sync(read)()
    assert asked
    assert size < len(capsule.page) + sum(held.part.bytes for held in capsule.held.values())
