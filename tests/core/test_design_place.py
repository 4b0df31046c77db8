"""A case brings designs, whatever the standard of its collection asks for."""

import pytest

from arcada.core.anatomy import RecordKind
from arcada.core.findings import blocks
from arcada.core.standard import with_design_place
from arcada.core.upload_standard import SHIPPED, check_offer


@pytest.mark.parametrize("name", SHIPPED)
def test_a_design_of_a_case_has_a_place_beside_every_standard(name: str) -> None:
    standard = with_design_place(SHIPPED[name])
    place = standard.slot("design")
    assert place is not None
    assert place.kinds == (RecordKind.DESIGN,)
    assert not blocks(check_offer(standard, "design", "crown.stl", 1_000_000, present={"design": 3}))


def test_a_standard_with_a_place_for_designs_keeps_its_own() -> None:
    assert with_design_place(SHIPPED["free-collection"]) is SHIPPED["free-collection"]
