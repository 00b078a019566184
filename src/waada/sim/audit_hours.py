"""Opening hours as the auditor counts them: look at the clock on the wall, minute by minute. Slow, plain, independent.

It shares nothing with `core.hours`; the two must agree because both are right.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
YEARS_MAX = 3


class WallHours:
    """Hours read from their JSON form."""

    def __init__(self, plain: Mapping[str, Any]) -> None:
        """Keep zone, week, holidays and special days as minutes after local midnight."""
        self._zone = ZoneInfo(plain["zone"])
        self._always = bool(plain.get("always_open"))
        self._week = {day: _minutes(plain.get("week", {}).get(day, ())) for day in DAYS}
        self._holidays = list(plain.get("holidays", ()))
        self._special = {day: _minutes(times) for day, times in plain.get("special_days", {}).items()}
        self._known: dict[datetime, tuple[tuple[int, int], ...]] = {}

    def open_at(self, minute: datetime) -> bool:
        """Whether the clock on the wall shows an open time during this minute (UTC)."""
        local = minute.astimezone(self._zone)
        shown = local.hour * 60 + local.minute
        today, yesterday = local.date(), local.date() - timedelta(days=1)
        own = any(opens <= shown < closes for opens, closes in self._intervals(today))
        return own or any(opens <= shown + 1440 < closes for opens, closes in self._intervals(yesterday))

    def _intervals(self, day: date) -> list[tuple[int, int]]:
        name = day.isoformat()
        if name in self._special:
            return self._special[name]
        return [] if name in self._holidays else self._week[DAYS[day.weekday()]]

    def _stretches(self, hour: datetime) -> tuple[tuple[int, int], ...]:
        """The open stretches of one UTC hour, in seconds after its start."""
        known = self._known.get(hour)
        if known is None:
            found: list[tuple[int, int]] = []
            for minute in range(60):
                if self._always or self.open_at(hour + timedelta(minutes=minute)):
                    if found and found[-1][1] == minute * 60:
                        found[-1] = (found[-1][0], minute * 60 + 60)
                    else:
                        found.append((minute * 60, minute * 60 + 60))
            known = self._known[hour] = tuple(found)
        return known

    def _from(self, start: datetime) -> Iterator[tuple[datetime, datetime]]:
        hour = start.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
        for number in range(YEARS_MAX * 366 * 24):
            at = hour + timedelta(hours=number)
            for first, last in self._stretches(at):
                yield at + timedelta(seconds=first), at + timedelta(seconds=last)

    def between(self, start: datetime, end: datetime) -> float:
        """Open seconds from start to end; negative when end is before start."""
        if end < start:
            return -self.between(end, start)
        total = timedelta(0)
        hour = start.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
        while hour < end:
            for first, last in self._stretches(hour):
                opens = max(start, hour + timedelta(seconds=first))
                closes = min(end, hour + timedelta(seconds=last))
                if opens < closes:
                    total += closes - opens
            hour += timedelta(hours=1)
        return total.total_seconds()

    def add(self, start: datetime, seconds: float) -> datetime:
        """The first instant by which so many open seconds have passed."""
        left = timedelta(seconds=seconds)
        for opens, closes in self._from(start):
            begins = max(opens, start)
            if begins >= closes:
                continue
            if left <= closes - begins:
                return begins + left
            left -= closes - begins
        raise AssertionError("these hours hold too little time")


def _minutes(times: Any) -> list[tuple[int, int]]:
    return [(_minute(opens), _minute(closes)) for opens, closes in times]


def _minute(text: str) -> int:
    clock, over, _ = text.partition("+1")
    hours, minutes = clock.split(":")
    return int(hours) * 60 + int(minutes) + (1440 if over else 0)
