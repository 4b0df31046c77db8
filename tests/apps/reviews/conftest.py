"""A jaw in three versions, and a case with the first of them."""

from typing import TYPE_CHECKING

import pytest
from django.utils import timezone

from tests.cast import Given, Person, judged_file, lay_in_judged

if TYPE_CHECKING:
    from arcada.apps.cases.models import Case
    from arcada.apps.records.models import Collection, Record


@pytest.fixture(scope="session")
def versions() -> list[Given]:
    """A lower jaw; the same pushed up by 0.34 mm on one side; and without that side at all."""
    import numpy as np

    from arcada.core.geometry.mesh import Mesh
    from arcada.core.geometry.specimen.arch import make_pair
    from arcada.core.geometry.write import write_stl

    lower = make_pair(4, triangles=20_000, colours=False)[1]
    raised = lower.points.copy()
    raised[raised[:, 0] > 15] += np.array([0, 0.34, 0], dtype=np.float32)
    middle = lower.points[lower.triangles].mean(axis=1)
    halved = np.ascontiguousarray(lower.triangles[middle[:, 0] < 10])
    meshes = (lower, Mesh(raised, lower.triangles), Mesh(lower.points, halved))
    return [
        judged_file("lower_jaw", f"lower v{number}.stl", write_stl(mesh))
        for number, mesh in enumerate(meshes, start=1)
    ]


@pytest.fixture
def first(dr_ada: Person, collection: "Collection", versions: list[Given]) -> "Record":
    return lay_in_judged(dr_ada.actor, collection, versions[0])


@pytest.fixture
def pinned_case(dr_ada: Person, collection: "Collection", first: "Record") -> "Case":
    from arcada.apps.cases.actions import open_case

    return open_case(dr_ada.actor, collection, code="A-2001", title="Crown", now=timezone.now())
