"""A contact belongs to the nearest labelled tooth of its own jaw."""

from arcada.core.tooth_near import tooth_near

LABELS = [
    {"tooth_fdi": 16, "record": "a", "point": [-24.0, 2.0, 5.0]},
    {"tooth_fdi": 15, "record": "a", "point": [-21.0, 2.0, 13.0]},
    {"tooth_fdi": 46, "record": "b", "point": [-24.0, 0.0, 5.0]},
]


def test_the_nearest_label_of_the_same_jaw_counts_although_the_other_jaws_is_nearer():
    assert tooth_near([-24.0, 0.1, 6.0], LABELS, slot="upper_jaw") == 16
    assert tooth_near([-24.0, 0.1, 6.0], LABELS, slot="lower_jaw") == 46
    assert tooth_near([-21.5, 1.0, 11.0], LABELS, slot="upper_jaw") == 15


def test_far_from_every_label_and_without_labels_there_is_no_tooth():
    assert tooth_near([24.0, 0.0, 5.0], LABELS, slot="upper_jaw") is None
    assert tooth_near([-24.0, 0.0, 5.0], [], slot="upper_jaw") is None


def test_a_design_belongs_to_the_nearest_label_of_either_jaw():
    assert tooth_near([-24.0, 0.5, 5.0], LABELS, slot="design") == 46
