"""Comparisons of standard pairs: planned once, measured in a child, kept sealed, shown to whoever sees both."""

from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone

from tests.cast import Given, Person, Visitor, judged_file, lay_in_judged, make_share, visitor_of
from tests.web.browsing import signed_in

if TYPE_CHECKING:
    from arcada.apps.cases.models import Case
    from arcada.apps.records.models import Collection, Comparison, Record

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="session")
def bite() -> dict[str, Given]:
    """Two jaws that meet, and the lower one again with more of a tooth on its right."""
    import numpy as np

    from arcada.core.geometry.mesh import Mesh
    from arcada.core.geometry.specimen.arch import make_pair
    from arcada.core.geometry.write import write_stl

    upper, lower = make_pair(4, triangles=20_000, colours=False)
    points = lower.points.copy()
    points[points[:, 0] > 22] += [0, 0.3, 0]
    changed = Mesh(points, lower.triangles)
    apart = Mesh(upper.points + np.array([0, 6, 0], dtype=np.float32), upper.triangles)
    return {
        "upper_jaw": judged_file("upper_jaw", "upper.stl", write_stl(upper)),
        "apart": judged_file("upper_jaw", "upper apart.stl", write_stl(apart)),
        "lower_jaw": judged_file("lower_jaw", "lower.stl", write_stl(lower)),
        "changed": judged_file("lower_jaw", "lower v2.stl", write_stl(changed)),
    }


@pytest.fixture
def jaws(dr_ada: Person, collection: "Collection", bite: dict[str, Given]) -> "dict[str, Record]":
    return {slot: lay_in_judged(dr_ada.actor, collection, bite[slot]) for slot in ("upper_jaw", "lower_jaw")}


def work_off(collection: "Collection") -> None:
    """The set is checked, and every comparison that it asked for is measured."""
    from arcada.apps.jobs.models import Job
    from arcada.apps.records.comparing import compare
    from arcada.apps.records.jobs import check_collection

    check_collection.call(str(collection.pk))
    for job in Job.objects.filter(task="arcada.apps.records.comparing.compare", state="waiting"):
        compare.call(*job.args)
        job.state = "done"
        job.save()


def kept(kind: str = "contacts") -> "list[Comparison]":
    from arcada.apps.records.models import Comparison

    return list(Comparison.objects.filter(kind=kind).order_by("record__slot"))


def manifest_of(actor: Any, case: "Case", base: str = "/api/v1") -> dict[str, Any]:
    from arcada.api.v1.manifest import viewer_manifest

    return viewer_manifest(actor, case, base=base, now=timezone.now())


def opened(who: Person, collection: "Collection") -> "Case":
    from arcada.apps.cases.actions import open_case

    return open_case(who.actor, collection, code="A-2000", title="Bite", now=timezone.now())


def test_two_jaws_that_are_ready_are_compared_both_ways_by_one_job(
    dr_ada: Person, collection: "Collection", jaws: "dict[str, Record]"
) -> None:
    from arcada.apps.files.sealed import read_bytes
    from arcada.apps.jobs.models import Job
    from arcada.core.geometry.stream import read_grid

    work_off(collection)
    lower, upper = kept()
    assert Job.objects.filter(task="arcada.apps.records.comparing.compare").count() == 1
    assert (lower.state, upper.state) == ("ready", "ready")
    for row in (lower, upper):
        assert row.file is not None
        assert row.file.bytes == len(read_bytes(row.file)) == len(read_grid(level_of(row.record)).cells)
        assert row.facts["summary"]["measured_from"] == {"record": "file", "against": "file"}
        assert row.facts["spots"]


def level_of(record: "Record") -> bytes:
    from arcada.apps.files.sealed import read_bytes
    from arcada.apps.records.queries import rendition_of

    return read_bytes(rendition_of(record, "full.glb").file)


def test_planning_and_measuring_twice_has_one_effect(
    collection: "Collection", jaws: "dict[str, Record]"
) -> None:
    from arcada.apps.audit.models import AuditEvent
    from arcada.apps.records.comparing import compare
    from arcada.apps.records.comparison_plan import plan_comparisons

    work_off(collection)
    before = [(row.pk, row.file_id) for row in kept()]
    assert plan_comparisons(collection, now=timezone.now()) == 0
    for row in kept():
        compare.call(str(row.pk))
    assert [(row.pk, row.file_id) for row in kept()] == before
    assert AuditEvent.objects.filter(action="record.compared").count() == 2


