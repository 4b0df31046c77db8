"""Whose clock a page goes by: the workspace's that it shows; and the zones one can choose."""

import zoneinfo
from functools import cache
from typing import TYPE_CHECKING

from django.utils import timezone

if TYPE_CHECKING:
    from arcada.apps.accounts.models import Workspace

REGIONS = (
    "Africa", "America", "Antarctica", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific",
)  # fmt: skip


def go_by_clock_of(workspace: "Workspace | None") -> None:
    """Times are shown and read in the workspace's zone until the request ends; UTC for one not known here."""
    name = workspace.time_zone if workspace is not None else "UTC"
    try:
        timezone.activate(zoneinfo.ZoneInfo(name))
    except (zoneinfo.ZoneInfoNotFoundError, ValueError):
        timezone.activate(zoneinfo.ZoneInfo("UTC"))


@cache
def zones() -> list[tuple[str, str | list[tuple[str, str]]]]:
    """UTC, then the places of each region, as choices of a form."""
    known = sorted(zoneinfo.available_timezones())
    regions: list[tuple[str, str | list[tuple[str, str]]]] = [("UTC", "UTC")]
    for region in REGIONS:
        places = [
            (name, name.removeprefix(f"{region}/").replace("_", " "))
            for name in known
            if name.startswith(f"{region}/")
        ]
        if places:
            regions.append((region, places))
    return regions
