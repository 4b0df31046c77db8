"""DE-07: a picture in which a name may be written stays in its workspace until a person has looked."""

import io
import json
import zipfile
from importlib import import_module
from typing import TYPE_CHECKING, Any

import pytest

from arcada.core.errors import Conflict, NotFound, Refused
from tests.cast import NOW, Person, Visitor, body_of, judged_file, lay_in_judged, make_share, visitor_of
from tests.core.made_dicom import dicom_of, drawn_panoramic
from tests.core.made_images import jpeg, png
from tests.web.browsing import signed_in

if TYPE_CHECKING:
    from arcada.apps.cases.models import Case
    from arcada.apps.records.models import Collection, Record

pytestmark = pytest.mark.django_db
BURNED_IN = dicom_of(drawn_panoramic(30, 60), BurnedInAnnotation="YES")
SAYS_NO = dicom_of(drawn_panoramic(30, 60), BurnedInAnnotation="NO")


def lay_in(ada: Person, collection: "Collection", data: bytes, **more: Any) -> "Record":
    return lay_in_judged(ada.actor, collection, judged_file("periapical", "tooth 11.dcm", data), **more)


@pytest.fixture
def film(dr_ada: Person, collection: "Collection", shared_case: "Case") -> "Record":
    """A radiograph whose file says that text is written in it, in the case that carl takes part in."""
    from arcada.apps.cases.actions import add_to_case

    record = lay_in(dr_ada, collection, BURNED_IN)
    add_to_case(dr_ada.actor, shared_case, records=[record], now=NOW)
    return record


def confirm(ada: Person, film: "Record") -> "Record":
    from arcada.apps.records.actions import confirm_picture

    return confirm_picture(ada.actor, film, now=NOW)


def seen_by(actor: Any, case: "Case") -> set[str]:
    """The records of the manifest: what a viewer of this person shows."""
    from arcada.api.v1.manifest import viewer_manifest

    return {entry["id"] for entry in viewer_manifest(actor, case, base="/api/v1", now=NOW)["records"]}


def test_de_07_it_is_not_shared_until_it_is_ticked(
    dr_ada: Person, shared_case: "Case", film: "Record"
) -> None:
    """DE-07: neither with the whole case nor by name; the refusal says in plain words what to do."""
    for chosen in (None, [film]):
        with pytest.raises(Refused) as refused:
            make_share(dr_ada, shared_case, records=chosen)
        assert refused.value.code == "picture_not_checked" and "confirm on its page" in refused.value.text
    film = confirm(dr_ada, film)
    assert make_share(dr_ada, shared_case, records=[film]).share.pk
    assert make_share(dr_ada, shared_case).share.pk


def test_de_07_what_is_shared_otherwise_can_still_be(
    dr_ada: Person, shared_case: "Case", film: "Record", ready_records: "dict[str, Record]"
) -> None:
    assert make_share(dr_ada, shared_case, records=[ready_records["upper_jaw"]]).share.pk


def test_de_07_the_tick_stands_in_the_audit_with_who_and_what(dr_ada: Person, film: "Record") -> None:
    """DE-07: the tick is audited, with the hash of the file that was looked at."""
    from arcada.apps.audit.models import AuditEvent

    checked = confirm(dr_ada, film)
    assert (checked.picture_check, checked.picture_checked_by) == ("done", dr_ada.actor.name)
    line = AuditEvent.objects.get(action="record.picture_checked", object_id=film.pk)
    assert str(line.actor_id) == str(dr_ada.actor.id) and film.original is not None
    assert film.original.sha256 in json.dumps(line.ids)
    with pytest.raises(Conflict):
        confirm(dr_ada, film)


def test_de_07_a_participant_sees_it_only_after_the_tick(
    dr_ada: Person, carl: Person, shared_case: "Case", film: "Record"
) -> None:
    """DE-07: carl's lab takes part with everything granted, and the picture is not there for it."""
    from arcada.apps.cases.access import visible_record_for

    assert str(film.pk) in seen_by(dr_ada.actor, shared_case)
    assert str(film.pk) not in seen_by(carl.actor, shared_case)
    with pytest.raises(NotFound):
        visible_record_for(carl.actor, film.pk)
    browser = signed_in(carl)
    for path in ("", "/renditions/view.webp", "/renditions/depth.bin", "/cleaned"):
        assert browser.get(f"/api/v1/records/{film.pk}{path}").status_code == 404, path
    assert str(film.pk) not in browser.get(f"/api/v1/cases/{shared_case.pk}/records").content.decode()
    assert zip_names(browser.get(f"/api/v1/cases/{shared_case.pk}/files.zip")).isdisjoint(
        {"A-1042_periapical.dcm"}
    )

    confirm(dr_ada, film)
    assert str(film.pk) in seen_by(carl.actor, shared_case)
    assert browser.get(f"/api/v1/records/{film.pk}/renditions/depth.bin").status_code == 200
    assert "A-1042_periapical.dcm" in zip_names(browser.get(f"/api/v1/cases/{shared_case.pk}/files.zip"))