def test_of_two_workers_that_measured_the_same_the_first_one_counts(
    collection: "Collection", jaws: "dict[str, Record]"
) -> None:
    from arcada.apps.records.comparison_plan import plan_comparisons
    from arcada.apps.records.comparisons import Measured, save_comparison

    plan_comparisons(collection, now=timezone.now())
    row = kept()[0]
    assert save_comparison(row.pk, Measured("not_in_occlusion"), now=timezone.now())
    assert not save_comparison(row.pk, Measured("failed", reason="too_slow"), now=timezone.now())
    assert (kept()[0].state, kept()[0].reason) == ("not_in_occlusion", "")


def test_after_a_kill_between_store_and_row_the_next_attempt_keeps_one_result(
    collection: "Collection", jaws: "dict[str, Record]", monkeypatch: pytest.MonkeyPatch
) -> None:
    from arcada.apps.files.models import StoredFile
    from arcada.apps.records import comparing
    from arcada.apps.records.comparison_plan import plan_comparisons

    plan_comparisons(collection, now=timezone.now())
    files = StoredFile.objects.count()

    def killed(*_args: object, **_more: object) -> bool:
        raise SystemExit("killed")

    with monkeypatch.context() as patch:
        patch.setattr(comparing, "save_comparison", killed)
        with pytest.raises(SystemExit):
            comparing.compare.call(str(kept()[0].pk))
    assert {row.state for row in kept()} == {"waiting"}
    assert StoredFile.objects.count() == files
    comparing.compare.call(str(kept()[0].pk))
    assert {row.state for row in kept()} == {"ready"}
    assert StoredFile.objects.count() == files + 2


def test_jaws_that_do_not_meet_are_said_so_and_show_no_picture(
    dr_ada: Person, collection: "Collection", bite: dict[str, Given]
) -> None:
    for name in ("apart", "lower_jaw"):
        lay_in_judged(dr_ada.actor, collection, bite[name])
    work_off(collection)
    listed = manifest_of(dr_ada.actor, opened(dr_ada, collection))["comparisons"]
    assert len(listed) == 2
    assert {entry["state"] for entry in listed} == {"not_in_occlusion"}
    assert all(entry["url"] is None and entry["spots"] == [] for entry in listed)
    assert all(entry["summary"]["in_occlusion"] is False for entry in listed)


def test_a_newer_version_is_compared_with_the_one_before_and_with_the_other_jaw(
    dr_ada: Person, collection: "Collection", jaws: "dict[str, Record]", bite: dict[str, Given]
) -> None:
    work_off(collection)
    case = opened(dr_ada, collection)
    newer = lay_in_judged(dr_ada.actor, collection, bite["changed"], supersedes=jaws["lower_jaw"])
    listed = manifest_of(dr_ada.actor, case)["comparisons"]
    assert listed == [], "contacts of the older version are shown on the newer one"
    work_off(collection)
    found = {
        (e["kind"], e["record"], e["against"]): e for e in manifest_of(dr_ada.actor, case)["comparisons"]
    }
    upper, old, new = (str(r.pk) for r in (jaws["upper_jaw"], jaws["lower_jaw"], newer))
    assert set(found) == {("contacts", upper, new), ("contacts", new, upper), ("deviation", new, old)}
    entry = found["deviation", new, old]
    assert entry["against_version"] == 1 and entry["state"] == "ready"
    older = signed_in(dr_ada).get(entry["against_full"]["url"])
    assert int(older["Content-Length"]) == entry["against_full"]["bytes"]
    assert all(e["against_full"] is None for e in found.values() if e["kind"] == "contacts")
    assert (entry["step_um"], entry["zero"], entry["cutoff_mm"]) == (8.0, 128, 1.0)
    assert entry["summary"]["greatest_um"] == pytest.approx(300, abs=30)
    assert entry["summary"]["alignment"]["moved"] is False


def test_contact_spots_say_their_tooth_where_somebody_labelled_it(
    dr_ada: Person, collection: "Collection", jaws: "dict[str, Record]"
) -> None:
    from arcada.apps.cases.scene import label_teeth
    from arcada.core.tooth import Notation, written

    work_off(collection)
    case = opened(dr_ada, collection)
    lower = str(jaws["lower_jaw"].pk)

    def spots() -> list[dict[str, Any]]:
        listed = manifest_of(dr_ada.actor, case)["comparisons"]
        return next(entry["spots"] for entry in listed if entry["record"] == lower)

    first = spots()[0]
    assert "tooth" not in first
    labels = [{"tooth_fdi": 36, "record": lower, "point": first["point"]}]
    label_teeth(dr_ada.actor, case, labels=labels, now=timezone.now())
    notation = Notation(manifest_of(dr_ada.actor, case)["notation"])
    assert (spots()[0]["tooth_fdi"], spots()[0]["tooth"]) == (36, written(36, notation))


