"""What a promise is computed from: who stands in line, who will be there, and what earlier waits have taught.

One object per process, fed with every fact in the order of the feed, asked at every promise; the same one live, in the
simulator and in the planner. What it learns follows from the log alone (`learning.py`), so that it can be recomputed.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from waada.core.conversation import Conversation
from waada.core.events import ChannelSet, DutySet, Event, HoursSet, PersonRemoved, RosterSet
from waada.core.ids import BrandId, PromiseId
from waada.core.letters import Letter
from waada.core.outlook import ACT_BELOW, TELL_BELOW, Asked
from waada.core.people import Brand, Channel
from waada.core.summary import Row
from waada.science.chances import Footing, chances
from waada.science.demand import hour_of_week
from waada.science.lawbook import Law
from waada.science.learning import Learned, beside_of
from waada.science.places import Place, answers_of, capacity_of
from waada.science.presence import Presence, Presences, presence_minute
from waada.science.standing import Line, Owed, Standing
from waada.science.turns import Turns


class ComputedSight:
    """What is foreseen of one wait: minutes at work, counted in answers, against the calibrated law.

    What others are promised sooner goes first, so the place in the line depends on the time in question: `place_at`.
    """

    __slots__ = ("_due", "_from", "_law", "_learned", "_place", "_place_at", "_presence", "_target")

    def __init__(
        self,
        place_at: Callable[[float], Place],
        target: float,
        presence: Presence,
        learned: Learned,
        now: datetime,
    ) -> None:
        """Stand in line at an instant, for about `target`."""
        self._place_at, self._target, self._presence, self._learned = place_at, target, presence, learned
        # The place that was looked at last, and for which time: the same one is asked for again and again.
        self._due, self._place = target, place_at(target)
        self._law: Law | None = None
        self._from = presence_minute(presence, now)

    @property
    def basis(self) -> str:
        """The place that was looked at last, and how much was known."""
        return f"{self._place} calibration={self._learned.calibration.version}"

    def chance_at(self, due_at: datetime) -> float:
        """Return the chance of an answer by an instant."""
        place = self._at(due_at.timestamp())
        until = presence_minute(self._presence, due_at)
        capacity = self._presence.cover_of(place).capacity(self._from, until)
        return self._law_here().chance(self._learned.calibration, answers_of(place, capacity))

    def due_at(self, chance: float) -> datetime | None:
        """Return by when an answer comes with that chance, or None where nobody will be there."""
        place, due = self._at(self._target), None
        for _ in range(LOOKS):
            need = capacity_of(place, self._law_here().needed(self._learned.calibration, chance))
            minute = self._presence.cover_of(place).minute_after(self._from, need)
            if math.isinf(minute):
                return None
            due = self._presence.epoch + timedelta(minutes=minute)
            before, place = place, self._at(due.timestamp())
            if place == before:
                break
        return due

    def _at(self, due: float) -> Place:
        """Look at the place for a time."""
        if due != self._due:
            place = self._place_at(due)
            if place != self._place:
                self._law = None
            self._due, self._place = due, place
        return self._place

    def _law_here(self) -> Law:
        """Return the law of the place that was looked at last."""
        if self._law is None:
            self._law = self._learned.law_of(self._place)
        return self._law


# The later the answer, the more others are due before it: after so many looks the line has been counted well enough.
LOOKS = 4
# From this chance on a promise stands well, and is looked at less often; never less often than this.
CALM = 0.95
CALM_SECONDS_MAX = 300.0
NIGHT_MINUTES = 12 * 60.0
# After so many looks others may work for a moment: some milliseconds.
SLICE = 250
# Lines that grew by so much, and by so many, since they were judged are judged at once.
SURGE = 1.25
SURGE_MIN = 5
# Person-minutes in an hour below which nobody should be sent there.
FULL_HOUR = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """How an open promise stands now."""

    stream: str
    promise_id: PromiseId
    chance: float


class Written(Protocol):
    """What was written down: a commit of this node, or what the feed brings of another's. `brand` as it was then."""

    @property
    def brand(self) -> Brand | None: ...
    @property
    def state(self) -> Conversation | Letter | Brand | Row: ...
    @property
    def events(self) -> tuple[Event, ...]: ...
    @property
    def by(self) -> str: ...
    @property
    def at(self) -> datetime: ...


