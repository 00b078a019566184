"""Who will be there, minute by minute: rosters, corrected by who is present now, as a `Cover`.

A person who should be here and isn't gets a little grace (people sign in late), then counts as away for a while and
as half likely to come back; who is here outside of their roster counts for the next hour. Later stretches count with
the usual absence. All of it follows from the brand alone, so that a promise can be recomputed from the log.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
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

# How far ahead rosters are read: two weeks hold any holiday that a shop closes for. After that the last week goes on.
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

# Plans are kept in whole microseconds since an epoch, which cost a quarter of what datetimes do.
_US, _SECOND, _DAY = timedelta(microseconds=1), 1_000_000, 86_400_000_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_AWAY, _UNPLANNED = AWAY / timedelta(minutes=1), UNPLANNED / timedelta(minutes=1)

Change = tuple[float, float, float, float]
"""(minute, people, slots, work of others) from that minute on, each more or less than before."""


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
            changes += _changes(roster, team, now, crew.left_at)
        for opens, closes, load in crew.urgent:
            changes += ((opens, 0.0, 0.0, load), (closes, 0.0, 0.0, -load))
        everybody = [slots for team in shifts.values() for _, _, slots in team]
        # How many customers a person has in hand, on average.
        self.at_once = sum(everybody) / len(everybody) if everybody else 1.0
        self._pieces = _pieces(sorted(changes))
        self.cover = Cover.of_roster([(minutes, people) for minutes, people, _ in self._pieces], goes_on=True)
        self._staffed: Cover | None = None

    @property
    def staffed(self) -> Cover:
        """The minutes in which anybody is there: capacity as one person has it."""
        if self._staffed is None:
            pieces = [(minutes, min(1.0, people)) for minutes, people, _ in self._pieces]
            self._staffed = Cover.of_roster(pieces, goes_on=True)
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


def _changes(
    roster: Hours, team: list[tuple[Person, float, float]], now: datetime, left_at: Mapping[PersonId, datetime]
) -> list[Change]:
    """Return what those who share a roster change, from `now` on: later stretches together, the first one by one."""
    people, slots = sum(each[1] for each in team) * (1.0 - ABSENCE), sum(each[2] for each in team) * (1.0 - ABSENCE)
    found: list[Change] = []
    closes: float | None = None
    opens_next = _UNPLANNED
    for begins, ends in _planned(roster, now):
        if begins == 0.0:
            closes = ends
        else:
            opens_next = min(opens_next, begins)
            found += ((begins, people, slots, 0.0), (ends, -people, -slots, 0.0))
    just_began = closes is not None and not roster.is_open(now - GRACE)
    for person, work, places in team:
        begins, share, until = 0.0, 1.0, closes
        if person.on_duty:
            until = opens_next if closes is None else closes
        elif just_began:
            share = 1.0 - ABSENCE
        else:
            begins, share = _AWAY, RETURNS if _came_today(now, left_at.get(person.id)) else COMES_LATE
        if until is not None and until > begins:
            there, hold = work * share, places * share
            found += ((begins, there, hold, 0.0), (until, -there, -hold, 0.0))
    return found


def _planned(roster: Hours, now: datetime) -> list[tuple[float, float]]:
    """Return when a roster has people until the horizon, in minutes from now: whoever works already begins at 0."""
    instant = (now - _EPOCH) // _US
    end = instant + HORIZON // _US
    return [
        (
            (opens - instant) / _SECOND / 60.0 if opens > instant else 0.0,
            (min(end, closes) - instant) / _SECOND / 60.0,
        )
        for opens, closes in _planned_from(roster, instant // _DAY)
        if closes > instant and opens < end
    ]


@lru_cache(maxsize=256)
def _planned_from(roster: Hours, day: int) -> tuple[tuple[int, int], ...]:
    """Return the same in microseconds from the beginning of a day on: rosters are asked for again and again."""
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
            left, least = people - load, people * LEFT_MIN
            left = max(left, least)
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
