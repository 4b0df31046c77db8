"""The synthetic arches are what a scanner gives, and each planted fault is the one that is measured."""

import numpy as np
import pytest

from arcada.core.anatomy import Jaw
from arcada.core.geometry.distance import build_tree, find_signed
from arcada.core.geometry.measure import measure
from arcada.core.geometry.mesh import Mesh
from arcada.core.geometry.specimen import (
    faults,
    make_arch,
    make_bite,
    make_cast,
    make_crown,
    make_pair,
    make_teeth_only,
)

COARSE = 12_000


@pytest.fixture(scope="module")
def pair() -> tuple[Mesh, Mesh]:
    return make_pair(1)


@pytest.fixture(scope="module")
def upper() -> Mesh:
    return make_arch(Jaw.MAXILLA, seed=3, triangles=COARSE)


@pytest.fixture(scope="module")
def lower() -> Mesh:
    return make_arch(Jaw.MANDIBLE, seed=3, triangles=COARSE)


def same(one: Mesh, other: Mesh) -> bool:
    return (
        np.array_equal(one.points, other.points)
        and np.array_equal(one.triangles, other.triangles)
        and np.array_equal(one.colours, other.colours)
    )


def crowns_of(mesh: Mesh) -> np.ndarray:  # the part of a lower arch that can touch anything
    return mesh.points[mesh.points[:, 1] > -6]


@pytest.mark.parametrize("jaw", [Jaw.MAXILLA, Jaw.MANDIBLE])
@pytest.mark.parametrize("seed", [0, 7, 4242])
def test_an_arch_is_one_open_shell_without_a_flaw(jaw, seed):
    arch = make_arch(jaw, seed=seed, triangles=COARSE)
    found = measure(arch)
    assert (found.components, found.border_loops, found.hole_count) == (1, 1, 0)
    assert found.non_manifold_edges == found.inconsistent_edges == found.zero_area_triangles == 0
    assert not found.inverted
    assert found.triangles == pytest.approx(COARSE, rel=0.1)


@pytest.mark.parametrize("triangles", [4_000, 60_000])
def test_an_arch_has_about_the_triangles_that_were_asked_for(triangles):
    assert len(make_arch(Jaw.MAXILLA, seed=1, triangles=triangles).triangles) == pytest.approx(
        triangles, rel=0.1
    )


def test_an_arch_has_the_size_of_a_real_one_in_millimetres(pair):
    for mesh in pair:
        width, height, depth = measure(mesh).extent
        assert 55 < width < 70
        assert 15 < height < 24
        assert 44 < depth < 60


def test_the_patient_looks_to_plus_z_and_the_upper_jaw_is_above(upper, lower):
    assert upper.points[:, 1].mean() > 3 > -3 > lower.points[:, 1].mean()
    for mesh in (upper, lower):  # the front of the U is narrow, its ends are apart
        front = mesh.points[mesh.points[:, 2] > mesh.points[:, 2].max() - 3]
        back = mesh.points[mesh.points[:, 2] < mesh.points[:, 2].min() + 6]
        assert np.ptp(front[:, 0]) < 25 < 45 < np.ptp(back[:, 0])


def test_the_upper_arch_has_a_palate_and_the_lower_one_does_not(upper, lower):
    def in_the_middle(mesh: Mesh) -> int:
        return int(((np.abs(mesh.points[:, 0]) < 5) & (np.abs(mesh.points[:, 2] + 5) < 5)).sum())

    assert in_the_middle(upper) > 50
    assert in_the_middle(lower) == 0


def test_the_same_seed_gives_the_same_scan_and_another_seed_another_one(upper):
    assert same(upper, make_arch(Jaw.MAXILLA, seed=3, triangles=COARSE))
    assert not same(upper, make_arch(Jaw.MAXILLA, seed=4, triangles=COARSE))


def test_crowns_are_lighter_and_greener_than_gum(upper):
    red, green, _ = upper.colours.astype(float).T
    crowns = upper.points[:, 1] < 1.0  # only crowns reach down to the bite
    gum = upper.points[:, 1] > 11.0
    assert (green / red)[crowns].mean() > 0.88 > 0.75 > (green / red)[gum].mean()


def test_an_arch_without_colours_has_the_same_shape(upper):
    plain = make_arch(Jaw.MAXILLA, seed=3, triangles=COARSE, colours=False)
    assert plain.colours is None
    assert np.array_equal(plain.points, upper.points)


def test_noise_moves_the_surface_by_what_was_asked(upper):
    smooth = make_arch(Jaw.MAXILLA, seed=3, triangles=COARSE, noise_mm=0.0)
    rough = make_arch(Jaw.MAXILLA, seed=3, triangles=COARSE, noise_mm=0.05)
    moved = np.linalg.norm(rough.points - smooth.points, axis=1)
    assert np.sqrt((moved**2).mean()) == pytest.approx(0.05, rel=0.05)


