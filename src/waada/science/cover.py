"""Who is there, as one rising curve: the fast path of everything that asks "when" or "how likely".

`C(t)` is the person-minutes at work from the epoch of the cover until minute `t`. In that domain closing times, lunch,
part-time experts and shift changes are nothing but flat or steep stretches, and the wait of the (q+1)-th in line is one
gamma quantile: `P(W <= t) = P(Poisson((C(now + t) - C(now)) / AHT) >= q + 1)`, exact for exponential handling (a
Poisson stream of answers, time-changed by `C`). Built once per roster; scalars cost microseconds, arrays of 10,000
open promises milliseconds.
"""

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from itertools import accumulate
from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from waada.science import inputs
from waada.science.inputs import NobodyThere
from waada.science.special import gammainc, gammaincinv

Floats = NDArray[np.float64]

WEEK_MINUTES = 7 * 24 * 60.0


class Cover:
    """Capacity over time. Minutes count from the cover's own epoch, which the caller chooses (the start of its roster).

    After its last piece nobody is known to be there, unless its last week goes on (`of_roster`): then single questions
    reach as far as they must, while arrays know the pieces alone.
    """

    __slots__ = ("_arrays", "_minutes", "_people", "_week", "_worked")

    def __init__(self, capacity: Iterable[tuple[float, float]]) -> None:
        self._add_up([piece for piece in inputs.pieces_of(capacity) if piece[0] > 0.0])

    @classmethod
    def of_roster(cls, pieces: Sequence[tuple[float, float]], *, goes_on: bool = False) -> Self:
        """A cover of pieces that were computed here: longer than nothing and finite, not looked at again.

        `goes_on`: after the pieces their last week comes again and again. Who stands behind weeks of work is answered
        all the same.
        """
        cover = cls.__new__(cls)
        cover._add_up(pieces)  # noqa: SLF001 - its own
        if goes_on and cover.end >= WEEK_MINUTES:
            cover._week = cover._worked[-1] - cover.worked_until(cover.end - WEEK_MINUTES)  # noqa: SLF001 - its own
        return cover

    def _add_up(self, pieces: Sequence[tuple[float, float]]) -> None:
        self._minutes = list(accumulate([minutes for minutes, _ in pieces], initial=0.0))
        self._worked = list(accumulate([minutes * people for minutes, people in pieces], initial=0.0))
        self._people = [people for _, people in pieces]
        self._arrays: tuple[Floats, Floats] | None = None
        self._week = 0.0

    @property
    def minutes(self) -> Floats:
        """Where the pieces begin, and where the last one ends."""
        return self._as_arrays()[0]

    @property
    def worked(self) -> Floats:
        """C at each of `minutes`."""
        return self._as_arrays()[1]

    def _as_arrays(self) -> tuple[Floats, Floats]:
        if self._arrays is None:
            self._arrays = np.array(self._minutes), np.array(self._worked)
        return self._arrays

    @property
    def end(self) -> float:
        """The minute after which nothing is known."""
        return self._minutes[-1]

    # -- one question at a time ------------------------------------------------------------------

    def worked_until(self, minute: float) -> float:
        """C(minute), in person-minutes."""
        if minute <= 0.0:
            return 0.0
        end = self._minutes[-1]
        if minute >= end:
            if not self._week:
                return self._worked[-1]
            weeks, rest = divmod(minute - end, WEEK_MINUTES)
            # What the repeated week held before its `rest`.
            left = self._worked[-1] - self.worked_until(end - WEEK_MINUTES + rest)
            return self._worked[-1] + (weeks + 1.0) * self._week - left
        piece = bisect_right(self._minutes, minute) - 1
        return self._worked[piece] + (minute - self._minutes[piece]) * self._people[piece]

    def capacity(self, from_minute: float, until_minute: float) -> float:
        """Person-minutes at work between two minutes; 0 if the second comes first."""
        return max(0.0, self.worked_until(until_minute) - self.worked_until(from_minute))

    def minute_after(self, from_minute: float, person_minutes: float) -> float:
        """The first minute by which that much was worked since `from_minute`; infinite if the cover ends before."""
        if person_minutes <= 0.0:
            return from_minute
        goal = self.worked_until(from_minute) + person_minutes
        if goal > self._worked[-1]:
            # The sum of what is there may differ from the total by its last digit.
            if goal > self._worked[-1] * (1.0 + 1e-14):
                return max(from_minute, self._minute_beyond(goal)) if self._week else math.inf
            goal = self._worked[-1]
        return max(from_minute, self._minute_of(goal))

    def _minute_of(self, goal: float) -> float:
        """The first minute by which that much was worked, 0 < goal <= C(end)."""
        piece = bisect_left(self._worked, goal) - 1
        return self._minutes[piece] + (goal - self._worked[piece]) / self._people[piece]

    def _minute_beyond(self, goal: float) -> float:
        """The same for more than the pieces hold: in the last week, so many weeks later."""
        weeks = math.ceil((goal - self._worked[-1]) / self._week)
        return self._minute_of(min(goal - weeks * self._week, self._worked[-1])) + weeks * WEEK_MINUTES

    def quantile(
        self,
        ahead: float,
        from_minute: float,
        probability: float,
        handle_minutes: float,
        z_shift: float = 0.0,
    ) -> float:
        """Minutes from `from_minute` within which the next after `ahead` people is answered with that chance.

        `z_shift` moves the capacity needed by so many standard deviations, `AHT * sqrt(ahead + 1)` each; it is how a
        calibration corrects the formula. Refuses with `NobodyThere` when the cover ends before.
        """
        stages = inputs.line("The number of people ahead", ahead) + 1
        handle = inputs.positive("The handling time in minutes", handle_minutes)
        likely = inputs.chance("The probability", probability)
        start = inputs.quantity("The minute to count from", from_minute)
        need = handle * (float(gammaincinv(stages, likely)) + z_shift * math.sqrt(stages))
        if (minute := self.minute_after(start, need)) < math.inf:
            return minute - start
        if (left := self.capacity(start, self.end)) <= 0.0:
            raise NobodyThere.closed()
        raise NobodyThere.ends(standing_chance(stages, left / handle, z_shift), likely)

    def chance(
        self,
        ahead: float,
        from_minute: float,
        until_minute: float,
        handle_minutes: float,
        z_shift: float = 0.0,
    ) -> float:
        """How likely the next after `ahead` people is answered by `until_minute`; the inverse of `quantile`."""
        stages = inputs.line("The number of people ahead", ahead) + 1
        handle = inputs.positive("The handling time in minutes", handle_minutes)
        start = inputs.quantity("The minute to count from", from_minute)
        until = inputs.quantity("The minute to count to", until_minute)
        return standing_chance(stages, self.capacity(start, until) / handle, z_shift)

    # -- many at once ----------------------------------------------------------------------------

    def capacities(self, from_minutes: ArrayLike, until_minutes: ArrayLike) -> Floats:
        """`capacity` for arrays."""
        until = np.interp(np.asarray(until_minutes, float), self.minutes, self.worked)
        since = np.interp(np.asarray(from_minutes, float), self.minutes, self.worked)
        return np.asarray(np.maximum(0.0, until - since))

    def minutes_after(self, from_minutes: ArrayLike, person_minutes: ArrayLike) -> Floats:
        """`minute_after` for arrays: infinite where the cover ends before."""
        start, need = np.broadcast_arrays(np.asarray(from_minutes, float), np.asarray(person_minutes, float))
        if not self._people:
            return np.where(need <= 0.0, start, np.inf)
        goal = np.interp(start, self.minutes, self.worked) + need
        beyond = goal > self.worked[-1] * (1.0 + 1e-14)
        goal = np.minimum(goal, self.worked[-1])
        piece = np.clip(np.searchsorted(self.worked, goal, side="left") - 1, 0, len(self._people) - 1)
        people = np.asarray(self._people)[piece]
        inside = np.divide(goal - self.worked[piece], people, out=np.zeros_like(goal), where=people > 0.0)
        minute = np.maximum(start, self.minutes[piece] + inside)
        return np.where(need <= 0.0, start, np.where(beyond, np.inf, minute))

    def quantiles(
        self,
        ahead: ArrayLike,
        from_minutes: ArrayLike,
        probability: ArrayLike,
        handle_minutes: ArrayLike,
        z_shift: ArrayLike = 0.0,
    ) -> Floats:
        """`quantile` for arrays; infinite where the cover ends before. The caller vouches for its numbers."""
        stages = np.asarray(ahead, float) + 1.0
        deviations = np.asarray(z_shift, float) * np.sqrt(stages)
        need = np.asarray(handle_minutes, float) * (gammaincinv(stages, probability) + deviations)
        start = np.asarray(from_minutes, float)
        return np.asarray(self.minutes_after(start, need) - start, np.float64)

    def chances(
        self,
        ahead: ArrayLike,
        from_minutes: ArrayLike,
        until_minutes: ArrayLike,
        handle_minutes: ArrayLike,
        z_shift: ArrayLike = 0.0,
    ) -> Floats:
        """`chance` for arrays: how likely each open promise is kept. The caller vouches for its numbers."""
        stages = np.asarray(ahead, float) + 1.0
        answers = self.capacities(from_minutes, until_minutes) / np.asarray(handle_minutes, float)
        reach = np.maximum(0.0, answers - np.asarray(z_shift, float) * np.sqrt(stages))
        return np.where(answers > 0.0, gammainc(stages, reach), 0.0)


def standing_chance(stages: int, answers: float, z_shift: float = 0.0) -> float:
    """P(at least `stages` answers) when `answers` are expected, i.e. P(Poisson(answers) >= stages)."""
    if answers <= 0.0:
        return 0.0
    return float(gammainc(stages, max(0.0, answers - z_shift * math.sqrt(stages))))
