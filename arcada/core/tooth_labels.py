"""Labels of teeth over versions: kept as people set them, with every place where they were found again."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Final

from arcada.core.found_places import has_moved

Label = Mapping[str, Any]
_AS_SET: Final = ("tooth_fdi", "record", "point")


def as_set(label: Label) -> dict[str, Any]:
    """The label as a person set it, without where it was found since."""
    return {part: label[part] for part in _AS_SET}


def changed(
    known: Iterable[Label], *, before: Sequence[Label], after: Sequence[Label]
) -> list[dict[str, Any]]:
    """The `known` labels, as set, with what somebody did to `before` to come to `after`: tooth by tooth."""
    was = [as_set(label) for label in before]
    mine = [label for label in map(as_set, after) if label not in was]
    gone = {label["tooth_fdi"] for label in before} - {label["tooth_fdi"] for label in after}
    touched = gone | {label["tooth_fdi"] for label in mine}
    theirs = [as_set(label) for label in known if label["tooth_fdi"] not in touched]
    return sorted(theirs + mine, key=lambda label: int(label["tooth_fdi"]))


def with_found(labels: Iterable[Label], known: Iterable[Label]) -> list[dict[str, Any]]:
    """`labels` as they were sent, each with the places of the known label that it repeats unchanged."""
    found = {label["tooth_fdi"]: label for label in known if "found" in label}
    return [
        {**label, "found": found[label["tooth_fdi"]]["found"]}
        if label["tooth_fdi"] in found and as_set(found[label["tooth_fdi"]]) == label
        else dict(label)
        for label in labels
    ]


def standing(labels: Iterable[Label], shown: Collection[str]) -> list[dict[str, Any]]:
    """Each label where it stands on the records `shown`, as if it had been set there; the others are left out."""
    placed = []
    for label in labels:
        place = label if label["record"] in shown else _found_on(label, shown)
        if place is not None and place["point"] is not None:
            placed.append(
                {"tooth_fdi": label["tooth_fdi"], "record": place["record"], "point": place["point"]}
            )
    return placed


def followed(labels: Iterable[Label], shown: Collection[str]) -> list[dict[str, Any]]:
    """Each label as it was set, with `found` where the records `shown` have a newer version that was looked at."""
    listed = []
    for label in labels:
        place = None if label["record"] in shown else _found_on(label, shown)
        listed.append(as_set(label) | ({} if place is None else {"found": _told(place)}))
    return listed


def _found_on(label: Label, shown: Collection[str]) -> Mapping[str, Any] | None:
    places: Sequence[Mapping[str, Any]] = label.get("found", ())
    return max(
        (place for place in places if place["record"] in shown),
        key=lambda place: int(place["version"]),
        default=None,
    )


def _told(place: Mapping[str, Any]) -> dict[str, Any]:
    on = {"record": place["record"], "version": place["version"]}
    if place["point"] is None:
        return {**on, "gone": True, "reason": place["reason"]}
    moved_mm = place["moved_mm"]
    return {**on, "point": place["point"], "moved_mm": moved_mm, "has_moved": has_moved(moved_mm)}
