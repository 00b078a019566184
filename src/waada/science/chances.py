"""With what chance each promise of a line is kept, as of one instant: all of them are asked for every minute.

What everybody in the line has in common is looked up once, so that each promise costs two microseconds.
"""

from __future__ import annotations

import math
from datetime import datetime

from waada.core.people import Channel
from waada.science.lawbook import Law
from waada.science.learning import Learned
from waada.science.places import FINE, OPENING_MINUTES, Place, fine, law_name
from waada.science.presence import Presence, presence_minute
from waada.science.standing import Owed
from waada.science.turns import Turns

# Nobody is so unsure that it would tell more than this.
UNSURE_MAX = 3.0


class Footing:
    """What everybody in one line shares at one instant: how long an answer takes, and who is there for it."""

    __slots__ = ("_cell", "_learned", "_unsure", "anybody", "handle", "opening", "own", "people")

    def __init__(self, learned: Learned, channel: Channel | None, people: float, *, present: bool) -> None:
        """Look up the minutes of a channel; `present` is whether somebody is there by now."""
        self._learned, self.people, self.anybody = learned, people, present
        self._cell = channel.key if channel is not None else ""
        self.handle, self.own, self._unsure = learned.minutes(channel)
        # The own part of whoever is answered first.
        self.opening = self.own if present else max(self.own, OPENING_MINUTES)

    def place(self, kind: str, ahead: int | None) -> Place:
        """Return a place in the line."""
        return Place(
            cell=self._cell_of(kind),
            ahead=ahead,
            handle_minutes=self.handle,
            own_minutes=self.opening if ahead is None else self.own,
            unsureness=self._unsure_at(ahead),
            people=self.people,
            anybody=self.anybody,
        )

    def law(self, kind: str, ahead: int | None) -> Law:
        """Return the law of a place in the line."""
        name = law_name(self._cell_of(kind), ahead, anybody=self.anybody)
        return self._learned.law(name, fine(ahead), self._unsure_at(ahead))

    def _cell_of(self, kind: str) -> str:
        return self._cell if kind == "first_answer" else f"{self._cell}:next"

    def _unsure_at(self, ahead: int | None) -> float:
        unsure = self._unsure
        if ahead is not None and self.own > self.handle / 2:
            # An own handling of every length, while `people` go on answering others: it widens the law of short lines.
            unsure = math.hypot(unsure, self.people / (ahead + 1.0))
        return min(unsure, UNSURE_MAX)


class Chances:
    """The chances of everybody in one line."""

    __slots__ = ("_begun", "_begun_staffed", "_busy", "_epoch", "_footing", "_known", "_learned", "_presence", "_turns")

    def __init__(self, learned: Learned, presence: Presence, turns: Turns, footing: Footing, now: datetime) -> None:
        """Count from `now` on."""
        self._learned, self._presence, self._turns, self._footing = learned, presence, turns, footing
        self._known: dict[tuple[str, int | None], Law] = {}
        self._epoch = presence.epoch.timestamp()
        start = presence_minute(presence, now)
        self._begun, self._begun_staffed = presence.cover.worked_until(start), presence.staffed.worked_until(start)
        # What those who work have to do besides: `places.answers_of`.
        self._busy = footing.people * footing.own

    def of(self, number: int, owed: Owed) -> float:
        """Return the chance of who has so many before them in their own line."""
        due, kind = owed.due, owed.kind
        ahead = self._turns.ahead(number, due)
        key = (kind, ahead if ahead is None or ahead <= FINE else fine(ahead))
        law = self._known.get(key)
        if law is None:
            law = self._known[key] = self._footing.law(kind, ahead)
        until = (due - self._epoch) / 60.0
        if ahead is None:
            capacity = max(0.0, self._presence.staffed.worked_until(until) - self._begun_staffed)
            answers = capacity / self._footing.opening
        else:
            capacity = max(0.0, self._presence.cover.worked_until(until) - self._begun)
            answers = (capacity - self._busy) / self._footing.handle
        return law.chance(self._learned.calibration, answers) if answers > 0.0 else 0.0
