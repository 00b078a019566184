"""Who stands in line, per brand and channel: the one thing that a promise needs and no single conversation knows.

A fold over what was written. Counting who is ahead costs a bisection, so a new enquiry never waits for it. In a channel
it is first come, first served; between channels, what is due sooner goes first, as the desk's queue shows it.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from dataclasses import dataclass
from datetime import datetime, timedelta

from waada.core.conversation import Conversation
from waada.core.summary import Row

# A chat that nobody closed and nobody wrote in for so long keeps no person busy any more. Long, because a lively one
# counts a person as free who isn't, and a forgotten one does no harm: no more are counted than people can hold.
IN_HAND = timedelta(hours=3)
SWEEP_SECONDS = 60.0
# A free person takes a chat within so long; whoever waits longer shows that nobody is free.
TAKEN_WITHIN = 30.0


@dataclass(frozen=True, slots=True)
class Owed:
    """A customer who waits. `moved` is true for a second promise of the same wait."""

    stream: str
    channel: str
    since: float
    due: float
    promise_id: str
    kind: str
    at_risk: bool
    moved: bool
    snoozed: bool


class Line:
    """Everybody who waits on one channel, by when they came and by when they are due; and chats that go on."""

    def __init__(self) -> None:
        """Nobody waits."""
        self.owed: dict[str, Owed] = {}
        self.in_hand: dict[str, float] = {}
        self.changes = 0
        self._swept_at = 0.0
        self._came: list[tuple[float, str]] = []
        self._due: list[float] = []

    def put(self, owed: Owed) -> None:
        """Somebody waits, or waits for another time than before."""
        self.changes += 1
        self.drop(owed.stream)
        self.owed[owed.stream] = owed
        insort(self._came, (owed.since, owed.stream))
        insort(self._due, owed.due)

    def drop(self, stream: str) -> None:
        """Nobody owes them a word any more."""
        known = self.owed.pop(stream, None)
        if known is not None:
            self.changes += 1
            del self._came[bisect_left(self._came, (known.since, stream))]
            del self._due[bisect_left(self._due, known.due)]

    def before(self, stream: str, since: float) -> int:
        """Return how many came earlier; all of them for a newcomer."""
        if stream in self.owed:
            return bisect_left(self._came, (since, stream))
        return len(self._came)

    def due_before(self, due: float) -> int:
        """Return how many are due before an instant."""
        return bisect_right(self._due, due)

    def dues(self) -> list[float]:
        """Return every due time, in order."""
        return self._due

    def came(self) -> list[tuple[float, str]]:
        """Return everybody with when they came, in order."""
        return self._came

    def taken_places(self, now: float, places: int, *, present: bool) -> int:
        """Return how many places are taken by chats that go on: all of them where somebody waits all the same."""
        if not self.in_hand:
            return 0
        if present and self._came and now - self._came[0][0] > TAKEN_WITHIN:
            return places
        return min(places, self._going_on(now))

    def _going_on(self, now: float) -> int:
        if now - self._swept_at > SWEEP_SECONDS:
            self._swept_at = now
            old = now - IN_HAND.total_seconds()
            for stream in [stream for stream, last in self.in_hand.items() if last < old]:
                del self.in_hand[stream]
        return len(self.in_hand)


class Standing:
    """The lines of one brand."""

    def __init__(self) -> None:
        """Nobody has written yet."""
        self.lines: dict[str, Line] = {}

    @property
    def waiting(self) -> int:
        """How many wait, on all channels."""
        return sum([len(line.owed) for line in self.lines.values()])

    def line(self, channel: str) -> Line:
        """Return the line of a channel."""
        known = self.lines.get(channel)
        if known is None:
            known = self.lines[channel] = Line()
        return known

    def saw(self, state: Conversation | Row, at: datetime) -> None:
        """A conversation stands like this now."""
        line = self.line(state.channel)
        owed = _owed(state, at)
        if owed is None:
            line.drop(state.id)
        else:
            line.put(owed)
        if state.channel_kind == "chat" and state.status != "closed" and owed is None and state.last_by == "person":
            line.in_hand[state.id] = state.last_at.timestamp()
        elif state.id in line.in_hand:
            del line.in_hand[state.id]

    def clear(self) -> None:
        """Forget everybody, to begin anew from the store."""
        self.lines.clear()


def _owed(state: Conversation | Row, at: datetime) -> Owed | None:
    if isinstance(state, Row):
        if state.status != "open" or state.promise_id is None or state.due_at is None:
            return None
        since = state.waiting_since or state.made_at or at
        return Owed(
            stream=state.id,
            channel=state.channel,
            since=since.timestamp(),
            due=state.due_at.timestamp(),
            promise_id=state.promise_id,
            kind=state.promise_kind or "first_answer",
            at_risk=state.at_risk,
            moved=state.revisions > 0,
            snoozed=state.snoozed_until is not None,
        )
    promise = state.promise
    if promise is None:
        return None
    wait = state.enquiries[-1].wait
    return Owed(
        stream=state.id,
        channel=state.channel,
        since=(wait.started_at if wait is not None else promise.made_at).timestamp(),
        due=promise.due_at.timestamp(),
        promise_id=promise.id,
        kind=promise.kind,
        at_risk=promise.at_risk,
        moved=promise.replaces is not None,
        snoozed=state.snoozed_until is not None,
    )