def test_a_comparison_that_breaks_a_limit_fails_visibly_and_is_tried_again_after_a_change(
    dr_ada: Person, collection: "Collection", jaws: "dict[str, Record]", monkeypatch: pytest.MonkeyPatch
) -> None:
    from arcada.apps.records import comparing
    from arcada.apps.records.comparison_plan import plan_comparisons
    from arcada.apps.records.limits import ChildFailed

    def too_heavy(*_args: object, **_more: object) -> bytes:
        raise ChildFailed("too_heavy")

    with monkeypatch.context() as patch:
        patch.setattr(comparing, "in_child", too_heavy)
        work_off(collection)
    listed = manifest_of(dr_ada.actor, opened(dr_ada, collection))["comparisons"]
    assert {(entry["state"], entry["reason"], entry["url"]) for entry in listed} == {
        ("failed", "too_heavy", None)
    }
    assert plan_comparisons(collection, now=timezone.now()) == 1
    work_off(collection)
    assert {row.state for row in kept()} == {"ready"}


def test_a_job_that_is_given_up_leaves_no_comparison_waiting(
    collection: "Collection", jaws: "dict[str, Record]"
) -> None:
    from arcada.apps.records.comparing import compare_given_up
    from arcada.apps.records.comparison_plan import plan_comparisons

    plan_comparisons(collection, now=timezone.now())
    compare_given_up(str(kept()[0].pk), reason="The worker was lost at every attempt.")
    assert {(row.state, row.reason) for row in kept()} == {("failed", "could_not_be_compared")}


def test_a_record_judged_again_in_another_unit_gets_comparisons_of_its_own(
    dr_ada: Person, collection: "Collection", jaws: "dict[str, Record]"
) -> None:
    from arcada.apps.records.models import Rendition

    work_off(collection)
    case = opened(dr_ada, collection)
    assert len(manifest_of(dr_ada.actor, case)["comparisons"]) == 2
    other = Rendition.objects.get(record=jaws["upper_jaw"], name="coarse.glb").file
    Rendition.objects.filter(record=jaws["upper_jaw"], name="full.glb").update(file=other)
    assert manifest_of(dr_ada.actor, case)["comparisons"] == []


def test_the_byte_file_is_the_members_and_nobody_elses(
    dr_ada: Person, ben: Person, mallory: Person, collection: "Collection", jaws: "dict[str, Record]"
) -> None:
    work_off(collection)
    entry = manifest_of(dr_ada.actor, opened(dr_ada, collection))["comparisons"][0]
    answer = signed_in(ben).get(entry["url"].partition("?")[0])
    assert answer.status_code == 200
    assert "immutable" in answer["Cache-Control"] and "private" in answer["Cache-Control"]
    assert "sandbox" in answer["Content-Security-Policy"]
    assert signed_in(mallory).get(entry["url"]).status_code == 404


def test_rosa_gets_a_comparison_only_when_both_records_are_in_her_grant(
    dr_ada: Person, collection: "Collection", jaws: "dict[str, Record]"
) -> None:
    work_off(collection)
    case = opened(dr_ada, collection)
    email = "rosa@north-lab.example"
    whole = make_share(dr_ada, case)
    one = make_share(dr_ada, case, records=[jaws["lower_jaw"]])
    for share, count, status in ((whole, 2, 200), (one, 0, 404)):
        rosa: Visitor = visitor_of(share, email)
        rosa.come_in()
        listed = manifest_of(rosa.actor, case, base=rosa.base)["comparisons"]
        assert len(listed) == count
        for row in kept():
            answer = rosa.browser.get(f"{rosa.base}/comparisons/{row.pk}/values")
            assert answer.status_code == status
            if status == 200:
                assert answer["Cache-Control"] == "no-store"


def test_a_link_to_the_current_files_shows_no_change_since_a_version_it_does_not_show(
    dr_ada: Person, collection: "Collection", jaws: "dict[str, Record]", bite: dict[str, Given]
) -> None:
    lay_in_judged(dr_ada.actor, collection, bite["changed"], supersedes=jaws["lower_jaw"])
    work_off(collection)
    case = opened(dr_ada, collection)
    rosa = visitor_of(make_share(dr_ada, case), "rosa@north-lab.example")
    rosa.come_in()
    kinds = [entry["kind"] for entry in manifest_of(rosa.actor, case, base=rosa.base)["comparisons"]]
    assert kinds == ["contacts", "contacts"]
    (row,) = kept("deviation")
    assert rosa.browser.get(f"{rosa.base}/comparisons/{row.pk}/values").status_code == 404
