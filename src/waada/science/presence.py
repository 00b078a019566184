"""Who will be there, minute by minute: rosters, corrected by who is present now, as a `Cover`.

A person who should be here and isn't gets a little grace (people sign in late), then counts as away for a while and
as half likely to come back; who is here outside of their roster counts for the next hour. Later stretches count with
the usual absence. All of it follows from the brand alone, so that a promise can be recomputed from the log.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from waada.core.hours import Hours
from waada.core.ids import PersonId
from waada.core.people import Brand, Channel, Person
from waada.science.cover import Cover
from waada.science.paces import Paces
from waada.science.places import Place
from waada.science.waits import effective_people

# How far ahead rosters are read: two weeks hold any holiday that a shop closes for.
HORIZON = timedelta(days=15)
# Between these instants nothing but the brand changes a cover, so one is kept for so long.
KEPT_FOR = timedelta(minutes=30)
NIGHT = timedelta(hours=12)
# People sign in within so long after their shift began.
GRACE = timedelta(minutes=20)
# Who goes off duty in the middle of a shift is at lunch, in a meeting or gone: back after this, perhaps.
AWAY = timedelta(minutes=30)
RETURNS = 0.5
# Who has not come at all by then is ill, most likely.
COMES_LATE = 0.1
STRETCH_MAX = timedelta(hours=4)
# Who is here although the roster doesn't say so stays about so long.
UNPLANNED = timedelta(minutes=60)
# The share of planned work at which nobody appears, as call-centre studies find it; what is really so is calibrated.
ABSENCE = 0.05
# Each further chat at once lengthens all by so much (three at once do 1.9 times the work of one): science section 3.
SLOWDOWN = 0.3

# However much comes that is more urgent, somebody gets round to the rest: people don't leave it for ever.
LEFT_MIN = 0.1

# Instants and lengths are counted in whole microseconds where many of them are: a quarter of the price of a datetime.
_US = timedelta(microseconds=1)
_MINUTE = 60.0
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

Change = tuple[float, float, float, float]
"""(minute, people, slots, work of others) from that minute on, each more or less than before."""
Stretch = tuple[int, int, float, float]
"""(begins, ends, people, slots), the first two in microseconds from now."""
Planned = tuple[tuple[int, int], ...]
"""When a roster has people: (begins, ends) in microseconds."""


@dataclass(frozen=True, slots=True)
class Crew:
    """What is known of people beside their rosters: when they went off duty last, and how fast they are.

    `urgent` is the work that others will probably bring meanwhile and that goes first: (begins, ends, people) in
    minutes from now.
    """

    left_at: Mapping[PersonId, datetime]
    paces: Paces
    urgent: Sequence[tuple[float, float, float]] = ()


class Presence:
    """The people of a channel over the next days. Minutes count from `epoch`."""

    __slots__ = ("_pieces", "_staffed", "at_once", "cover", "epoch")

    def __init__(self, brand: Brand, channel: Channel | None, now: datetime, crew: Crew) -> None:
        """Read rosters and who is present at `now`."""
        self.epoch = now
        chat = channel is not None and channel.kind == "chat"
        shifts: dict[Hours, list[tuple[Person, float, float]]] = {}
        for person in brand.team_of(channel):
            slots = float(person.chats_at_once) if chat else 1.0
            people = _chatting(slots) if slots > 1 else 1.0
            if channel is not None:
                people *= crew.paces.speed(channel.key, channel.kind, person.id)
            shifts.setdefault(brand.roster_of(person), []).append((person, people, slots))
        changes: list[Change] = []
        for roster, team in shifts.items():
            for begins, ends, people, slots in _stretches(roster, team, now, crew.left_at):
                changes.append((begins / 1_000_000 / _MINUTE, people, slots, 0.0))
                changes.append((ends / 1_000_000 / _MINUTE, -people, -slots, 0.0))
        for opens, closes, load in crew.urgent:
            changes += ((opens, 0.0, 0.0, load), (closes, 0.0, 0.0, -load))
        everybody = [slots for team in shifts.values() for _, _, slots in team]
        # How many customers a person has in hand, on average.
        self.at_once = sum(everybody) / len(everybody) if everybody else 1.0
        self._pieces = _pieces(sorted(changes))
        self.cover = Cover.of_roster([(minutes, people) for minutes, people, _ in self._pieces])
        self._staffed: Cover | None = None

    @property
    def staffed(self) -> Cover:
        """The minutes in which anybody is there: capacity as one person has it."""
        if self._staffed is None:
            self._staffed = Cover.of_roster([(minutes, min(people, 1.0)) for minutes, people, _ in self._pieces])
        return self._staffed

    @property
    def alone_minutes(self) -> float:
        """For how long from the epoch nobody is there."""
        first = self._pieces[0] if self._pieces else (0.0, 0.0, 0.0)
        return first[0] if first[1] <= 0.0 else 0.0

    def anybody(self, now: datetime) -> bool:
        """Return whether somebody is there at an instant."""
        minute = presence_minute(self, now)
        return self.staffed.capacity(minute, minute + 1.0) > 0.0

    def cover_of(self, place: Place) -> Cover:
        """Return what the wait at a place is counted in: everybody's minutes, or those in which anybody is there."""
        return self.staffed if place.ahead is None else self.cover

    def at(self, minute: float) -> tuple[float, float]:
        """Return people and slots at the first minute from `minute` on at which anybody is there; zeros if never."""
        passed = 0.0
        for minutes, people, slots in self._pieces:
            passed += minutes
            if passed > minute and people > _NOBODY:
                return people, slots
        return 0.0, 0.0