def test_de_07_a_share_that_was_there_before_does_not_show_it(
    dr_ada: Person, shared_case: "Case", collection: "Collection", rosa: Visitor
) -> None:
    """DE-07: rosa holds the whole case; what comes in later waits like everything else."""
    from arcada.apps.cases.actions import add_to_case

    film = lay_in(dr_ada, collection, BURNED_IN)
    add_to_case(dr_ada.actor, shared_case, records=[film], now=NOW)
    assert str(film.pk) not in seen_by(rosa.actor, shared_case)
    for name in ("renditions/view.webp", "renditions/depth.bin", "cleaned"):
        assert rosa.browser.get(f"{rosa.base}/records/{film.pk}/{name}").status_code == 404
    confirm(dr_ada, film)
    assert str(film.pk) in seen_by(rosa.actor, shared_case)
    assert rosa.browser.get(f"{rosa.base}/records/{film.pk}/renditions/depth.bin").status_code == 200


def test_de_07_mallory_and_carl_cannot_tick(carl: Person, mallory: Person, film: "Record") -> None:
    for person in (carl, mallory):
        browser = signed_in(person)
        assert browser.post(f"/records/{film.pk}/picture-check", {"no_name": "on"}).status_code == 404
    film.refresh_from_db()
    assert film.waits_for_a_look


def test_de_07_the_page_wants_the_tick_and_says_why(dr_ada: Person, film: "Record") -> None:
    browser = signed_in(dr_ada)
    assert "Is a name written in this picture?" in browser.get(f"/records/{film.pk}").content.decode()
    assert browser.post(f"/records/{film.pk}/picture-check").status_code in (400, 422)
    film.refresh_from_db()
    assert film.waits_for_a_look
    assert (
        browser.post(f"/records/{film.pk}/picture-check", {"no_name": "on", "back": "record"}).status_code
        == 302
    )
    page = browser.get(f"/records/{film.pk}").content.decode()
    assert "no name is written in the picture" in page and "Is a name written" not in page


def test_de_07_a_new_version_is_looked_at_anew_and_a_retry_is_not(
    dr_ada: Person, collection: "Collection", film: "Record"
) -> None:
    from arcada.apps.records import actions, jobs

    confirm(dr_ada, film)
    actions.retry_record(dr_ada.actor, film, now=NOW)
    again = actions.start_processing(film.pk, now=NOW)
    judged = jobs._store(again, judged_file("periapical", "tooth 11.dcm", BURNED_IN).answer)
    assert actions.save_prepared(film.pk, judged, attempt=again.attempts, now=NOW).picture_check == "done"
    film.refresh_from_db()
    assert lay_in(dr_ada, collection, BURNED_IN, supersedes=film).waits_for_a_look


def test_de_07_a_film_that_rules_text_out_needs_no_look(dr_ada: Person, collection: "Collection") -> None:
    assert lay_in(dr_ada, collection, SAYS_NO).picture_check == ""


@pytest.mark.parametrize(("name", "data"), [("pa_14.jpg", jpeg(160, 120)), ("pa_14.png", png(160, 120))])
def test_de_07_a_radiograph_in_jpg_or_png_waits_like_one_in_dicom(
    name: str, data: bytes, dr_ada: Person, carl: Person, collection: "Collection", shared_case: "Case"
) -> None:
    """DE-07: neither form can say that no name is written in it, and an export carries one just as often."""
    from arcada.apps.cases.actions import add_to_case
    from arcada.apps.records.queries import views_of

    film = lay_in_judged(dr_ada.actor, collection, judged_file("periapical", name, data))
    add_to_case(dr_ada.actor, shared_case, records=[film], now=NOW)
    assert film.waits_for_a_look
    assert "picture_to_check" in [found.code for found in views_of([film])[0].findings]
    assert str(film.pk) not in seen_by(carl.actor, shared_case)
    with pytest.raises(Refused) as refused:
        make_share(dr_ada, shared_case, records=[film])
    assert refused.value.code == "picture_not_checked"
    assert (
        "Is a name written in this picture?" in signed_in(dr_ada).get(f"/records/{film.pk}").content.decode()
    )
    film = confirm(dr_ada, film)
    assert str(film.pk) in seen_by(carl.actor, shared_case)
    assert make_share(dr_ada, shared_case, records=[film]).share.pk


