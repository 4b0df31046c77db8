"""The demo's clock: its events lie on the days before it is loaded, in São Paulo's time."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("America/Sao_Paulo")
_LATEST_EVENT = time(10, 50)


@dataclass(frozen=True, slots=True)
class Calendar:
    """`loaded_at` is now; the story's last day is today, or yesterday when today is too young for it."""

    loaded_at: datetime

    @property
    def last_day(self) -> date:
        local = self.loaded_at.astimezone(ZONE)
        return local.date() if local.time() > _LATEST_EVENT else local.date() - timedelta(days=1)

    def day(self, days_before: int) -> date:
        return self.last_day - timedelta(days=days_before)

    def at(self, days_before: int, hour: int, minute: int) -> datetime:
        return datetime.combine(self.day(days_before), time(hour, minute), ZONE)

    def next_evening(self) -> datetime:
        """17:00 of today, or of tomorrow when fewer than three hours are left."""
        local = self.loaded_at.astimezone(ZONE)
        evening = datetime.combine(local.date(), time(17), ZONE)
        return evening if evening - local > timedelta(hours=3) else evening + timedelta(days=1)
