"""A view that a comment quotes: camera, what was shown, section, tool. Checked like a pin, never trusted."""

import re
from collections.abc import Collection, Mapping
from typing import Any

from arcada.core.errors import Refused
from arcada.core.pins import number_in, section_in, vector_in

_TOOL = re.compile(r"[a-z][a-z0-9-]{0,31}")
WIDEST_OPENING = 90.0  # mm between the edges of the front teeth: more than any mouth opens


def check_view(view: Mapping[str, Any], *, records: Collection[str]) -> dict[str, Any]:
    """The view with exactly its known parts, of `records` (ids) alone; raises Refused.

    `camera` (position, target, up, zoom), `shown` (ids), `opacity` (id → 0…1), `section` (point, normal, away;
    or None), `tool` (or None), `opening`. Numbers in file coordinates and mm, as in pins.
    """
    try:
        camera = view["camera"]
        tool = view.get("tool")
        if tool is not None and not (isinstance(tool, str) and _TOOL.fullmatch(tool)):
            raise TypeError
        opacity = view.get("opacity") or {}
        return {
            "camera": {
                "position": vector_in(camera, "position"),
                "target": vector_in(camera, "target"),
                "up": vector_in(camera, "up"),
                "zoom": number_in(camera, "zoom", 1e-6, 1_000_000.0),
            },
            "shown": [one for one in view["shown"] if one in records],
            "opacity": {one: number_in(opacity, one, 0.0, 1.0) for one in opacity if one in records},
            "section": None if view.get("section") is None else section_in(view),
            "tool": tool,
            "opening": number_in({"opening": view.get("opening", 0)}, "opening", 0.0, WIDEST_OPENING),
        }
    except (KeyError, TypeError, AttributeError, Refused):
        raise Refused("The quoted view can't be read. Quote it again.", code="bad_view") from None


def view_of(view: Mapping[str, Any], *, records: Mapping[str, str]) -> dict[str, Any]:
    """The same view on what somebody sees now; nothing names another record (SL-13).

    `records`: id of any version → id of the one that is shown, so that a view outlives the version it was quoted of.
    """
    opacity = {records[one]: value for one, value in view["opacity"].items() if one in records}
    shown = dict.fromkeys(records[one] for one in view["shown"] if one in records)
    return {**view, "shown": list(shown), "opacity": opacity}