def test_de_07_radiographs_in_jpg_and_png_from_before_the_update_leave_running_shares_until_somebody_looks(
    dr_ada: Person, collection: "Collection", shared_case: "Case", rosa: Visitor
) -> None:
    """DE-07: each version for itself; a photograph, a DICOM file that rules text out and one looked at stay."""
    from django.apps import apps

    from arcada.apps.cases.actions import add_to_case
    from arcada.apps.records.models import FoundInRecord, Record
    from arcada.apps.records.queries import views_of
    from arcada.apps.reviews.deciding import decide_case
    from arcada.apps.reviews.queries import decisions_of
    from arcada.core.decisions import Verdict

    def old(slot: str, name: str, data: bytes, **more: Any) -> "Record":
        record = lay_in_judged(dr_ada.actor, collection, judged_file(slot, name, data), **more)
        FoundInRecord.objects.filter(record=record, code="picture_to_check").delete()
        Record.objects.filter(pk=record.pk).update(picture_check="", facts=without_check(record.facts))
        record.refresh_from_db()
        return record

    first = old("periapical", "pa_14.jpg", jpeg(160, 120))
    second = old("periapical", "pa_14.png", png(160, 120), supersedes=first)
    looked_at = old("periapical", "pa_15.jpg", jpeg(160, 128))
    Record.objects.filter(pk=looked_at.pk).update(picture_check="done")
    others = [
        looked_at,
        old("shade_photo", "a.jpg", jpeg(160, 120)),
        old("periapical", "tooth 11.dcm", SAYS_NO),
    ]
    add_to_case(dr_ada.actor, shared_case, records=[second, *others], now=NOW)
    to_first = make_share(dr_ada, shared_case, records=[first])
    decide_case(dr_ada.actor, shared_case, verdict=Verdict.APPROVED, now=NOW)
    assert str(second.pk) in seen_by(rosa.actor, shared_case), "as it was before the update"

    for _ in range(2):
        import_module("arcada.apps.records.migrations.0006_radiographs_to_look_at").ask(apps, None)
    assert {str(one.pk) for one in others} <= seen_by(rosa.actor, shared_case)
    assert str(second.pk) not in seen_by(rosa.actor, shared_case)
    assert rosa.browser.get(f"{rosa.base}/records/{second.pk}/renditions/view.webp").status_code == 404
    to_one_film = visitor_of(to_first, "rosa@north-lab.example")
    to_one_film.come_in()
    assert seen_by(to_one_film.actor, shared_case) == set()
    assert not decisions_of(dr_ada.actor, shared_case)[0].holds
    browser = signed_in(dr_ada)
    for film in (first, second):
        film.refresh_from_db()
        with pytest.raises(Refused):
            make_share(dr_ada, shared_case, records=[film])
        assert [found.code for found in views_of([film])[0].findings].count("picture_to_check") == 1
        page = browser.get(f"/records/{film.pk}").content.decode()
        assert "Is a name written in this picture?" in page
        assert "A name may be written in this radiograph." in page
    assert (
        "until somebody looked for a name in it"
        in browser.get(f"/cases/{shared_case.pk}/files").content.decode()
    )
    confirm(dr_ada, second)
    assert str(second.pk) in seen_by(rosa.actor, shared_case)
    assert decisions_of(dr_ada.actor, shared_case)[0].holds


def without_check(facts: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in facts.items() if name != "picture_check"}


def test_de_07_a_photograph_asks_only_once_it_is_put_among_the_radiographs(
    dr_ada: Person, collection: "Collection"
) -> None:
    from arcada.apps.records import actions, jobs

    photograph = lay_in_judged(dr_ada.actor, collection, judged_file("EV19", "a.jpg", jpeg(160, 120)))
    assert photograph.picture_check == "" and not photograph.waits_for_a_look
    moved = actions.move_record(dr_ada.actor, photograph, slot="periapical", now=NOW)
    moved = actions.start_processing(moved.pk, now=NOW)
    judged = jobs._store(moved, judged_file("periapical", "a.jpg", jpeg(160, 120)).answer)
    assert actions.save_prepared(moved.pk, judged, attempt=moved.attempts, now=NOW).waits_for_a_look


def test_de_07_a_decision_holds_when_a_picture_waits_and_ends_when_it_is_seen(
    dr_ada: Person, carl: Person, shared_case: "Case", film: "Record"
) -> None:
    """What only its own workspace sees is no part of what is decided; once it is seen it is new to everybody."""
    from arcada.apps.reviews.deciding import decide_case
    from arcada.apps.reviews.queries import decisions_of
    from arcada.core.decisions import Verdict

    decide_case(dr_ada.actor, shared_case, verdict=Verdict.APPROVED, now=NOW)
    assert decisions_of(carl.actor, shared_case)[0].holds
    confirm(dr_ada, film)
    assert not decisions_of(carl.actor, shared_case)[0].holds


def zip_names(answer: Any) -> set[str]:
    with zipfile.ZipFile(io.BytesIO(body_of(answer))) as packed:
        return set(packed.namelist())
