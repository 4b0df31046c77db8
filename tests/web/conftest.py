"""What tests of pages begin with: dr_ada's browser, and a collection of hers."""

from datetime import date
from typing import TYPE_CHECKING

import pytest
from django.test import Client

from tests.cast import NOW, Person
from tests.web.browsing import signed_in

if TYPE_CHECKING:
    from arcada.apps.patients.models import Patient
    from arcada.apps.records.models import Collection


@pytest.fixture
def page(dr_ada: Person) -> Client:
    return signed_in(dr_ada)


@pytest.fixture
def archive(dr_ada: Person, patient: "Patient") -> "Collection":
    """An empty collection by the standard Archive 3+2."""
    from arcada.apps.records.collections import open_collection

    return open_collection(
        dr_ada.actor, patient, taken_on=date(2026, 3, 1), standard_name="archive-3-2", now=NOW
    )
