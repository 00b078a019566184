"""When a channel has people: weekly opening hours in a time zone, and arithmetic on the time they hold.

The rule: we are open at an instant exactly when the clock on the wall in `zone` shows a time inside an interval of
that local date. Everything follows from it, the nights on which the clock is changed included: an hour the clock
skips is not there, an hour it shows twice counts twice, and elapsed time is always real elapsed time.
`add` and `between` are exact inverses to the microsecond. Open stretches are half-open: [opens, closes).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Final, Self
from zoneinfo import ZoneInfo

from waada.core.intervals import (
    CLOSED_WEEK,
    WEEKDAYS,
    AmountInvalid,
    HoursInvalid,
    HoursRefused,
    Interval,
    NeverOpen,
    TimeInvalid,
    Week,
    date_of,
    intervals_of,
    mapping_of,
    ordered_days,
    ordered_week,
    pairs_of,
    zone_of,
)
from waada.core.open_days import FEW_DAYS, LAST_DAY, NOTHING, OpenDays, joined

__all__ = ["AmountInvalid", "Hours", "HoursInvalid", "HoursRefused", "Interval", "NeverOpen", "TimeInvalid", "Week"]


# A promise further away than this is no promise; it also ends the search in hours that (almost) never open.
HORIZON_DAYS: Final = 731


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """Opening hours of a channel; immutable, hashable, comparable by what they say.

    `week` has the intervals of Monday to Sunday, `holidays` the local dates on which nothing opens, `special_days`
    dates with their own intervals (they win over both). `always_open` leaves no room for any of these.
    """

    zone: str
    week: Week = CLOSED_WEEK
    holidays: tuple[date, ...] = ()
    special_days: tuple[tuple[date, tuple[Interval, ...]], ...] = ()
    always_open: bool = False
    _zone_info: ZoneInfo = field(init=False, repr=False, compare=False)
    _hash: int = field(init=False, repr=False, compare=False)
    # A cache: days already worked out. It never changes what the hours say.
    _days: OpenDays = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Put everything in order, so that equal hours are equal, and refuse what cannot be meant."""
        keep = object.__setattr__
        keep(self, "_zone_info", zone_of(self.zone))
        keep(self, "week", ordered_week(self.week))
        keep(self, "holidays", tuple(sorted(dict.fromkeys(self.holidays))))
        keep(self, "special_days", ordered_days(self.special_days))
        if self.always_open and (self.week != CLOSED_WEEK or self.holidays or self.special_days):
            raise HoursInvalid(
                "Hours that are always open can have no week, holidays or special days. "
                'To close on holidays only, open every weekday from "00:00" to "24:00" instead.'
            )
        keep(self, "_days", OpenDays(self._zone_info, self.week, self.holidays, self.special_days))
        keep(self, "_hash", hash((self.zone, self.week, self.holidays, self.special_days, self.always_open)))

    def __hash__(self) -> int:
        """Worked out once: hours are used as keys on hot paths."""
        return self._hash

    def __reduce__(self) -> tuple[Callable[[Mapping[str, object]], Hours], tuple[dict[str, object]]]:
        """Travel between processes without the cache and the hash, which hold in one process only."""
        return Hours.from_plain, (self.to_plain(),)

    @classmethod
    def weekly(
        cls,
        week: Mapping[str, Iterable[tuple[str, str]]],
        *,
        zone: str,
        holidays: Iterable[date | str] = (),
        special_days: Mapping[date | str, Iterable[tuple[str, str]]] | None = None,
    ) -> Self:
        """Hours from day names and times: {"monday": [("09:00", "12:30"), ("13:30", "17:00")], ...}."""
        by_name: dict[str, tuple[Interval, ...]] = {}
        for name, times in week.items():
            day = name.strip().lower()
            if day not in WEEKDAYS:
                raise HoursInvalid(f"{name!r} is no day of the week; write one of: {', '.join(WEEKDAYS)}.")
            by_name[day] = (*by_name.get(day, ()), *intervals_of(times))
        mon, tue, wed, thu, fri, sat, sun = (by_name.get(day, ()) for day in WEEKDAYS)
        return cls(
            zone=zone,
            week=(mon, tue, wed, thu, fri, sat, sun),
            holidays=tuple(date_of(day) for day in holidays),
            special_days=tuple((date_of(day), intervals_of(times)) for day, times in (special_days or {}).items()),
        )

    @classmethod
    def always(cls, zone: str) -> Self:
        """Open around the clock; business time is wall time."""
        return cls(zone=zone, always_open=True)

    @classmethod
    def from_plain(cls, plain: Mapping[str, object]) -> Hours:
        """Read what `to_plain` wrote (and a JSON settings form sends); unknown keys are refused."""
        return _from_plain(plain)

    def to_plain(self) -> dict[str, object]:
        """The hours as strings, lists and dicts, ready for JSON; days without intervals are left out."""
        if self.always_open:
            return {"zone": self.zone, "always_open": True}
        days = zip(WEEKDAYS, self.week, strict=True)
        return {
            "zone": self.zone,
            "week": {name: [part.plain() for part in parts] for name, parts in days if parts},
            "holidays": [day.isoformat() for day in self.holidays],
            "special_days": {day.isoformat(): [part.plain() for part in parts] for day, parts in self.special_days},
        }

    def add(self, start: datetime, amount: timedelta | float) -> datetime:
        """The first instant (UTC) by which `amount` of open time (timedelta or seconds) has passed since `start`.

        Raises AmountInvalid for nothing or less, NeverOpen when two years from `start` do not hold that much.
        """
        left = amount if isinstance(amount, timedelta) else _seconds(amount)
        if left <= NOTHING:
            raise AmountInvalid(f"The time to add must be more than zero, not {left}.")
        at = start if start.tzinfo is UTC else _utc(start)
        if self.always_open:
            return _shift(at, left)
        day = at.toordinal()
        days, ordinal, end = self._days, day, min(day + HORIZON_DAYS, LAST_DAY)
        while ordinal < end:
            if ordinal == day + FEW_DAYS:
                ordinal, left = days.skip(ordinal, end, left)
            for opens, closes in (days.known.get(ordinal) or days.day(ordinal)).pieces:
                if closes <= at:
                    continue
                begins = opens if opens > at else at  # noqa: FURB136 - max() costs three times as much here
                room = closes - begins
                if left <= room:
                    return begins + left
                left -= room
            ordinal += 1
        raise NeverOpen(
            f"These hours ({self.zone}) do not hold that much time within two years of {at.isoformat()}: "
            f"{left} is left. Open more hours, remove holidays, or count around the clock."
        )

    def between(self, start: datetime, end: datetime) -> timedelta:
        """Open time between two instants; negative when `end` is before `start`."""
        begin = start if start.tzinfo is UTC else _utc(start)
        finish = end if end.tzinfo is UTC else _utc(end)
        if self.always_open:
            return finish - begin
        if finish < begin:
            return -self.between(finish, begin)
        first, last = begin.toordinal(), finish.toordinal()
        days = self._days
        total = days.held(first + 1, last) if last > first + 1 else NOTHING
        for ordinal in (first, last) if last > first else (first,):
            for opens, closes in (days.known.get(ordinal) or days.day(ordinal)).pieces:
                since = opens if opens > begin else begin  # noqa: FURB136 - max() costs three times as much here
                until = closes if closes < finish else finish  # noqa: FURB136
                if since < until:
                    total += until - since
        return total

    def is_open(self, at: datetime) -> bool:
        """Whether somebody is there at this instant; at the closing instant nobody is."""
        if self.always_open:
            return True
        instant = at if at.tzinfo is UTC else _utc(at)
        return any(opens <= instant < closes for opens, closes in self._days.day(instant.toordinal()).pieces)

    def next_opening(self, at: datetime) -> datetime | None:
        """The next instant after `at` at which closed turns into open; None if there is none within two years."""
        instant = _utc(at)
        return next((opens for opens, _ in self._stretches(instant) if opens > instant), None)

    def next_closing(self, at: datetime) -> datetime | None:
        """The next instant after `at` at which open turns into closed; None if there is none within two years."""
        instant = _utc(at)
        limit = instant + timedelta(days=HORIZON_DAYS)
        return next((closes for _, closes in self._stretches(instant) if instant < closes < limit), None)

    def pieces(self, start: datetime, end: datetime) -> tuple[tuple[datetime, datetime], ...]:
        """The open stretches between two instants as (opens, closes) in UTC, in order, none touching another."""
        begin, finish = _utc(start), _utc(end)
        if finish <= begin:
            return ()
        if self.always_open:
            return ((begin, finish),)
        cut: list[tuple[datetime, datetime]] = []
        for ordinal in range(begin.toordinal(), finish.toordinal() + 1):
            for opens, closes in self._days.day(ordinal).pieces:
                piece = max(opens, begin), min(closes, finish)
                if piece[0] < piece[1]:
                    cut.append(piece)
        return joined(cut)

    def _stretches(self, at: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Stretches, not cut at later midnights, that end after `at`, for two years; none when always open."""
        if self.always_open:
            return
        # A stretch running since yesterday begins here at midnight, which is never after `at`.
        first = at.toordinal()
        last: tuple[datetime, datetime] | None = None
        for ordinal in range(first, min(first + HORIZON_DAYS + 1, LAST_DAY)):
            for opens, closes in self._days.day(ordinal).pieces:
                if last is not None and last[1] == opens:
                    last = last[0], closes
                    continue
                if last is not None and last[1] > at:
                    yield last
                last = opens, closes
        if last is not None:
            yield last


# JSON libraries write any dataclass field by field, tables included; hours have a form of their own (`to_plain`), so
# they must not be taken for plain facts.
del Hours.__dataclass_fields__


def _from_plain(plain: Mapping[str, object]) -> Hours:
    unknown = sorted(key for key in plain if key not in {"zone", "week", "holidays", "special_days", "always_open"})
    if unknown:
        raise HoursInvalid(
            f"Hours have no {', '.join(map(repr, unknown))}; use zone, week, holidays, special_days, always_open."
        )
    zone = plain.get("zone")
    if not isinstance(zone, str):
        raise HoursInvalid('Hours need a "zone", the name of a time zone such as "Europe/London".')
    week = {str(name): pairs_of(times) for name, times in mapping_of(plain.get("week"), "week").items()}
    special: dict[date | str, list[tuple[str, str]]] = {
        str(day): pairs_of(times) for day, times in mapping_of(plain.get("special_days"), "special_days").items()
    }
    holidays = plain.get("holidays") or ()
    if not isinstance(holidays, list | tuple):
        raise HoursInvalid('"holidays" must be a list of dates such as "2026-12-25".')
    always_open = plain.get("always_open", False)
    if not isinstance(always_open, bool):
        raise HoursInvalid('"always_open" must be true or false.')
    if always_open and not (week or special or holidays):
        return Hours.always(zone)
    hours = Hours.weekly(week, zone=zone, holidays=[date_of(day) for day in holidays], special_days=special)
    if not always_open:
        return hours
    return Hours(zone=zone, week=hours.week, holidays=hours.holidays, special_days=hours.special_days, always_open=True)


def _seconds(amount: float) -> timedelta:
    try:
        return timedelta(seconds=amount)
    except (OverflowError, ValueError, TypeError):
        raise AmountInvalid(f"{amount!r} is no time to add; pass a timedelta or a number of seconds.") from None


def _utc(at: datetime) -> datetime:
    if at.tzinfo is UTC:
        return at
    if at.utcoffset() is None:
        raise TimeInvalid(f"{at.isoformat()} has no time zone; pass an aware datetime, best in UTC.")
    return at.astimezone(UTC)


def _shift(at: datetime, left: timedelta) -> datetime:
    try:
        return at + left
    except OverflowError:
        raise AmountInvalid(f"{left} after {at.isoformat()} is beyond the calendar; ask for less.") from None