# Sums of shares differ from nothing by their last digits.
_NOBODY = 1e-6


@lru_cache(maxsize=32)
def _chatting(slots: float) -> float:
    return effective_people(1.0, slots, SLOWDOWN)


def _stretches(
    roster: Hours, team: list[tuple[Person, float, float]], now: datetime, left_at: Mapping[PersonId, datetime]
) -> Iterator[Stretch]:
    """Yield when those who share a roster are there, from `now` on: later stretches together, the first one by one."""
    planned = _planned(roster, now)
    people, slots = sum(each[1] for each in team) * (1.0 - ABSENCE), sum(each[2] for each in team) * (1.0 - ABSENCE)
    closes = planned[0][1] if planned and planned[0][0] == 0 else None
    for begins, ends in planned if closes is None else planned[1:]:
        yield begins, ends, people, slots
    just_began = closes is not None and not roster.is_open(now - GRACE)
    for person, work, places in team:
        if person.on_duty:
            until = closes if closes is not None else min([_UNPLANNED, *(begins for begins, _ in planned[:1])])
            yield 0, until, work, places
        elif closes is not None and just_began:
            yield 0, closes, work * (1.0 - ABSENCE), places * (1.0 - ABSENCE)
        elif closes is not None and closes > _AWAY:
            back = RETURNS if _came_today(now, left_at.get(person.id)) else COMES_LATE
            yield _AWAY, closes, work * back, places * back


_AWAY, _UNPLANNED = AWAY // _US, UNPLANNED // _US


def _planned(roster: Hours, now: datetime) -> Planned:
    """Return when a roster has people until the horizon, from now: whoever works already begins at 0."""
    instant = (now - _EPOCH) // _US
    end = HORIZON // _US
    ahead = [(opens - instant, closes - instant) for opens, closes in _planned_from(roster, instant // _DAY)]
    return tuple((max(opens, 0), min(closes, end)) for opens, closes in ahead if closes > 0 and opens < end)


_DAY = timedelta(days=1) // _US


@lru_cache(maxsize=256)
def _planned_from(roster: Hours, day: int) -> Planned:
    """Return the same from the beginning of a day since 1970: rosters are asked for again and again within one."""
    begins = _EPOCH + timedelta(days=day)
    pieces = roster.pieces(begins, begins + HORIZON + timedelta(days=1))
    return tuple(((opens - _EPOCH) // _US, (closes - _EPOCH) // _US) for opens, closes in pieces)


def _came_today(now: datetime, left_at: datetime | None) -> bool:
    """Return whether somebody who is away was here in this shift."""
    return left_at is not None and now - left_at < STRETCH_MAX


def _pieces(changes: list[Change]) -> list[tuple[float, float, float]]:
    found: list[tuple[float, float, float]] = []
    at, people, slots, load = 0.0, 0.0, 0.0, 0.0
    for minute, more_people, more_slots, more_load in changes:
        if minute > at:
            left = max(people - load, people * LEFT_MIN)
            found.append((minute - at, left if left > _NOBODY else 0.0, max(0.0, slots)))
            at = minute
        people += more_people
        slots += more_slots
        load += more_load
    return found


class Presences:
    """Covers as they are needed, each kept until the brand changes or its time is over."""

    def __init__(self) -> None:
        """Begin empty."""
        self._kept: dict[tuple[str, str], tuple[int, datetime, Presence]] = {}

    def of(self, brand: Brand, channel: Channel | None, now: datetime, crew: Callable[[], Crew]) -> Presence:
        """Return who is there for a channel, from a little before `now` on."""
        key = (brand.id, channel.key if channel is not None else "")
        known = self._kept.get(key)
        if known is not None and known[0] == brand.version and known[2].epoch <= now < known[1]:
            return known[2]
        made = Presence(brand, channel, now, crew())
        # While nobody is there nothing depends on the hour until somebody comes.
        kept_for = max(KEPT_FOR, min(timedelta(minutes=made.alone_minutes), NIGHT))
        self._kept[key] = (brand.version, now + kept_for, made)
        return made


def presence_minute(presence: Presence, at: datetime) -> float:
    """Return an instant as minutes since the epoch of a presence."""
    return (at - presence.epoch).total_seconds() / 60.0
