"""Files of a drop find their places by name; companions stay with their OBJ; a choice of a person wins."""

import pytest

from arcada.core.drop_sorting import Offered, sort_drop
from arcada.core.findings import blocks
from arcada.core.upload_standard import SHIPPED

ARCHIVE = SHIPPED["archive-3-2"]
CROWN = SHIPPED["crown-and-bridge"]
FREE = SHIPPED["free-collection"]


def offered(*names: str) -> list[Offered]:
    return [Offered(name, 1000) for name in names]


@pytest.mark.parametrize(
    ("name", "slot"),
    [("UpperJaw.stl", "upper_jaw"), ("scan_l.ply", "lower_jaw"), ("bite_right.ply", "bite_right"),
     ("OPG.png", "panoramic"), ("EV19.jpg", "EV19"), ("prep 14.stl", "preparation")],
)  # fmt: skip
def test_a_name_that_tells_its_place_is_put_there(name: str, slot: str) -> None:
    assert [placed.slot for placed in sort_drop(CROWN, offered(name), present={})] == [slot]


def test_a_side_of_the_bite_goes_to_the_bite_where_the_standard_has_only_one() -> None:
    assert sort_drop(ARCHIVE, offered("bite_right.ply"), present={})[0].slot == "bite"


def test_a_name_that_says_nothing_waits_for_a_person() -> None:
    placed = sort_drop(CROWN, offered("export1.stl"), present={})[0]
    assert placed.slot is None
    assert not placed.can_start


def test_in_a_free_collection_such_a_file_goes_to_other() -> None:
    assert sort_drop(FREE, offered("export1.stl"), present={})[0].slot == "other"


def test_materials_and_textures_go_with_the_obj_of_their_name() -> None:
    drop = offered("scan.obj", "scan.mtl", "scan_0.jpg", "scan.png", "scanner.jpg", "upper.stl")
    placed = sort_drop(CROWN, drop, present={})
    assert [one.companion_of for one in placed] == [None, 0, 0, 0, None, None]


def test_a_material_without_its_obj_is_refused() -> None:
    placed = sort_drop(CROWN, offered("scan.mtl"), present={})[0]
    assert [finding.code for finding in placed.findings] == ["companion_alone"]


def test_the_second_file_for_one_place_is_told_that_it_is_taken() -> None:
    first, second = sort_drop(CROWN, offered("upper.stl", "upper.ply"), present={})
    assert first.can_start
    assert [finding.code for finding in second.findings] == ["slot_full"]


def test_a_new_version_finds_room_where_the_place_is_full() -> None:
    choice = Offered("x.stl", 10, slot="upper_jaw", is_version=True)
    assert sort_drop(CROWN, [choice], present={"upper_jaw": 1})[0].can_start


def test_a_person_may_put_a_file_elsewhere_than_its_name_says() -> None:
    assert sort_drop(CROWN, [Offered("upper.stl", 10, slot="lower_jaw")], present={})[0].slot == "lower_jaw"


def test_a_file_that_no_place_takes_says_so_without_naming_a_place() -> None:
    placed = sort_drop(CROWN, offered("letter.pdf"), present={})[0]
    assert blocks(placed.findings)
    assert placed.findings[0].where is None


def test_twenty_photographs_at_once_leave_room_for_three() -> None:
    """N10, UP-04: the preview counts as the server does."""
    slots = ["EV15", "EV19", "EV01"] * 7
    drop = [Offered(f"{number}.jpg", 10, slot=slot) for number, slot in enumerate(slots[:20])]
    assert sum(placed.can_start for placed in sort_drop(ARCHIVE, drop, present={})) == 3
