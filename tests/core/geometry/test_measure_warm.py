"""What `warm` compiles is all that production needs: a new kind of array would cost seconds, file by file."""

import pytest
from numba.core.registry import CPUDispatcher

from arcada.core.anatomy import Jaw
from arcada.core.geometry import (
    distance,
    distance_kernels,
    measure,
    measure_kernels,
    occlusion,
    orient,
    orient_kernels,
)
from arcada.core.geometry.specimen.arch import make_pair
from arcada.core.geometry.stl import read_stl
from arcada.core.geometry.write import write_stl


def signatures(module) -> dict[str, int]:
    return {
        name: len(kernel.signatures)
        for name, kernel in vars(module).items()
        if isinstance(kernel, CPUDispatcher)
    }


@pytest.mark.parametrize("kernels", [measure_kernels, distance_kernels, orient_kernels])
def test_production_needs_no_kernel_that_warm_did_not_compile(kernels):
    for each in (measure, distance, orient):
        each.warm()
    before = signatures(kernels)
    assert any(before.values())
    upper, lower = (read_stl(write_stl(jaw)).mesh for jaw in make_pair(2, triangles=20_000, colours=False))
    measure.measure(upper)
    orientation = orient.find_orientation(upper, hint=Jaw.MAXILLA)
    orient.find_jaw(upper, Jaw.UNKNOWN, orientation)
    tree = distance.build_tree(lower)
    distance.find_nearest(tree, upper.points)
    distance.find_signed(tree, upper.points, limit=2.0)
    occlusion.check_occlusion(upper, lower)
    assert signatures(kernels) == before
