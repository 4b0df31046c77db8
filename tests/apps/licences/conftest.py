"""The dentist and the reviewers of `panel`."""

import pytest

from tests.apps.licences.panel import reviewer, unverified
from tests.cast import Person


@pytest.fixture
def nova(db: None) -> Person:
    return unverified()


@pytest.fixture
def rita(db: None) -> Person:
    return reviewer("rita")


@pytest.fixture
def raul(db: None) -> Person:
    return reviewer("raul")


@pytest.fixture
def rui(db: None) -> Person:
    return reviewer("rui")