class LiveOutlook:
    """The outlook of every brand on this node."""

    def __init__(self) -> None:
        """Know nothing yet."""
        self._standing: dict[BrandId, Standing] = {}
        self._learned: dict[BrandId, Learned] = {}
        self._presences = Presences()
        # Whoever asks decides from when on a cover is kept; what is learned must follow from the facts alone.
        self._taught_by = Presences()
        self._looked: dict[tuple[BrandId, str], tuple[tuple[int, int], datetime]] = {}
        # What is looked up once and holds until it changes, by brand and channel.
        self._footings: dict[tuple[BrandId, str], Footing] = {}
        self._beside: dict[tuple[BrandId, str], tuple[Brand, tuple[tuple[str, bool], ...]]] = {}
        self._judged_at: dict[BrandId, int] = {}
        self._stirred: dict[BrandId, bool] = {}

    # --- what is seen ---

    def standing(self, brand_id: BrandId) -> Standing:
        """Return who stands in line at a brand."""
        known = self._standing.get(brand_id)
        if known is None:
            known = self._standing[brand_id] = Standing()
        return known

    def learned(self, brand_id: BrandId) -> Learned:
        """Return what a brand's waits have taught."""
        known = self._learned.get(brand_id)
        if known is None:
            known = self._learned[brand_id] = Learned()
        return known

    def know(self, brand_id: BrandId, learned: Learned) -> None:
        """Begin with what was learned before."""
        self._learned[brand_id] = learned

    def stands(self, brand_id: BrandId, rows: Iterable[Row]) -> None:
        """Begin with who stands in line already."""
        standing = self.standing(brand_id)
        for row in rows:
            standing.saw(row, row.last_at)

    def saw(self, written: Written) -> None:
        """A command was written down."""
        brand, state = written.brand, written.state
        if isinstance(state, Conversation | Row) and brand is not None:
            self.learned(brand.id).saw(brand, state, written.events, written.by, written.at, self._taught_by)
            self.standing(brand.id).saw(state, written.at)
            self._surge(brand.id)
        elif isinstance(state, Brand):
            for event in written.events:
                if isinstance(event, DutySet):
                    self.learned(state.id).present(event.person_id, event.at, on_duty=event.on_duty)
                if isinstance(event, DutySet | PersonRemoved | RosterSet | ChannelSet | HoursSet):
                    self._stirred[state.id] = True

    def _surge(self, brand_id: BrandId) -> None:
        waiting = self.standing(brand_id).waiting
        if waiting > self._judged_at.get(brand_id, 0) * SURGE + SURGE_MIN:
            self._stirred[brand_id] = True

    def stirred(self) -> tuple[BrandId, ...]:
        """Return the brands in which something happened that can't wait for the next minute's judging."""
        return tuple(self._stirred)

    # --- what is asked ---

    def sight(self, asked: Asked) -> ComputedSight | None:
        """Return what is foreseen of a wait."""
        now, brand, channel = asked.now, asked.brand, asked.channel
        learned = self.learned(brand.id)
        presence = learned.presence(self._presences, brand, channel, now)
        line = self.standing(brand.id).line(_key_of(channel))
        footing, turns = self._view(brand, channel, presence, now)
        before = line.before(asked.stream, asked.since.timestamp())
        known = line.owed.get(asked.stream)

        def place_at(due: float) -> Place:
            return footing.place(asked.kind, turns.ahead(before, due, newcomer=known is None))

        return ComputedSight(place_at, known.due if known is not None else _target(asked), presence, learned, now)

    def quiet_hour(self, brand: Brand, channel: Channel, now: datetime) -> datetime | None:
        """Return the beginning of the hour, within a day, in which an answer would come soonest; None if not clear."""
        learned = self.learned(brand.id)
        week = learned.demand.week(channel.key)
        if not any(week):
            return None
        presence = learned.presence(self._presences, brand, channel, now)
        first = now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
        loads: list[tuple[float, datetime]] = []
        for hours in range(24):
            begins = first + timedelta(hours=hours)
            minute = presence_minute(presence, begins)
            worked = presence.cover.capacity(minute, minute + 60.0)
            if worked >= FULL_HOUR:
                loads.append((week[hour_of_week(begins, brand.zone)] / worked, begins))
        return min(loads)[1] if loads else None

    # --- what is judged again ---

    def judge(self, brand: Brand, now: datetime) -> list[Judged]:
        """Return the open promises that something must be done about: 10,000 of them take well under a second."""
        return [each for each in self.judging(brand, now) if each is not None]

    def judging(self, brand: Brand, now: datetime) -> Iterator[Judged | None]:
        """Yield the open promises that something must be done about, and None now and then, to let others work.

        Lines are left out in which nothing can have changed since they were looked at last.
        """
        self._stirred.pop(brand.id, None)
        self._judged_at[brand.id] = self.standing(brand.id).waiting
        looked, instant = 0, now.timestamp()
        for channel, line in self._computed_lines(brand):
            stands = self._as_it_stands(brand, channel)
            before = self._looked.get((brand.id, channel.key))
            if before is not None and now < before[1] and before[0] == stands:
                continue
            learned = self.learned(brand.id)
            presence = learned.presence(self._presences, brand, channel, now)
            calm_seconds = _night_seconds(presence, now)
            footing, turns = self._view(brand, channel, presence, now)
            for chance, owed in chances(learned, presence, turns, footing, line, now):
                if _needs_a_look(chance, owed, instant):
                    yield _judged(chance, owed)
                if calm_seconds <= CALM_SECONDS_MAX:
                    calm_seconds = min(calm_seconds, (owed.due - instant) / 4.0 if chance >= CALM else 0.0)
                looked += 1
                if looked % SLICE == 0:
                    yield None
            self._looked[brand.id, channel.key] = (stands, now + timedelta(seconds=calm_seconds))

    def chances(self, brand: Brand, now: datetime) -> list[tuple[Judged, Owed]]:
        """Return with what chance each open promise is kept, as of now."""
        learned, found = self.learned(brand.id), []
        for channel, line in self._computed_lines(brand):
            presence = learned.presence(self._presences, brand, channel, now)
            footing, turns = self._view(brand, channel, presence, now)
            for chance, owed in chances(learned, presence, turns, footing, line, now):
                found.append((_judged(chance, owed), owed))
        return found

    def _computed_lines(self, brand: Brand) -> list[tuple[Channel, Line]]:
        """Return the lines in which promises are computed, with somebody in them."""
        lines = self.standing(brand.id).lines
        found = [(brand.channel(key), lines[key]) for key in sorted(lines) if lines[key].owed]
        return [
            (channel, line)
            for channel, line in found
            if channel is not None and channel.policy is not None and channel.policy.computed
        ]

    def _as_it_stands(self, brand: Brand, channel: Channel) -> tuple[int, int]:
        standing = self.standing(brand.id)
        beside = [standing.line(key).changes for key, _ in self._beside_of(brand, channel)]
        return brand.version, standing.line(channel.key).changes + sum(beside)

    def _view(self, brand: Brand, channel: Channel | None, presence: Presence, now: datetime) -> tuple[Footing, Turns]:
        """Return what everybody in a line shares now, and whose turn it is."""
        standing, minute, key = self.standing(brand.id), presence_minute(presence, now), _key_of(channel)
        people, slots = presence.at(minute)
        present, minutes = presence.anybody(now), self.learned(brand.id).minutes(channel)
        footing = self._footings.get((brand.id, key))
        if footing is None or not footing.holds(minutes, people, present=present):
            footing = self._footings[brand.id, key] = Footing(key, minutes, people, present=present)
        beside = [(standing.line(other), of_chats) for other, of_chats in self._beside_of(brand, channel)]
        chat = _is_chat(channel)
        turns = Turns(
            standing.line(key),
            beside,
            now.timestamp(),
            chat=chat,
            slots=slots,
            at_once=presence.at_once,
            present=present,
        )
        return footing, turns

    def _beside_of(self, brand: Brand, channel: Channel | None) -> tuple[tuple[str, bool], ...]:
        """Return the other channels of the same people, and whether they are chats; looked up once for a brand."""
        place = (brand.id, _key_of(channel))
        known = self._beside.get(place)
        if known is None or known[0] is not brand:
            found = tuple((key, _is_chat(brand.channel(key))) for key in beside_of(brand, channel))
            known = self._beside[place] = (brand, found)
        return known[1]


