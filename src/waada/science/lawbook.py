"""The calibrated laws as they are looked up: kept until enough more was seen to change them by something.

Working a law out takes a tenth of a millisecond, looking it up a microsecond; every promise and every judging looks.
"""

from __future__ import annotations

import math
from bisect import bisect_right

from waada.science import calibration
from waada.science.calibration import Calibration

# A law is worked out again when so much more was seen than when it was: less than it is known by.
GROWTH = 0.08
# How sure the handling time is matters in steps of this.
UNSURE_STEP = 0.05


class Law:
    """How late the answer behind a line of one length is, in deviations, with what chance."""

    __slots__ = ("_late", "ahead", "channel", "count", "seen")

    def __init__(self, state: Calibration, channel: str, ahead: int, unsureness: float, seen: int) -> None:
        """Work it out from what was seen."""
        late, self.count = calibration.lateness(state, channel, ahead, unsureness)
        self._late: list[float] = late.tolist()
        self.channel, self.ahead, self.seen = channel, ahead, seen

    def chance(self, state: Calibration, answers: float) -> float:
        """Return the chance of being answered before so many answers' worth of capacity went by."""
        if answers <= 0.0:
            return 0.0
        stages = self.ahead + 1
        z = (answers - stages) / math.sqrt(stages)
        edges = calibration.EDGES_LIST
        above = bisect_right(edges, z)
        if above == 0:
            late = self._late[0]
        elif above >= len(edges):
            late = self._late[len(edges) - 1]
        else:
            low, high = edges[above - 1], edges[above]
            share = (z - low) / (high - low)
            late = self._late[above - 1] * (1.0 - share) + self._late[above] * share
        misses = late * calibration.wider(state, self.channel, self.count)
        return max(0.0, 1.0 - calibration.said_of(misses))

    def needed(self, state: Calibration, probability: float) -> float:
        """Return how many answers' worth of capacity keep a promise with that chance."""
        misses = calibration.aimed(1.0 - probability) / calibration.wider(state, self.channel, self.count)
        z = calibration.quantile_of(self._late, misses)
        return max(0.0, self.ahead + 1 + z * math.sqrt(self.ahead + 1))


class Lawbook:
    """The laws of one brand."""

    def __init__(self) -> None:
        """Begin empty."""
        self._laws: dict[tuple[str, int, float], Law] = {}

    def of(self, state: Calibration, channel: str, ahead: int, unsureness: float) -> Law:
        """Return the law for a line of that length."""
        key = (channel, ahead, math.ceil(unsureness / UNSURE_STEP) * UNSURE_STEP)
        law = self._laws.get(key)
        seen = sum([cell.count for cell in state.cells.get(channel, {}).values()])
        if law is None or seen > law.seen + law.count * GROWTH or seen < law.seen:
            law = self._laws[key] = Law(state, channel, ahead, key[2], seen)
        return law
