"""What an open page hears as it happens: of its case and the records in it, and of nothing beside."""

from typing import TYPE_CHECKING, Any

import pytest

from tests.cast import NOW, Given, Person, lay_in_comparison, lay_in_judged
from tests.web.browsing import listened, signed_in

if TYPE_CHECKING:
    from arcada.apps.cases.models import Case
    from arcada.apps.records.models import Record


def heard(who: Person, topic: str, **more: Any) -> list[str]:
    """The kinds of what a page on this topic hears."""
    return [kind for kind, _ in listened(signed_in(who), f"/api/v1/events?topic={topic}", **more)]


def newest() -> int:
    from arcada.apps.notifications.models import LiveEvent

    return LiveEvent.objects.order_by("-id").values_list("id", flat=True).first() or 0


@pytest.fixture
def before(shared_case: "Case") -> int:
    return newest()


def test_a_page_of_a_case_hears_of_a_comparison_and_a_checked_file_of_it(
    carl: Person,
    dr_ada: Person,
    shared_case: "Case",
    ready_records: "dict[str, Record]",
    given_files: dict[str, Given],
    before: int,
) -> None:
    from arcada.apps.cases.actions import add_to_case
    from arcada.apps.records.comparisons import Measured, save_comparison
    from arcada.apps.records.models import Comparison

    row = lay_in_comparison(ready_records["upper_jaw"], ready_records["lower_jaw"])
    Comparison.objects.filter(pk=row.pk).update(state="waiting", file=None)
    save_comparison(row.pk, Measured("not_in_occlusion"), now=NOW)
    assert "comparison" in heard(carl, f"case:{shared_case.pk}", after=before)
    beside = given_files["upper_jaw"]
    other = lay_in_judged(
        dr_ada.actor, shared_case.collection, Given("pre_op", "p.stl", beside.data, beside.answer)
    )
    assert "record" not in heard(carl, f"case:{shared_case.pk}", after=before), "it is not in the case"
    add_to_case(dr_ada.actor, shared_case, records=[other], now=NOW)
    assert "record" in heard(carl, f"case:{shared_case.pk}", after=before)


def test_an_open_page_hears_once_what_was_told_of_a_file_before_it_came_into_the_case(
    carl: Person, dr_ada: Person, shared_case: "Case", given_files: dict[str, Given], before: int
) -> None:
    from arcada.apps.cases.actions import add_to_case

    beside = given_files["upper_jaw"]
    other = lay_in_judged(
        dr_ada.actor, shared_case.collection, Given("pre_op", "p.stl", beside.data, beside.answer)
    )
    told = heard(
        carl, f"case:{shared_case.pk}", after=before, for_s=2.5,
        on_presence=lambda: add_to_case(dr_ada.actor, shared_case, records=[other], now=NOW),
    )  # fmt: skip
    assert told.count("case") == 1
    assert told.count("record") == 1


def test_who_has_a_record_open_hears_that_it_was_judged_and_not_of_each_step(
    dr_ada: Person, collection: Any, given_files: dict[str, Given]
) -> None:
    before = newest()
    record = lay_in_judged(dr_ada.actor, collection, given_files["EV19"])
    assert heard(dr_ada, f"record:{record.pk}", after=before) == ["record"]
    assert len(heard(dr_ada, f"collection:{collection.pk}", after=before)) >= 3


def test_another_workspace_hears_nothing(mallory: Person, shared_case: "Case") -> None:
    assert signed_in(mallory).get(f"/api/v1/events?topic=case:{shared_case.pk}").status_code == 404