def test_both_jaws_meet_at_nearly_every_crown_and_never_go_into_each_other(pair):
    upper, lower = pair
    crowns = crowns_of(lower)
    away = find_signed(build_tree(upper), crowns, limit=1.0).distances
    assert away.min() > -0.05
    touching = crowns[away < 0.05]
    # Contacts on both sides, at the molars and in front.
    assert (touching[:, 0] < -15).sum() > 20
    assert (touching[:, 0] > 15).sum() > 20
    assert (touching[:, 2] < -5).sum() > 20
    assert (touching[:, 2] > 15).sum() > 5


def test_a_preparation_takes_one_crown_down_and_leaves_the_rest_of_the_arch():
    whole = make_arch(Jaw.MAXILLA, seed=1, triangles=60_000, noise_mm=0.0)
    prepared = make_arch(Jaw.MAXILLA, seed=1, triangles=60_000, noise_mm=0.0, preparation_fdi=14)
    away = find_signed(build_tree(whole), prepared.points).distances
    changed = prepared.points[away < -0.3]
    assert len(changed) > 100
    assert changed[:, 0].max() < -12  # on the patient's right
    assert np.ptp(changed, axis=0).max() < 12  # one tooth wide


@pytest.mark.parametrize("side", ["right", "left"])
def test_a_bite_lies_on_both_jaws_and_on_its_own_side(pair, side):
    bite = make_bite(1, side)
    upper, lower = (np.abs(find_signed(build_tree(jaw), bite.points).distances) for jaw in pair)
    assert np.quantile(np.minimum(upper, lower), 0.99) < 0.06
    assert 0.3 < (upper < lower).mean() < 0.7
    assert (bite.points[:, 0] < 0).all() if side == "right" else (bite.points[:, 0] > 0).all()
    assert measure(bite).non_manifold_edges == 0


@pytest.mark.parametrize("version", [1, 2, 3])
def test_a_crown_is_closed_and_sits_on_the_preparation(version):
    arch = make_arch(Jaw.MAXILLA, seed=1, noise_mm=0.0, preparation_fdi=14)
    crown = make_crown(1, 14, version)
    found = measure(crown)
    assert (found.components, found.border_loops, found.non_manifold_edges) == (1, 0, 0)
    assert 50 < found.volume_mm3 < 400
    away = find_signed(build_tree(arch), crown.points, limit=2.0).distances
    assert away.min() > -0.12  # the gum may give way a little, a tooth may not
    assert ((away > 0.0) & (away < 0.08)).sum() > 2_000  # the inner side follows the stump


def test_only_the_third_version_of_the_crown_touches_its_neighbours():
    neighbours = build_tree(make_teeth_only(Jaw.MAXILLA, seed=1, triangles=300_000, teeth_fdi=(13, 15)))
    gap_mm = [
        find_signed(neighbours, make_crown(1, 14, v).points, limit=3.0).distances.min() for v in (1, 2, 3)
    ]
    assert gap_mm == pytest.approx([0.20, 0.10, 0.0], abs=0.04)


def test_the_first_version_of_the_crown_bites_too_high(pair):
    lower = build_tree(pair[1])
    first, third = (
        find_signed(lower, make_crown(1, 14, v).points, limit=3.0).distances.min() for v in (1, 3)
    )
    assert first < -0.1
    assert abs(third) < 0.05


def test_a_cast_is_closed_and_stands_on_a_flat_base():
    for jaw in (Jaw.MAXILLA, Jaw.MANDIBLE):
        cast = make_cast(jaw, seed=3, triangles=COARSE)
        found = measure(cast)
        assert (found.components, found.border_loops, found.non_manifold_edges) == (1, 0, 0)
        assert found.volume_mm3 > 5_000


def test_teeth_only_are_fourteen_pieces():
    found = measure(make_teeth_only(Jaw.MANDIBLE, seed=3, triangles=20_000))
    assert found.components == 14
    assert found.border_loops == 14


def test_a_hole_is_the_only_thing_that_a_hole_adds(upper):
    before, after = measure(upper), measure(faults.with_hole(upper, diameter_mm=5.0))
    assert after.border_loops == before.border_loops + 1
    assert after.components == 1
    assert after.holes[0].diameter_mm == pytest.approx(5.0, abs=1.5)


def test_a_fragment_is_a_second_piece_beside_the_scan(upper):
    found = measure(faults.with_fragment(upper, seed=5))
    assert found.components == 2
    assert found.component_sizes[1] == 50


def test_an_inverted_scan_is_measured_as_inverted(upper, lower):
    assert measure(faults.inverted(upper)).inverted
    assert measure(faults.inverted(lower)).inverted
    assert measure(faults.partly_inverted(upper)).inconsistent_edges > 0


def test_a_scan_in_inches_or_metres_is_known_by_its_size(upper):
    assert measure(faults.scaled(upper, 1 / faults.MM_PER_INCH)).unit == "inch"
    assert measure(faults.scaled(upper, 0.001)).unit == "m"


def test_a_rotated_scan_turns_back_to_itself(upper):
    turned, rotation = faults.rotated(upper, 12)
    assert np.linalg.det(rotation) == pytest.approx(1.0)
    assert np.allclose(turned.points @ rotation, upper.points, atol=1e-4)
    assert not np.allclose(turned.points, upper.points, atol=1.0)


def test_duplicates_are_counted(upper):
    assert measure(faults.with_duplicates(upper, count=50)).duplicate_triangles == 50
