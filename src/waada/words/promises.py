"""A promise in words: "within 15 minutes, by 14:20 Almaty time", in the customer's language and on their clock.

The rule: the words never promise more than the record. A promise made for less than three minutes is told to the
second; of all others both forms are rounded up to the next whole minute (the relative one to hours after a day, days
after two), so what the customer reads is never earlier than `due_at`; we score ourselves on `due_at` exactly. A time
that was computed for the clock on the wall is a whole minute already: what is read is what is kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from babel import Locale
from babel.core import get_global

from waada.core.policies import Wording
from waada.core.rounding import OVERNIGHT_LENGTH_MAX, SHORT, is_said_as_length
from waada.words.catalogues import digits, left_to_right, say, spoken_language

_MINUTE: Final = timedelta(minutes=1)
_NOTHING: Final = timedelta(0)
_SECOND: Final = timedelta(seconds=1)
_MICROSECOND: Final = timedelta(microseconds=1)
_SECOND_MICROSECONDS: Final = 1_000_000
_MINUTE_MICROSECONDS: Final = 60_000_000
# Up to here people count in minutes ("within 100 minutes"); above it hours are easier to grasp.
_MINUTES_MAX: Final = 119
_DAY_MINUTES: Final = 24 * 60
# A promise counted in opening hours makes sense as a length of time only while those hours go on.
_OPENING_LENGTH_MAX: Final = timedelta(hours=1)
_SENTENCES: Final = frozenset({"first_answer", "next_answer", "follow_up"})


@dataclass(frozen=True, slots=True, kw_only=True)
class PromiseWords:
    """The same promise four ways; `full` is what stands in the record, `sentence` what stands in a message.

    `absolute` stays true while a clock runs beside it: it always names the end.
    """

    relative: str
    absolute: str
    full: str
    sentence: str


def promise_words(  # noqa: PLR0913 - everything that words depend on
    *,
    kind: str,
    due_at: datetime,
    now: datetime,
    language: str,
    zone: str,
    opening_only: bool = False,
    wording: Wording = "within",
    begins_at: datetime | None = None,
    made_at: datetime | None = None,
) -> PromiseWords:
    """Tell a promise of `kind` (a PromiseKind) that is due at `due_at` to somebody who reads it at `now` in `zone`.

    `full` is both forms, or the absolute one alone when the promise is due on another day of the customer's calendar
    and more than four hours away (one hour when it counts `opening_only`), and when it has passed. With the wording
    "exact" it is the absolute form, with "window" the window from `begins_at` on; a short promise is always both forms.
    Whether it is short depends on when it was made, so that what was told once reads the same ever after; `made_at`
    left out means now.
    """
    spoken = spoken_language(language)
    left = due_at - now
    short = due_at - (made_at or now) < SHORT
    minutes = -(-left // _MINUTE)
    today = now.astimezone(ZoneInfo(zone)).toordinal()
    shown = _up(due_at, _SECOND_MICROSECONDS if short else _MINUTE_MICROSECONDS)
    absolute = _deadline(spoken, zone, shown, today)
    if left <= _NOTHING:
        return _told(spoken, kind, say("promise.past", spoken), absolute, absolute)
    relative = _seconds(spoken, -(-left // _SECOND)) if left < SHORT else _within(spoken, minutes)
    most = _OPENING_LENGTH_MAX if opening_only else OVERNIGHT_LENGTH_MAX
    if short or (wording == "within" and is_said_as_length(due_at, now, zone, most)):
        full = _both(spoken, relative, absolute)
    elif wording == "window" and begins_at is not None and begins_at > now:
        full = _window(spoken, zone, _up(begins_at, _MINUTE_MICROSECONDS), shown, today) or absolute
    else:
        full = absolute
    return _told(spoken, kind, relative, absolute, full)


@lru_cache(maxsize=8192)
def _both(language: str, relative: str, absolute: str) -> str:
    return say("promise.full", language, relative=relative, absolute=absolute)


@lru_cache(maxsize=8192)
def _told(language: str, kind: str, relative: str, absolute: str, full: str) -> PromiseWords:
    """Put the forms together. Cached: a busy minute makes the same promise to many."""
    key = f"promise.sentence_{kind}" if kind in _SENTENCES else "promise.sentence"
    return PromiseWords(relative=relative, absolute=absolute, full=full, sentence=say(key, language, promise=full))


def moment_words(*, at: datetime, now: datetime, language: str, zone: str) -> str:
    """A moment that is no deadline ("tomorrow, Monday, at 09:00 Almaty time"), to the minute it falls in."""
    spoken = spoken_language(language)
    info = ZoneInfo(zone)
    local, today = at.astimezone(info), now.astimezone(info).toordinal()
    time, place = time_words(local, spoken), place_words(zone, spoken)
    match local.toordinal() - today:
        case 0:
            return say("moment.today", spoken, time=time, place=place)
        case 1:
            weekday = _weekday(spoken, local.weekday())
            return say("moment.tomorrow", spoken, weekday=weekday, time=time, place=place)
        case _:
            return say("moment.date", spoken, date=_date(spoken, local.toordinal(), today), time=time, place=place)


def time_words(local: datetime, language: str, *, second: int = 0) -> str:
    """Hours and minutes of a local time, and the second if it matters; in the hour that comes twice, its offset."""
    spoken = spoken_language(language)
    other = local.replace(fold=1 - local.fold)
    # A local time made from an instant is never in a gap, so two offsets mean an hour shown twice.
    if other.utcoffset() == local.utcoffset():
        return _clock(spoken, local.hour, local.minute, second)
    return f"{_clock(spoken, local.hour, local.minute, second)} {left_to_right(_offset(local, spoken), spoken)}"


@lru_cache(maxsize=4096)
def place_words(zone: str, language: str) -> str:
    """Whose clock it is: "Almaty time", "amser Llundain", "بتوقيت ألماتي"."""
    return say("promise.place", language, city=city_name(zone, language))


@lru_cache(maxsize=4096)
def city_name(zone: str, language: str) -> str:
    """The city of a time zone as CLDR names it in the language; else as the zone itself does."""
    canonical = get_global("zone_aliases").get(zone, zone)
    aliases = (alias for alias, target in get_global("zone_aliases").items() if target == canonical)
    names = Locale.parse(language).time_zones
    for candidate in (zone, canonical, *aliases):
        city = names.get(candidate, {}).get("city")
        if city:
            return str(city)
    return str(canonical).rsplit("/", maxsplit=1)[-1].replace("_", " ")


def _up(at: datetime, step: int) -> datetime:
    """The same instant in UTC when it is a whole step (in microseconds, of a minute), else the next one.

    Offsets today are whole minutes, so a whole minute here is one on every wall.
    """
    utc = at if at.tzinfo is UTC else at.astimezone(UTC)
    over = (utc.second * _SECOND_MICROSECONDS + utc.microsecond) % step
    return utc + (step - over) * _MICROSECOND if over else utc


@lru_cache(maxsize=8192)
def _deadline(language: str, zone: str, due_at: datetime, today: int) -> str:
    """The absolute form of an instant in UTC, rounded already."""
    due = due_at.astimezone(ZoneInfo(zone))
    day, time, place = due.toordinal(), time_words(due, language, second=due.second), place_words(zone, language)
    match day - today:
        case 0:
            return say("promise.by_today", language, time=time, place=place)
        case 1:
            weekday = _weekday(language, due.weekday())
            return say("promise.by_tomorrow", language, time=time, place=place, weekday=weekday)
        case _:
            return say("promise.by_date", language, time=time, place=place, date=_date(language, day, today))


@lru_cache(maxsize=4096)
def _window(language: str, zone: str, begins_at: datetime, due_at: datetime, today: int) -> str | None:
    """The window between two whole minutes in UTC; None where it would begin on another day than it ends."""
    info = ZoneInfo(zone)
    begins, due = begins_at.astimezone(info), due_at.astimezone(info)
    day = due.toordinal()
    if begins.toordinal() != day or begins_at >= due_at:
        return None
    values = {
        "begin": time_words(begins, language),
        "time": time_words(due, language),
        "place": place_words(zone, language),
    }
    match day - today:
        case 0:
            return say("promise.window_today", language, **values)
        case 1:
            return say("promise.window_tomorrow", language, weekday=_weekday(language, due.weekday()), **values)
        case _:
            return say("promise.window_date", language, date=_date(language, day, today), **values)


@lru_cache(maxsize=4096)
def _within(language: str, minutes: int) -> str:
    """The relative form of a whole number of minutes."""
    hours, rest = divmod(minutes, 60)
    if minutes <= _MINUTES_MAX:
        span = say("promise.minutes", language, n=minutes)
    elif minutes < _DAY_MINUTES and rest:
        several, few = say("promise.hours", language, n=hours), say("promise.minutes", language, n=rest)
        span = say("promise.hours_and_minutes", language, hours=several, minutes=few)
    elif minutes < 2 * _DAY_MINUTES:
        span = say("promise.hours", language, n=-(-minutes // 60))
    else:
        span = say("promise.days", language, n=-(-minutes // _DAY_MINUTES))
    return say("promise.within", language, span=span)


@lru_cache(maxsize=512)
def _seconds(language: str, seconds: int) -> str:
    minutes, rest = divmod(seconds, 60)
    span = say("promise.seconds", language, n=seconds) if rest else say("promise.minutes", language, n=minutes)
    return say("promise.within", language, span=span)


@lru_cache(maxsize=16384)
def _clock(language: str, hour: int, minute: int, second: int) -> str:
    return digits(f"{hour:02d}:{minute:02d}:{second:02d}" if second else f"{hour:02d}:{minute:02d}", language)


@lru_cache(maxsize=8192)
def _date(language: str, ordinal: int, today: int) -> str:
    """A date with its weekday, and with its year when that is not this year."""
    day = date.fromordinal(ordinal)
    values = {"weekday": _weekday(language, day.weekday()), "day": day.day, "month": _month(language, day.month)}
    if day.year == date.fromordinal(today).year:
        return say("promise.date", language, **values)
    return say("promise.date_with_year", language, year=day.year, **values)


@lru_cache(maxsize=128)
def _weekday(language: str, number: int) -> str:
    name = str(Locale.parse(language).days["format"]["wide"][number])
    # CLDR writes Welsh days as at the start of a line; inside a sentence it is "dydd Llun".
    return name[0].lower() + name[1:] if language == "cy" else name


@lru_cache(maxsize=128)
def _month(language: str, number: int) -> str:
    return str(Locale.parse(language).months["format"]["wide"][number])


def _offset(local: datetime, language: str) -> str:
    offset = local.utcoffset() or _NOTHING
    sign = "-" if offset < _NOTHING else "+"
    hours, minutes = divmod(abs(offset) // _MINUTE, 60)
    return digits(f"(UTC{sign}{hours}:{minutes:02d})" if minutes else f"(UTC{sign}{hours})", language)
