"""What the viewer shows in colours, as plain tables: contacts, changes between versions, the reader's measurements.

For whoever does not see the picture, has no 3D or no script; made from the manifest alone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext

from arcada.api.v1.measured import measured, rounded
from arcada.web.finding_words import number
from arcada.web.viewer_words import VIEWER_WORDS

Row = tuple[str, ...]
_NO_TOOTH = 99  # after every tooth


@dataclass(frozen=True, slots=True)
class Table:
    """Rows with a head, or only the sentence that there are none."""

    caption: str
    head: Row = ()
    rows: Sequence[Row] = ()


def in_numbers(manifest: Mapping[str, Any]) -> list[Table]:
    """The tables of a scene, in the manifest's order; empty where nothing was measured."""
    entries = {entry["id"]: entry for entry in manifest["records"]}
    found = manifest["comparisons"]
    contacts = [one for one in found if one["kind"] == "contacts"]
    changes = [one for one in found if one["kind"] == "deviation"]
    return [
        *_contacts(contacts, entries),
        *_changes(changes, entries),
        *_measurements(manifest["measurements"], entries),
    ]


def _contacts(found: Sequence[Mapping[str, Any]], entries: Mapping[str, Mapping[str, Any]]) -> list[Table]:
    tables: dict[tuple[str, ...], Table] = {}
    for one in found:
        reason = _why_none(one)
        if reason is None:
            tables[one["record"], one["against"]] = _spots(one, entries)
            continue
        # True either way, so said once: of two jaws, or of a restoration, whichever jaw it was held against.
        pair = sorted((one["record"], one["against"]), key=list(entries).index)
        about = [id for id in pair if entries[id]["kind"] == "design"] or pair
        gap, depth = (number(one["summary"].get(key) or 0.0) for key in ("gap_mm", "penetration_mm"))
        said = _word(reason, gap=gap, depth=depth)
        tables[*about, reason] = Table(f"{entries[about[0]]['label']}: {said}")
    return list(tables.values())


def _spots(found: Mapping[str, Any], entries: Mapping[str, Mapping[str, Any]]) -> Table:
    of, against = entries[found["record"]], entries[found["against"]]
    spots = sorted(found["spots"], key=lambda spot: (spot.get("tooth_fdi", _NO_TOOTH), -spot["area_mm2"]))
    caption = _word("contacts.count", scan=of["label"], against=against["label"], count=len(spots))
    head = _word("contacts.where"), _word("contacts.size"), _word("contacts.depth")
    return Table(caption, head if spots else (), tuple(_spot(spot) for spot in spots))


def _spot(spot: Mapping[str, Any]) -> Row:
    where = _tooth(spot["tooth"]) if spot.get("tooth") else ""
    if not where and spot["region"]:
        where = _word(f"region.{spot['region'].replace(' ', '_')}")
    um = round(spot["deepest_um"])
    distance = _word("contacts.overlap" if um < 0 else "contacts.gap", um=number(abs(um)))
    return where or "–", _word("contacts.area", area=rounded(spot["area_mm2"], 2)), distance


def _why_none(found: Mapping[str, Any]) -> str | None:
    """The word for why there are no contacts to list, if there are none."""
    state = found["state"]
    if state == "ready":
        return None
    if state == "no_antagonist":
        return f"contacts.{found['summary']['why_none']}"
    if state == "not_in_occlusion":
        summary = found["summary"]
        is_too_deep = not summary.get("gap_mm") and summary.get("penetration_mm")
        return "contacts.too_deep" if is_too_deep else "contacts.not_in_occlusion"
    return "contacts.failed" if state == "failed" else "contacts.coming"


def _changes(changes: Sequence[Mapping[str, Any]], entries: Mapping[str, Mapping[str, Any]]) -> list[Table]:
    said = [
        Table(f"{entries[one['record']]['label']}: {_word(reason, version=one['against_version'])}")
        for one in changes
        if (reason := _why_no_change(one)) is not None
    ]
    measured = [one for one in changes if one["state"] == "ready"]
    if not measured:
        return said
    head = gettext("Version"), gettext("Since"), gettext("Changed"), gettext("At most")
    over = number(measured[0]["summary"]["changed_over_um"])
    caption = gettext("Changes between versions, by more than {over} µm").format(over=over)
    return [Table(caption, head, tuple(_change(one, entries) for one in measured)), *said]


def _change(found: Mapping[str, Any], entries: Mapping[str, Mapping[str, Any]]) -> Row:
    summary = found["summary"]
    most = round(summary["greatest_um"])
    greatest = _word("compare.away" if most < 0 else "compare.added", um=number(abs(most)))
    if summary.get("tooth"):
        greatest = f"{greatest}, {_tooth(summary['tooth'])}"
    share = f"{rounded(summary['changed_share'] * 100, 1)} %"
    return entries[found["record"]]["label"], f"v{found['against_version']}", share, greatest


def _why_no_change(found: Mapping[str, Any]) -> str | None:
    if found["state"] == "ready":
        return None
    return {"no_fit": "compare.no_fit", "failed": "contacts.failed"}.get(found["state"], "contacts.coming")


def _measurements(
    measurements: Sequence[Mapping[str, Any]], entries: Mapping[str, Mapping[str, Any]]
) -> list[Table]:
    """The reader's own, of what is shown now."""
    rows = []
    for one in measurements:
        if all(record in entries for record in one["records"]):
            on = ", ".join(dict.fromkeys(entries[record]["label"] for record in one["records"]))
            said = measured(one)
            rows.append((said.name, said.value, on))
    head = gettext("Measurement"), _word("image.value"), gettext("On")
    return [Table(gettext("Your measurements"), head, tuple(rows))] if rows else []


def _tooth(written: str) -> str:
    return gettext("Tooth %(tooth)s") % {"tooth": written}


def _word(key: str, **values: Any) -> str:
    return gettext(VIEWER_WORDS[key]).format(**values)
