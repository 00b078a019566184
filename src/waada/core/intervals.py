"""Opening times as people write them: intervals, weeks, dates, zones, and the refusals that say what is wrong.

The rule: an interval belongs to the local day on which it opens; one that runs over midnight says so ("02:00+1"),
so that a slip of the pen ("17:00" to "09:00") is refused rather than read as sixteen hours.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, Self
from zoneinfo import ZoneInfo

WEEKDAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
DAY_MINUTES: Final = 24 * 60
_TIME: Final = re.compile(r"([01]\d|2[0-4]):([0-5]\d)(\+1)?")


class HoursRefused(ValueError):
    """Hours, or a question to them, that make no sense. The message says what to do instead."""


class HoursInvalid(HoursRefused):
    """A time, interval, day, date or zone that cannot be read; correct it as the message says."""


class AmountInvalid(HoursRefused):
    """The time to add is zero, negative or no number; ask for more than zero."""


class NeverOpen(HoursRefused):
    """The hours do not hold that much time within two years; open more hours or promise around the clock."""


class TimeInvalid(HoursRefused):
    """An instant without a time zone, or at the very edge of the calendar; pass an aware datetime."""


@dataclass(frozen=True, slots=True, order=True)
class Interval:
    """From `opens` to `closes`, in minutes after the local midnight of the day it belongs to.

    `closes` beyond 1,440 runs over midnight into the next day; an interval belongs to the day on which it opens.
    """

    opens: int
    closes: int

    def __post_init__(self) -> None:
        """Refuse intervals that do not open in their day, or do not close within 24 hours."""
        if not 0 <= self.opens < DAY_MINUTES:
            raise HoursInvalid(
                f"An interval must open between 00:00 and 23:59, not {self.opens} minutes after midnight."
            )
        if not self.opens < self.closes <= self.opens + DAY_MINUTES:
            raise HoursInvalid(
                f"An interval must close after it opens ({clock_of(self.opens)}) and within 24 hours, not at "
                f'{clock_of(self.closes)}. If it runs over midnight, write the closing time with +1, like "02:00+1".'
            )

    @classmethod
    def of(cls, opens: str, closes: str) -> Self:
        """Read "09:00", "17:30"; closing may be "24:00", or "02:00+1" for two in the morning of the next day."""
        return cls(minutes_of(opens), minutes_of(closes))

    def plain(self) -> list[str]:
        """The interval as two strings that `of` reads back."""
        return [clock_of(self.opens), clock_of(self.closes)]


Week = tuple[
    tuple[Interval, ...], tuple[Interval, ...], tuple[Interval, ...], tuple[Interval, ...],
    tuple[Interval, ...], tuple[Interval, ...], tuple[Interval, ...],
]  # fmt: skip
CLOSED_WEEK: Final[Week] = ((), (), (), (), (), (), ())


def mapping_of(value: object, name: str) -> dict[object, object]:
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise HoursInvalid(f'"{name}" must map days to lists of intervals.')
    return value


def pairs_of(value: object) -> list[tuple[str, str]]:
    pairs: list[tuple[str, str]] = []
    for pair in value if isinstance(value, list | tuple) else (value,):
        match pair:
            case [str() as opens, str() as closes]:
                pairs.append((opens, closes))
            case _:
                raise HoursInvalid(f'An interval is a pair of times such as ["09:00", "17:00"], not {pair!r}.')
    return pairs


def minutes_of(text: str) -> int:
    """Minutes after midnight of "HH:MM", "24:00" or "HH:MM+1" (the day after)."""
    found = _TIME.fullmatch(text.strip())
    if found is None or (found[1] == "24" and found[2] != "00"):
        raise HoursInvalid(f'{text!r} is no time of day; write 00:00 to 24:00, or "02:00+1" for the morning after.')
    return int(found[1]) * 60 + int(found[2]) + (DAY_MINUTES if found[3] else 0)


def clock_of(minutes: int) -> str:
    over = minutes > DAY_MINUTES
    hour, minute = divmod(minutes - DAY_MINUTES if over else minutes, 60)
    return f"{hour:02d}:{minute:02d}" + ("+1" if over else "")


def intervals_of(times: Iterable[tuple[str, str]]) -> tuple[Interval, ...]:
    return tuple(Interval.of(opens, closes) for opens, closes in times)


def date_of(day: object) -> date:
    if isinstance(day, datetime) or not isinstance(day, date | str):
        raise HoursInvalid(f'{day!r} is no date; write it like "2026-12-25".')
    if isinstance(day, date):
        return day
    try:
        return date.fromisoformat(day)
    except ValueError:
        raise HoursInvalid(f'{day!r} is no date; write it like "2026-12-25".') from None


def zone_of(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError, TypeError):
        raise HoursInvalid(
            f'{name!r} is no known time zone; write a name such as "Europe/London" or "Asia/Almaty".'
        ) from None


def ordered_week(week: Week) -> Week:
    """Intervals of each day in order; refuses overlaps, the one from Sunday night into Monday included."""
    mon, tue, wed, thu, fri, sat, sun = (tuple(sorted(parts)) for parts in week)
    ordered: Week = (mon, tue, wed, thu, fri, sat, sun)
    for number, name in enumerate(WEEKDAYS):
        before = max((part.closes for part in ordered[number - 1]), default=0) - DAY_MINUTES
        _refuse_overlap(ordered[number], before, f"on {name}")
    return ordered


def ordered_days(
    days: tuple[tuple[date, tuple[Interval, ...]], ...],
) -> tuple[tuple[date, tuple[Interval, ...]], ...]:
    ordered = tuple(sorted((day, tuple(sorted(parts))) for day, parts in days))
    for number, (day, parts) in enumerate(ordered):
        if number and ordered[number - 1][0] == day:
            raise HoursInvalid(f"The special day {day} is given twice; keep one.")
        _refuse_overlap(parts, 0, f"on {day}")
    return ordered


def _refuse_overlap(parts: tuple[Interval, ...], before: int, where: str) -> None:
    """`before`: until which minute of this day the day before is still open (0 or less: not at all)."""
    for part in parts:
        if part.opens < before:
            raise HoursInvalid(
                f"Intervals {where} overlap: one is open until {clock_of(before)}, the next opens at "
                f"{clock_of(part.opens)}. Join them or move one."
            )
        before = part.closes
