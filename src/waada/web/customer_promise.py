"""What a channel would promise now, before anybody writes, and when it has people.

The same arithmetic and the same words as the engine's, so that the contact page, the chat window and the
acknowledgement never disagree.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Protocol, runtime_checkable
from zoneinfo import ZoneInfo

from babel import Locale

from waada.core.events import Customer
from waada.core.intervals import HoursRefused
from waada.core.outlook import Asked
from waada.core.people import Brand, Channel
from waada.core.policies import Instead
from waada.core.promises import Promise
from waada.core.quoting import time_of, words_of
from waada.engine import Engine
from waada.web.customer_pages import Reader
from waada.words import digits, promise_words
from waada.words.phrase import instead_words
from waada.words.promises import time_words

DAYS_SHOWN = 7


@runtime_checkable
class SeesQuietHours(Protocol):
    """An outlook that has learned when a channel is quieter; one that has learned nothing yet need not be one."""

    def quiet_hour(self, brand: Brand, channel: Channel, now: datetime) -> datetime | None:
        """Return the best hour to come back, today or tomorrow, or None where now is as good as any."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """A promise that would be made now; `words` as the record would have them, `sentence` as a page says it.

    Where it takes longer than the business would ask anybody to wait, the sentence says what is offered `instead`;
    `busy` says that it takes longer than the business wants.
    """

    due_at: datetime
    chance: float | None
    instead: Instead | None
    busy: bool
    words: str
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenDay:
    """A day of the week's opening hours on the reader's clock."""

    name: str
    times: tuple[str, ...]
    today: bool


def quote(brand: Brand, channel: Channel, reader: Reader, engine: Engine) -> Quote | None:
    """Return what the engine would promise for a first message now; None where nothing can be promised."""
    if not channel.live or channel.policy is None:
        return None
    asked = Asked(brand=brand, channel=channel, kind="first_answer", stream="", now=reader.now, since=reader.now)
    try:
        time = time_of(asked, reader.zone, engine.outlook)
    except HoursRefused:
        return None
    words = words_of(asked, time, engine.phrase, reader.language, reader.zone)
    return Quote(
        due_at=time.due_at,
        chance=time.chance,
        instead=time.instead,
        busy=time.basis.startswith("computed "),
        words=words,
        sentence=_sentence(time.instead, words, reader),
    )


def _sentence(instead: Instead | None, words: str, reader: Reader) -> str:
    sentence = reader.say("promise.if_you_write_now", promise=words)
    if instead is None:
        return sentence
    return f"{sentence} {instead_words(instead, reader.language, reachable=False)}"


def quieter_words(brand: Brand, channel: Channel, quote: Quote | None, reader: Reader, engine: Engine) -> str | None:
    """Return "usually quieter tomorrow at 11:00", on the reader's clock; None where it isn't busy, or unknown."""
    outlook = engine.outlook
    if quote is None or not quote.busy or not isinstance(outlook, SeesQuietHours):
        return None
    at = outlook.quiet_hour(brand, channel, reader.now)
    return None if at is None else reader.say("contact.quieter", moment=reader.moment(at))


def promise_frame(promise: Promise, reader: Reader) -> dict[str, object]:
    """Return an open promise for a window: the record, and a sentence that stays true while a clock runs beside it."""
    absolute = absolute_words(promise, reader)
    return {
        "id": promise.id,
        "kind": promise.kind,
        "status": promise.status,
        "made_at": promise.made_at,
        "due_at": promise.due_at,
        "chance": promise.chance,
        "basis": promise.basis,
        "words": promise.words,
        "language": promise.language,
        "absolute": absolute,
        "sentence": reader.say(f"promise.sentence_{promise.kind}", promise=absolute),
    }


def absolute_words(promise: Promise, reader: Reader) -> str:
    """Return by when a promise is due, as it was said when it was made, on the reader's clock."""
    return promise_words(
        kind=promise.kind,
        due_at=promise.due_at,
        now=reader.now,
        language=reader.language,
        zone=reader.zone,
        made_at=promise.made_at,
    ).absolute


def offer_words(promise: Promise, customer: Customer, reader: Reader) -> str | None:
    """Return what is offered in place of waiting on this channel, or None where nothing is."""
    if promise.instead is None:
        return None
    reachable = bool(customer.email if promise.instead == "mail" else customer.phone)
    return instead_words(promise.instead, reader.language, reachable=reachable)


def left_words(due_at: datetime, reader: Reader) -> str:
    """Return the time that is left as a page without a script says it: true at the moment it was loaded."""
    seconds = math.ceil((due_at - reader.now).total_seconds())
    if seconds <= 0:
        return reader.say("status.time_over")
    hours, minutes = divmod(seconds // 60, 60)
    clock = f"{hours}:{minutes:02d}:{seconds % 60:02d}" if hours else f"{minutes}:{seconds % 60:02d}"
    return reader.say("status.time_left", time=digits(clock, reader.language))


def people_here(brand: Brand, channel: Channel | None, now: datetime) -> bool:
    """Return whether somebody answers now: the hours say so, and somebody of the team is on duty."""
    if channel is None or not brand.hours_of(channel).is_open(now):
        return False
    team = channel.team
    return any(each.on_duty and (not team or each.id in team) for each in brand.present())


def opening_words(brand: Brand, channel: Channel, reader: Reader) -> str:
    """Return "open now, until 17:00", "closed now, open again tomorrow ...", on the reader's clock."""
    hours = brand.hours_of(channel)
    if hours.always_open:
        return reader.say("contact.always_open")
    if hours.is_open(reader.now):
        closes = hours.next_closing(reader.now)
        if closes is None:
            return reader.say("contact.always_open")
        return reader.say(
            "contact.open_until", time=time_words(closes.astimezone(ZoneInfo(reader.zone)), reader.language)
        )
    opens = hours.next_opening(reader.now)
    return "" if opens is None else reader.say("contact.closed_until", opening=reader.moment(opens))


def open_days(brand: Brand, channel: Channel, reader: Reader) -> tuple[OpenDay, ...]:
    """Return the opening hours of the next seven days on the reader's clock; none when it is always open."""
    hours = brand.hours_of(channel)
    if hours.always_open:
        return ()
    zone = ZoneInfo(reader.zone)
    today = reader.now.astimezone(zone).date()
    days: list[OpenDay] = []
    for number in range(DAYS_SHOWN):
        day = today + timedelta(days=number)
        begin, end = _midnight(day, zone), _midnight(day + timedelta(days=1), zone)
        times = tuple(_span(opens, closes, end, reader) for opens, closes in hours.pieces(begin, end))
        days.append(OpenDay(name=_weekday(reader.language, day.weekday()), times=times, today=number == 0))
    return tuple(days)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone)


def _span(opens: datetime, closes: datetime, end_of_day: datetime, reader: Reader) -> str:
    zone = ZoneInfo(reader.zone)
    last = (
        digits("24:00", reader.language)
        if closes == end_of_day
        else time_words(closes.astimezone(zone), reader.language)
    )
    # An en dash between two times is read from the first to the second in both directions of writing.
    return f"{time_words(opens.astimezone(zone), reader.language)}–{last}"


@lru_cache(maxsize=64)
def _weekday(language: str, number: int) -> str:
    return str(Locale.parse(language).days["stand-alone"]["wide"][number])
