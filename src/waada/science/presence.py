"""Who will be there, minute by minute: rosters, corrected by who is present now, as a `Cover`.

A person who should be here and isn't gets a little grace (people sign in late), then counts as away for a while and
as half likely to come back; who is here outside of their roster counts for the next hour. Later stretches count with
the usual absence. All of it follows from the brand alone, so that a promise can be recomputed from the log.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

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

Change = tuple[float, float, float, float]
Stretch = tuple[datetime, datetime, float, float]


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
            people = effective_people(1.0, slots, SLOWDOWN) if slots > 1 else 1.0
            if channel is not None:
                people *= crew.paces.speed(channel.key, channel.kind, person.id)
            shifts.setdefault(brand.roster_of(person), []).append((person, people, slots))
        changes: list[Change] = []
        for roster, team in shifts.items():
            for opens, closes, people, slots in _stretches(roster, team, now, crew.left_at):
                begins, ends = _minutes(opens - now), _minutes(closes - now)
                changes += ((begins, people, slots, 0.0), (ends, -people, -slots, 0.0))
        for begins, ends, load in crew.urgent:
            changes += ((begins, 0.0, 0.0, load), (ends, 0.0, 0.0, -load))
        everybody = [slots for team in shifts.values() for _, _, slots in team]
        # How many customers a person has in hand, on average.
        self.at_once = sum(everybody) / len(everybody) if everybody else 1.0
        self._pieces = list(_pieces(sorted(changes)))
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


def _stretches(
    roster: Hours, team: list[tuple[Person, float, float]], now: datetime, left_at: Mapping[PersonId, datetime]
) -> Iterator[Stretch]:
    """Yield when those who share a roster are there, from `now` on: later stretches together, the first one by one."""
    planned = roster.pieces(now, now + HORIZON)
    people, slots = sum(each[1] for each in team), sum(each[2] for each in team)
    begun = [piece for piece in planned if piece[0] <= now]
    for opens, closes in planned:
        if opens > now:
            yield opens, closes, people * (1.0 - ABSENCE), slots * (1.0 - ABSENCE)
    just_began = bool(begun) and not roster.is_open(now - GRACE)
    for person, work, places in team:
        if person.on_duty:
            until = begun[0][1] if begun else min([now + UNPLANNED, *(opens for opens, _ in planned[:1])])
            yield now, until, work, places
        elif begun and just_began:
            yield now, begun[0][1], work * (1.0 - ABSENCE), places * (1.0 - ABSENCE)
        elif begun and begun[0][1] > now + AWAY:
            back = RETURNS if _came_today(now, left_at.get(person.id)) else COMES_LATE
            yield now + AWAY, begun[0][1], work * back, places * back


def _came_today(now: datetime, left_at: datetime | None) -> bool:
    """Return whether somebody who is away was here in this shift."""
    return left_at is not None and now - left_at < STRETCH_MAX


def _minutes(length: timedelta) -> float:
    return length.total_seconds() / 60.0


def _pieces(changes: list[Change]) -> Iterator[tuple[float, float, float]]:
    at, people, slots, load = 0.0, 0.0, 0.0, 0.0
    for minute, more_people, more_slots, more_load in changes:
        if minute > at:
            left = max(people - load, people * LEFT_MIN)
            yield minute - at, left if left > _NOBODY else 0.0, max(0.0, slots)
            at = minute
        people += more_people
        slots += more_slots
        load += more_load


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
