"""With what chance each promise of a line is kept, as of one instant: all of them are asked for every minute.

What everybody in the line has in common is looked up once, so that one promise costs a few microseconds.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from datetime import datetime

from waada.science.calibration import Cell
from waada.science.lawbook import Law, LawKey, law_key
from waada.science.learning import Learned
from waada.science.places import FINE, OPENING_MINUTES, Place, fine, law_name
from waada.science.presence import Presence, presence_minute
from waada.science.standing import Line, Owed
from waada.science.turns import Turns

Laws = dict[tuple[str, int | None], Law]
"""By kind of promise and place in the line."""

# Nobody is so unsure that it would tell more than this.
UNSURE_MAX = 3.0


class Footing:
    """What everybody in one line shares at one instant: how long an answer takes, and who is there for it."""

    __slots__ = ("_cell", "_cells", "_laws", "_unsure", "anybody", "handle", "opening", "own", "people")

    def __init__(self, channel: str, minutes: tuple[float, float, float], people: float, *, present: bool) -> None:
        """Take the minutes of a channel (`Learned.minutes`); `present` is whether somebody is there by now."""
        self._cell, self.people, self.anybody = channel, people, present
        self.handle, self.own, self._unsure = minutes
        # The own part of whoever is answered first.
        self.opening = self.own if present else max(self.own, OPENING_MINUTES)
        self._cells: Mapping[str, Mapping[int, Cell]] | None = None
        self._laws: Laws = {}

    def holds(self, minutes: tuple[float, float, float], people: float, *, present: bool) -> bool:
        """Return whether nothing has changed."""
        return (self.handle, self.own, self._unsure) == minutes and (self.people, self.anybody) == (people, present)

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

    def laws(self, learned: Learned) -> Laws:
        """Return the laws that were looked up so far: they hold until another wait has taught something."""
        if self._cells is not learned.calibration.cells:
            self._cells, self._laws = learned.calibration.cells, {}
        return self._laws

    def law_key(self, kind: str, ahead: int | None) -> LawKey:
        """Return under what the law of a place in the line is found."""
        name = law_name(self._cell_of(kind), ahead, anybody=self.anybody)
        return law_key(name, fine(ahead), self._unsure_at(ahead))

    def _cell_of(self, kind: str) -> str:
        return self._cell if kind == "first_answer" else f"{self._cell}:next"

    def _unsure_at(self, ahead: int | None) -> float:
        unsure = self._unsure
        if ahead is not None and self.own > self.handle / 2:
            # An own handling of every length, while `people` go on answering others: it widens the law of short lines.
            unsure = math.hypot(unsure, self.people / (ahead + 1.0))
        return min(unsure, UNSURE_MAX)


def chances(
    learned: Learned, presence: Presence, turns: Turns, footing: Footing, line: Line, now: datetime
) -> Iterator[tuple[float, Owed]]:
    """Yield everybody in a line, in the order in which they came, with the chance that their promise is kept.

    Whoever asks may let others work in between, so the line may shrink meanwhile.
    """
    laws, of_long_lines = footing.laws(learned), Laws()
    cover, staffed = presence.cover, presence.staffed
    epoch, minute = presence.epoch.timestamp(), presence_minute(presence, now)
    begun, begun_staffed = cover.worked_until(minute), staffed.worked_until(minute)
    # As in `places.answers_of`.
    handle, opening, busy = footing.handle, footing.opening, footing.people * footing.own
    for number, (_, stream) in enumerate(list(line.came())):
        owed = line.owed.get(stream)
        if owed is None:
            continue
        ahead = turns.ahead(number, owed.due)
        if ahead is None or ahead <= FINE:
            known, key = laws, (owed.kind, ahead)
        else:
            # Told apart in steps, and each step by the first who stands in it.
            known, key = of_long_lines, (owed.kind, fine(ahead))
        law = known.get(key)
        if law is None:
            law = known[key] = learned.law(footing.law_key(owed.kind, ahead))
        until = (owed.due - epoch) / 60.0
        if ahead is None:
            answers = (staffed.worked_until(until) - begun_staffed) / opening
        else:
            answers = (max(0.0, cover.worked_until(until) - begun) - busy) / handle
        yield law.chance(learned.calibration, answers) if answers > 0.0 else 0.0, owed