def _night_seconds(presence: Presence, now: datetime) -> float:
    """Return for how long time alone changes no chance: while nobody is at work, none; else a few minutes at most.

    What stands well stands well for a quarter of the time it has left.
    """
    minute = presence_minute(presence, now)
    begins = presence.staffed.minute_after(minute, 1e-9)
    if begins > minute + CALM_SECONDS_MAX / 60.0:
        return min(begins - minute, NIGHT_MINUTES) * 60.0
    return CALM_SECONDS_MAX


def _judged(chance: float, owed: Owed) -> Judged:
    return Judged(stream=owed.stream, promise_id=PromiseId(owed.promise_id), chance=chance)


def _key_of(channel: Channel | None) -> str:
    return channel.key if channel is not None else ""


def _is_chat(channel: Channel | None) -> bool:
    return channel is not None and channel.kind == "chat"


def _target(asked: Asked) -> float:
    """Return about when the wait would be due, to see who of the other channels goes first."""
    policy = asked.channel.policy if asked.channel is not None else None
    seconds = policy.seconds(asked.kind) if policy is not None else 0
    return asked.since.timestamp() + seconds


def _needs_a_look(chance: float, owed: Owed, now: float) -> bool:
    if chance >= ACT_BELOW or owed.snoozed or owed.due <= now:
        return False
    movable = not owed.moved and owed.kind != "follow_up"
    return (chance < TELL_BELOW and movable) or (chance < ACT_BELOW and not owed.at_risk)
