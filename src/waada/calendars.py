"""Holidays for opening hours: public ones of a country, or those of an iCal file a business keeps.

The rule: whole local dates with the name people know them by, in order, each date once. The libraries are imported
when they are asked for, because the serving process must start fast and most brands ask once a year.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final

# An event longer than this is a season or a mistake, not a holiday; a file may be up to 2 MB.
_DAYS_MAX: Final = 60
_BYTES_MAX: Final = 2_000_000
# Rules that repeat by the hour or minute describe no holidays and could go on for ever.
_REPEATS: Final = frozenset({"YEARLY", "MONTHLY", "WEEKLY", "DAILY"})


class CalendarRefused(ValueError):
    """A country or a file from which no holidays can be read; the message says what to give instead."""


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Holiday:
    """A date on which nobody is there, and why."""

    day: date
    name: str


def public_holidays(
    country: str, *, years: Iterable[int], subdivision: str | None = None, language: str | None = None
) -> tuple[Holiday, ...]:
    """Public holidays of a country (ISO 3166-1 alpha-2, "GB") or a part of it ("WLS", "NY"), in order.

    `language` (such as "en", "kk") is used for the names where the library has it, else the country's own.
    Raises CalendarRefused for an unknown country or part.
    """
    import holidays

    code = country.strip().upper()
    known = holidays.list_supported_countries(include_aliases=True)
    if code not in known:
        raise CalendarRefused(f"No holidays are known for {country!r}; give a country code of two letters such as GB.")
    if subdivision is not None and subdivision not in holidays.country_holidays(code).subdivisions:
        parts = ", ".join(known[code]) or "none"
        raise CalendarRefused(f"{code} has no part {subdivision!r}; known parts are: {parts}.")
    spoken = holidays.list_localized_countries(include_aliases=True).get(code, [])
    named = next((name for name in spoken if language and name.split("_")[0] == language), None)
    found = holidays.country_holidays(code, subdiv=subdivision, years=sorted(set(years)), language=named)
    return tuple(Holiday(day=day, name=name) for day, name in sorted(found.items()))


def holidays_from_ical(content: bytes | str, *, years: Iterable[int]) -> tuple[Holiday, ...]:
    """The dates an iCal file (RFC 5545) closes in these years: whole-day and timed events, repeated ones included.

    An event that ends at a midnight does not close the day that begins then. Cancelled events do not count.
    Raises CalendarRefused when the file is no calendar or too large.
    """
    import icalendar

    if len(content) > _BYTES_MAX:
        raise CalendarRefused("The calendar file is larger than 2 MB; export only the holidays.")
    try:
        calendar = icalendar.Calendar.from_ical(content)
    except (ValueError, IndexError, KeyError, UnicodeDecodeError):
        raise CalendarRefused("This file is no iCal calendar; export it as .ics and try again.") from None
    wanted = frozenset(years)
    named: dict[date, str] = {}
    for event in calendar.walk("VEVENT"):
        if str(event.get("STATUS", "")).upper() == "CANCELLED":
            continue
        name = str(event.get("SUMMARY", "")).strip()
        for day in _days(event, wanted):
            if day.year in wanted and not named.get(day):
                named[day] = name
    return tuple(Holiday(day=day, name=name) for day, name in sorted(named.items()))


def _days(event: Any, years: frozenset[int]) -> Iterator[date]:
    """Every date that an event touches in the wanted years (and, for events over New Year, near them)."""
    start = event.get("DTSTART")
    if start is None or not years:
        return
    first = _day_of(start.dt)
    length = _length(event, start.dt)
    for opening in _starts(event, first, years):
        for number in range(length):
            yield opening + timedelta(days=number)


def _length(event: Any, start: date | datetime) -> int:
    """How many dates the event covers, at least one."""
    end, duration = event.get("DTEND"), event.get("DURATION")
    stop = end.dt if end is not None else start + duration.dt if duration is not None else start
    days = (_day_of(stop) - _day_of(start)).days
    ends_inside_a_day = isinstance(stop, datetime) and stop.time() != time(0)
    return min(max(days + ends_inside_a_day, 1), _DAYS_MAX)


def _starts(event: Any, first: date, years: frozenset[int]) -> Iterator[date]:
    """The dates on which the event begins, by its own date, its RDATEs and its RRULE, without its EXDATEs."""
    from dateutil.rrule import rrulestr  # type: ignore[import-untyped, unused-ignore]  # icalendar brings it, without types

    dropped = set(_listed(event, "EXDATE"))
    starts = {first, *_listed(event, "RDATE")}
    rule = event.get("RRULE")
    for one in rule if isinstance(rule, list) else [rule] if rule is not None else []:
        if str(one.get("FREQ", [""])[0]).upper() not in _REPEATS:
            continue
        # UNTIL may carry a zone while the start is a plain date; only its date matters here.
        until = one.pop("UNTIL", None)
        last = date(max(years), 12, 31)
        if until:
            last = min(last, _day_of(until[0]))
        found = rrulestr(one.to_ical().decode(), dtstart=datetime.combine(first, time(0)))
        begin = datetime.combine(date(min(years), 1, 1) - timedelta(days=_DAYS_MAX), time(0))
        starts.update(moment.date() for moment in found.between(begin, datetime.combine(last, time(0)), inc=True))
    yield from sorted(starts - dropped)


def _listed(event: Any, name: str) -> Iterator[date]:
    listed = event.get(name)
    for group in listed if isinstance(listed, list) else [listed] if listed is not None else []:
        for moment in group.dts:
            value = moment.dt
            yield _day_of(value[0] if isinstance(value, tuple) else value)


def _day_of(moment: date | datetime) -> date:
    return moment.date() if isinstance(moment, datetime) else moment
