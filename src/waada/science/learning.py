"""What a brand's waits have taught: how far the formula errs, how long an answer takes, when customers write.

A fold over the facts of the brand in the order of the feed, and over nothing else: the same facts give the same
knowledge, so it may be kept as a cache and recomputed at any time. Its version stands in the basis of every promise.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from heapq import heappop, heappush
from typing import Any

from waada.core import events as e
from waada.core.conversation import Conversation
from waada.core.ids import PersonId
from waada.core.people import Brand, Channel
from waada.core.promises import Promise
from waada.core.summary import Row
from waada.science import calibration
from waada.science.calibration import Calibration
from waada.science.demand import Demand, hour_of_week
from waada.science.lawbook import Law, Lawbook, LawKey, law_key
from waada.science.paces import Paces
from waada.science.places import Place, answers_of, law_of, names_place, place_from
from waada.science.presence import Crew, Presence, Presences, presence_minute

# Whoever has been away from the desk for longer than this did not handle one conversation all the while.
ONE_GO = timedelta(hours=2)
# So far ahead the urgent work to come is taken off what is there; beyond, an answer is not due for other reasons.
URGENT_HOURS = 36
_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Pending:
    """A wait that goes on, as it stood when its first promise was made."""

    promise_id: str
    basis: str
    chance: float | None
    made_at: datetime
    due_at: datetime
    presence: Presence

    @property
    def place(self) -> Place:
        """Read when the wait has ended: most of those that are made at a peak are not read for long."""
        place = place_from(self.basis)
        assert place is not None, "only what was computed from a place is pending"
        return place


class Learned:
    """The knowledge of one brand."""

    def __init__(self) -> None:
        """Know nothing but what is usual."""
        self.version = 0
        self.calibration = Calibration()
        self._laws = Lawbook()
        self.handling = Paces()
        self.demand = Demand()
        self.left_at: dict[PersonId, datetime] = {}
        self._pending: dict[str, Pending] = {}
        self._undecided: list[tuple[datetime, str, str]] = []
        self._free_since: dict[str, datetime] = {}
        self._begun: dict[str, tuple[str, datetime]] = {}

    # --- what is asked ---

    def law_of(self, place: Place) -> Law:
        """Return the calibrated law of a place in a line."""
        return self.law(law_key(law_of(place), place.law_ahead, place.unsureness))

    def law(self, key: LawKey) -> Law:
        """Return the calibrated law of that name."""
        return self._laws.of(self.calibration, key)

    def presence(self, presences: Presences, brand: Brand, channel: Channel | None, now: datetime) -> Presence:
        """Return who is there for a channel, each as fast as they are known to be."""
        return presences.of(brand, channel, now, lambda: self._crew(brand, channel, now))

    def _crew(self, brand: Brand, channel: Channel | None, now: datetime) -> Crew:
        return Crew(left_at=self.left_at, paces=self.handling, urgent=list(self._urgent(brand, channel, now)))

    def _urgent(self, brand: Brand, channel: Channel | None, now: datetime) -> Iterator[tuple[float, float, float]]:
        """Yield the work that more urgent channels of the same people will probably bring, hour by hour."""
        for key in beside_of(brand, channel):
            other = brand.channel(key)
            if other is None or not _sooner(other, channel):
                continue
            week, minutes = self.demand.week(key), self.handling.handle(key, other.kind)[0]
            hour = now.replace(minute=0, second=0, microsecond=0)
            for number, of_week in enumerate(_urgent_hours(hour, brand.zone)):
                load = week[of_week] / 60.0 * minutes
                if load > 0.0:
                    begins = _minutes(hour + number * _HOUR - now)
                    yield max(0.0, begins), begins + 60.0, load

    def minutes(self, channel: Channel | None) -> tuple[float, float, float]:
        """Return a conversation's handling, the own part before its answer, and the relative error of the first."""
        key, kind = (channel.key, channel.kind) if channel is not None else ("", "mail")
        handle, unsure = self.handling.handle(key, kind)
        return handle, self.handling.own(key, kind), unsure

    # --- what is seen ---

    def saw(
        self,
        brand: Brand,
        state: Conversation | Row,
        events: Sequence[e.Event],
        by: str,
        at: datetime,
        presences: Presences,
    ) -> None:
        """A conversation was written to."""
        self._decide(at)
        channel = brand.channel(state.channel)
        for event in events:
            match event:
                case e.EnquiryOpened():
                    self.version += 1
                    self.demand.saw(state.channel, at, brand.zone)
                case e.PromiseMade(promise=promise) if promise.replaces is None and promise.kind != "follow_up":
                    self._promised(state.id, promise, self.presence(presences, brand, channel, at))
                case e.PromiseMade() if by.startswith("person:"):
                    # A person gave their own word instead: how long it takes from here says nothing about the line.
                    self._left(state.id, at)
                case e.WaitEnded(started_at=started_at):
                    self._ended(state, events, started_at, at)
                case e.PersonWrote() | e.ConversationClosed() if channel is not None:
                    self._handled(state, channel, event, at)
                case _:
                    pass  # the other facts teach nothing about waits

    def present(self, person: PersonId, at: datetime, *, on_duty: bool) -> None:
        """A person came on duty or went off: what they answer next begins when they come, at the earliest."""
        if on_duty:
            self._free_since[person] = at
        else:
            self.left_at[person] = at

    def _promised(self, stream: str, promise: Promise, presence: Presence) -> None:
        basis = promise.basis
        if not names_place(basis):
            return
        self._pending[stream] = Pending(promise.id, basis, promise.chance, promise.made_at, promise.due_at, presence)
        heappush(self._undecided, (promise.due_at, stream, promise.id))

    def _decide(self, now: datetime) -> None:
        """Count the promises whose time has passed without an answer."""
        while self._undecided and self._undecided[0][0] < now:
            _, stream, promise_id = heappop(self._undecided)
            pending = self._pending.get(stream)
            if pending is not None and pending.promise_id == promise_id and pending.chance:
                self._judge(pending, kept=False)

    def _judge(self, pending: Pending, *, kept: bool) -> None:
        chance = pending.chance or 0.0
        judged = calibration.Judged(channel=law_of(pending.place), chance=chance, kept=kept)
        self.calibration = calibration.observe(self.calibration, judged)

    def _ended(self, state: Conversation | Row, events: Sequence[e.Event], started_at: datetime, at: datetime) -> None:
        """A wait is over: the capacity that went by tells how far the formula was off."""
        self.version += 1
        pending = self._pending.pop(state.id, None)
        if pending is None or started_at > pending.made_at:
            return
        answered = not any(isinstance(each, e.PromiseEnded) and each.status == "released" for each in events)
        self._learn(pending, at, answered=answered)
        if answered and at <= pending.due_at and pending.chance:
            self._judge(pending, kept=True)

    def _left(self, stream: str, at: datetime) -> None:
        """Nobody will know when this one would have been answered."""
        pending = self._pending.pop(stream, None)
        if pending is not None:
            self._learn(pending, at, answered=False)
            if pending.chance:
                # For the customer it is a first word that was not kept, whoever took it back.
                self._judge(pending, kept=False)

    def _learn(self, pending: Pending, at: datetime, *, answered: bool) -> None:
        place, presence = pending.place, pending.presence
        cover = presence.cover_of(place)
        begin = presence_minute(presence, pending.made_at)
        answers = answers_of(place, cover.capacity(begin, presence_minute(presence, at)))
        waited = calibration.Waited(
            channel=law_of(place), ahead=place.law_ahead, answers=max(0.0, answers), answered=answered
        )
        self.calibration = calibration.observe(self.calibration, waited)

    # --- handling ---

    def _handled(self, state: Conversation | Row, channel: Channel, event: e.Event, at: datetime) -> None:
        """A person wrote, or a conversation was closed: how long it took, from when they could begin."""
        if isinstance(event, e.PersonWrote):
            if event.person_id is None:
                return
            self._wrote(state, channel, event.person_id, at)
        else:
            begun = self._begun.pop(state.id, None)
            if begun is not None:
                self._finished(channel, begun[0], begun[1], at)

    def _wrote(self, state: Conversation | Row, channel: Channel, person: str, at: datetime) -> None:
        pending = self._pending.get(state.id)
        came = pending.made_at if pending is not None else self._latest_wait(state)
        free = self._free_since.get(person)
        start = max(came, free) if came is not None and free is not None else came or free
        if channel.kind != "chat":
            if start is not None and start < at:
                self._finished(channel, person, start, at)
            self._free_since[person] = at
            return
        if state.id not in self._begun:
            self._begun[state.id] = (person, at)
            if start is not None and timedelta(0) <= at - start < ONE_GO:
                self.handling.answered(channel.key, channel.kind, _minutes(at - start))

    def _finished(self, channel: Channel, person: str, start: datetime, at: datetime) -> None:
        self._free_since[person] = at
        if timedelta(0) < at - start < ONE_GO:
            self.handling.handled(channel.key, channel.kind, person, _minutes(at - start))

    def _latest_wait(self, state: Conversation | Row) -> datetime | None:
        if isinstance(state, Row):
            return state.waiting_since
        waits = state.enquiries[-1].waits if state.enquiries else ()
        return waits[-1].started_at if waits else None

    # --- kept and recomputed ---

    def plain(self) -> dict[str, Any]:
        """Return it as JSON can hold it."""
        return {
            "version": self.version,
            "calibration": calibration.plain(self.calibration),
            "handling": self.handling.plain(),
            "demand": self.demand.plain(),
        }

    @classmethod
    def from_plain(cls, written: Mapping[str, Any]) -> Learned:
        """Return what `plain` wrote. Waits that went on then are known again from their promises."""
        known = cls()
        known.version = int(written["version"])
        known.calibration = calibration.from_plain(written["calibration"])
        known.handling = Paces.from_plain(written["handling"])
        known.demand = Demand.from_plain(written["demand"])
        return known


def beside_of(brand: Brand, channel: Channel | None) -> list[str]:
    """Return the other channels that the same people answer on."""
    if channel is None:
        return []
    own = frozenset(channel.team)
    return [
        other.key
        for other in brand.channels
        if other.key != channel.key and (not own or not other.team or not own.isdisjoint(other.team))
    ]


def _sooner(other: Channel, channel: Channel | None) -> bool:
    """Return whether what comes on another channel is due sooner, and so goes first."""
    mine, theirs = channel.policy if channel is not None else None, other.policy
    return mine is not None and theirs is not None and theirs.first_answer_seconds < mine.first_answer_seconds


@lru_cache(maxsize=64)
def _urgent_hours(begins: datetime, zone: str) -> tuple[int, ...]:
    """Return which hours of the week come next."""
    return tuple(hour_of_week(begins + number * _HOUR, zone) for number in range(URGENT_HOURS))


def _minutes(length: timedelta) -> float:
    return length.total_seconds() / 60.0
