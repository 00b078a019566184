"""The days of opening hours in UTC, each worked out once: its open pieces, and what runs of days hold together.

Hours speak of wall-clock time in a zone; here that has become instants, nights on which the clock is changed included.
A table may be asked from several threads at once: what it remembers is only ever replaced, never changed.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import accumulate
from typing import Final
from zoneinfo import ZoneInfo

from waada.core.intervals import DAY_MINUTES, Interval, TimeInvalid, Week

# The last days of the calendar would overflow on the way to local time.
LAST_DAY: Final = date.max.toordinal() - 3
_FIRST_DAY: Final = date.min.toordinal() + 3
# Ten years of days; beyond it the table is emptied rather than growing with a long simulation.
_TABLE_DAYS_MAX: Final = 4096
# So many days are gone through one by one; what lies further away is found by sums, carried on by a stride at a time.
FEW_DAYS: Final = 4
_STRIDE: Final = 32
# Days that lie further beyond what was added up are not worth adding up what lies between.
_FAR_DAYS: Final = 366
NOTHING: Final = timedelta(0)


@dataclass(frozen=True, slots=True)
class OpenDay:
    """The open pieces of one UTC day, in order, cut at its midnights, and how much they hold."""

    pieces: tuple[tuple[datetime, datetime], ...]
    total: timedelta


class OpenDays:
    """The table of one channel's days, by their ordinal; `known` has those that were worked out."""

    __slots__ = ("_holidays", "_special_days", "_sums", "_week", "_zone", "known")

    def __init__(
        self,
        zone: ZoneInfo,
        week: Week,
        holidays: tuple[date, ...],
        special_days: tuple[tuple[date, tuple[Interval, ...]], ...],
    ) -> None:
        """Begin with no day worked out."""
        self._zone, self._week, self._holidays, self._special_days = zone, week, holidays, special_days
        self.known: dict[int, OpenDay] = {}
        # What the days from the first on hold, up to the beginning of each.
        self._sums: tuple[int, tuple[timedelta, ...]] = (0, (NOTHING,))

    def day(self, ordinal: int) -> OpenDay:
        """Return a day, worked out when it is asked for first; raises TimeInvalid at the edge of the calendar."""
        known = self.known.get(ordinal)
        if known is not None:
            return known
        if not _FIRST_DAY <= ordinal <= LAST_DAY:
            raise TimeInvalid("This instant is at the very edge of the calendar; pass a time people live in.")
        pieces = joined(sorted(self._raw_pieces(ordinal)))
        day = OpenDay(pieces, sum((closes - opens for opens, closes in pieces), NOTHING))
        if len(self.known) >= _TABLE_DAYS_MAX:
            self.known.clear()
        self.known[ordinal] = day
        return day

    def held(self, first: int, end: int) -> timedelta:
        """Return how much open time the days from one to before another hold."""
        if end - first <= FEW_DAYS:
            return sum((self.day(ordinal).total for ordinal in range(first, end)), NOTHING)
        begins, sums = self._summed(first, end)
        return sums[end - begins] - sums[first - begins]

    def skip(self, first: int, end: int, amount: timedelta) -> tuple[int, timedelta]:
        """Return the first day from one on by whose end an amount has passed, and what is left as that day begins.

        Where the days before `end` do not hold that much, it is the last of them.
        """
        begins, sums = self._summed(first, min(first + _STRIDE, end))
        wanted = sums[first - begins] + amount
        while sums[-1] < wanted and begins + len(sums) <= end:
            begins, sums = self._summed(first, min(begins + len(sums) + _STRIDE, end))
        found = min(begins + bisect_left(sums, wanted, first + 1 - begins) - 1, end - 1)
        return found, wanted - sums[found - begins]

    def _summed(self, first: int, end: int) -> tuple[int, tuple[timedelta, ...]]:
        """Return sums that reach from one day to before another; begun anew where they lie too far away."""
        begins, sums = self._sums
        if begins <= first and end < begins + len(sums):
            return begins, sums
        if not begins <= first < begins + min(len(sums) + _FAR_DAYS, _TABLE_DAYS_MAX):
            begins, sums = first, (NOTHING,)
        next_day = begins + len(sums) - 1
        upto = max(end, min(next_day + _STRIDE, LAST_DAY))
        more = (self.day(ordinal).total for ordinal in range(next_day, upto))
        sums = (*sums[:-1], *accumulate(more, initial=sums[-1]))
        self._sums = begins, sums
        return begins, sums

    def _raw_pieces(self, ordinal: int) -> Iterator[tuple[datetime, datetime]]:
        """Open pieces of a UTC day: where the offset is steady, wall time and instants run side by side."""
        for begin, end, offset in _steady(self._zone, ordinal):
            shown_first, shown_last = begin + offset, end + offset
            for local in range(shown_first.toordinal(), shown_last.toordinal() + 1):
                midnight = datetime.fromordinal(local).replace(tzinfo=UTC)
                for opens, closes in self._shown(local):
                    first = max(shown_first, midnight + timedelta(minutes=opens))
                    last = min(shown_last, midnight + timedelta(minutes=closes))
                    if first < last:
                        yield first - offset, last - offset

    def _shown(self, local: int) -> Iterator[tuple[int, int]]:
        """The wall-clock minutes at which a local date is open: its own, and what runs over from the day before."""
        for part in self._of(local - 1):
            if part.closes > DAY_MINUTES:
                yield 0, part.closes - DAY_MINUTES
        for part in self._of(local):
            yield part.opens, min(part.closes, DAY_MINUTES)

    def _of(self, local: int) -> tuple[Interval, ...]:
        """The intervals that open on a local date."""
        day = date.fromordinal(local)
        for special, parts in self._special_days:
            if special == day:
                return parts
        return () if day in self._holidays else self._week[day.weekday()]


def joined(pieces: Iterable[tuple[datetime, datetime]]) -> tuple[tuple[datetime, datetime], ...]:
    """Ordered pieces with those that touch or overlap made one."""
    joined: list[tuple[datetime, datetime]] = []
    for opens, closes in pieces:
        if joined and opens <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(joined[-1][1], closes)
        else:
            joined.append((opens, closes))
    return tuple(joined)


def _steady(zone: ZoneInfo, ordinal: int) -> Iterator[tuple[datetime, datetime, timedelta]]:
    """Cut a UTC day where the zone changes its offset: (begin, end, offset) with one offset in each."""
    midnight = datetime.fromordinal(ordinal).replace(tzinfo=UTC)
    begin, offset = midnight, _offset(zone, midnight)
    for hour in range(24):
        later = midnight + timedelta(hours=hour + 1)
        after = _offset(zone, later)
        if after != offset:
            change = _change(zone, later - timedelta(hours=1), later)
            yield begin, change, offset
            begin, offset = change, after
    yield begin, midnight + timedelta(days=1), offset


def _offset(zone: ZoneInfo, at: datetime) -> timedelta:
    return at.astimezone(zone).utcoffset() or NOTHING


def _change(zone: ZoneInfo, before: datetime, after: datetime) -> datetime:
    """The first instant with the new offset; offsets change at whole seconds."""
    old = _offset(zone, before)
    low, high = 0, int((after - before).total_seconds())
    while high - low > 1:
        middle = (low + high) // 2
        if _offset(zone, before + timedelta(seconds=middle)) == old:
            low = middle
        else:
            high = middle
    return before + timedelta(seconds=high)
