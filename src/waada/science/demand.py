"""When customers write: arrivals per channel and hour of the week, as the planner and the quiet hour need them.

A first profile, not a forecast: each hour of the week is the mean of its own past, leaning on the same hour of other
days while its own weeks are few. Old weeks fade, so that a new season shows within a month.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

HOURS = 168
# A week weighs half as much after so many further ones.
HALF_LIFE_WEEKS = 4.0
_FADE: float = 0.5 ** (1 / HALF_LIFE_WEEKS)
# A week is worked out again when so many times as many wrote.
GROWTH = 1.03
# So many weeks' worth of belief that a weekday is like the others.
LIKE_OTHERS = 1.0
_NOBODY = (0.0,) * HOURS


class Demand:
    """Arrivals per channel. Hours are those of the brand's own wall clock."""

    def __init__(self) -> None:
        """Nobody has written yet."""
        self._counts: dict[str, list[float]] = {}
        self._first: datetime | None = None
        self._weeks_faded = 0
        self._latest: datetime | None = None
        self._arrivals = 0
        self._weeks: dict[str, tuple[float, ...]] = {}
        self._weeks_of = 0

    def saw(self, channel: str, at: datetime, zone: str) -> None:
        """Somebody wrote."""
        self._arrivals += 1
        # Another node's facts may come a little late.
        self._first = at if self._first is None else min(self._first, at)
        self._latest = at if self._latest is None else max(self._latest, at)
        weeks = int((at - self._first).total_seconds() // (HOURS * 3600))
        while self._weeks_faded < weeks:
            self._weeks_faded += 1
            for counts in self._counts.values():
                counts[:] = [count * _FADE for count in counts]
        counts = self._counts.setdefault(channel, [0.0] * HOURS)
        counts[hour_of_week(at, zone)] += 1.0
        if self._arrivals > self._weeks_of * GROWTH:
            self._work_out()

    @property
    def weeks(self) -> float:
        """How many weeks the counts stand for, faded as they are."""
        if self._first is None or self._latest is None:
            return 0.0
        passed = (self._latest - self._first).total_seconds() / (HOURS * 3600)
        whole = int(passed)
        faded = sum(_FADE**week for week in range(1, whole + 1))
        return faded + max(passed - whole, 1.0 / HOURS if whole == 0 else 0.0)

    def channels(self) -> tuple[str, ...]:
        """Return the channels that anybody wrote on."""
        return tuple(sorted(self._counts))

    def week(self, channel: str) -> tuple[float, ...]:
        """Return the expected arrivals of each hour of a week, Monday 0:00 first; zeros before anybody wrote.

        Worked out again when enough more wrote to change it by something, whoever asks: it follows from the facts.
        """
        return self._weeks.get(channel, _NOBODY)

    def _work_out(self) -> None:
        self._weeks = {channel: self._week(channel) for channel in self._counts}
        self._weeks_of = self._arrivals

    def _week(self, channel: str) -> tuple[float, ...]:
        counts, weeks = self._counts.get(channel), self.weeks
        if counts is None or weeks <= 0.0:
            return _NOBODY
        usual = [sum(counts[hour::24]) / (7.0 * weeks) for hour in range(24)]
        if weeks < 1.0:
            # Less than a week was seen: only the hours that were are known, spread over the days.
            return tuple(usual[hour % 24] * 7.0 * weeks / max(1.0, 7.0 * weeks) for hour in range(HOURS))
        belief = LIKE_OTHERS
        return tuple((counts[hour] + belief * usual[hour % 24]) / (weeks + belief) for hour in range(HOURS))

    def plain(self) -> dict[str, Any]:
        """Return it as JSON can hold it."""
        return {
            "first": self._first.isoformat() if self._first is not None else None,
            "latest": self._latest.isoformat() if self._latest is not None else None,
            "weeks_faded": self._weeks_faded,
            "counts": {channel: list(counts) for channel, counts in sorted(self._counts.items())},
        }

    @classmethod
    def from_plain(cls, written: Mapping[str, Any]) -> Demand:
        """Return what `plain` wrote."""
        known = cls()
        known._first = datetime.fromisoformat(written["first"]) if written["first"] else None
        known._latest = datetime.fromisoformat(written["latest"]) if written["latest"] else None
        known._weeks_faded = int(written["weeks_faded"])
        known._counts = {channel: [float(count) for count in counts] for channel, counts in written["counts"].items()}
        known._work_out()
        return known


def hour_of_week(at: datetime, zone: str) -> int:
    """Return the hour of the week on the wall clock of a zone: Monday 0:00 to 1:00 is 0, Sunday's last is 167."""
    local = at.astimezone(ZoneInfo(zone))
    return local.weekday() * 24 + local.hour
