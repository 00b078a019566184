"""The calibrated laws as they are looked up: kept until enough more was seen to change them by something.

Working a law out takes a tenth of a millisecond, looking it up a microsecond; every promise and every judging looks.
"""

from __future__ import annotations

import math
from bisect import bisect_right

from waada.science import calibration
from waada.science.calibration import Calibration, Cell, Seen

# A law is worked out again when so much more was seen than when it was: less than it is known by.
GROWTH = 0.08
# How sure the handling time is matters in steps of this.
UNSURE_STEP = 0.05

LawKey = tuple[str, int, float]
"""Which law: of which channel, behind a line of which length, how unsure the handling time is."""


def law_key(channel: str, ahead: int, unsureness: float) -> LawKey:
    """Return under what the law for a line of that length is found."""
    return channel, ahead, math.ceil(unsureness / UNSURE_STEP) * UNSURE_STEP


class Law:
    """How late the answer behind a line of one length is, in deviations, with what chance."""

    __slots__ = ("_doubt", "_late", "_root", "ahead", "channel", "count", "edition", "seen")

    def __init__(self, seen: Seen, channel: str, ahead: int, unsureness: float) -> None:
        """Work it out from what was seen."""
        late, self.count = calibration.lateness(seen, ahead, unsureness)
        self._late: list[float] = late.tolist()
        self._doubt, self._root = calibration.doubt(self.count), math.sqrt(ahead + 1)
        self.channel, self.ahead, self.seen = channel, ahead, seen.count
        # Of what was seen, the one for which it was last found good enough.
        self.edition = 0

    def chance(self, state: Calibration, answers: float) -> float:
        """Return the chance of being answered before so many answers' worth of capacity went by."""
        if answers <= 0.0:
            return 0.0
        z = (answers - (self.ahead + 1)) / self._root
        edges, laid = calibration.EDGES_LIST, self._late
        above = bisect_right(edges, z)
        if above == 0:
            late = laid[0]
        elif above >= calibration.EDGES_COUNT:
            late = laid[calibration.EDGES_COUNT - 1]
        else:
            low, high = edges[above - 1], edges[above]
            share = (z - low) / (high - low)
            late = laid[above - 1] * (1.0 - share) + laid[above] * share
        misses = late * (self._doubt * math.exp(state.levels.get(self.channel, 0.0)))
        return max(0.0, 1.0 - calibration.said_of(misses))

    def needed(self, state: Calibration, probability: float) -> float:
        """Return how many answers' worth of capacity keep a promise with that chance."""
        misses = calibration.aimed(1.0 - probability) / calibration.wider(state, self.channel, self.count)
        z = calibration.quantile_of(self._late, misses)
        return max(0.0, self.ahead + 1 + z * self._root)


class Lawbook:
    """The laws of one brand."""

    def __init__(self) -> None:
        """Begin empty."""
        self._laws: dict[LawKey, Law] = {}
        self._seen: dict[str, tuple[int, Seen]] = {}

    def of(self, state: Calibration, key: LawKey) -> Law:
        """Return the law that a key names."""
        law = self._laws.get(key)
        edition, seen = self._seen_of(state, key[0])
        if law is not None and law.edition == edition:
            return law
        if law is None or seen.count > law.seen + law.count * GROWTH or seen.count < law.seen:
            law = self._laws[key] = Law(seen, *key)
        law.edition = edition
        return law

    def _seen_of(self, state: Calibration, channel: str) -> tuple[int, Seen]:
        """Return what was seen of a channel, and how often that has changed."""
        cells = state.cells.get(channel, _NOTHING)
        known = self._seen.get(channel)
        if known is None or known[1].cells is not cells:
            known = self._seen[channel] = (known[0] + 1 if known is not None else 1, Seen(cells))
        return known


_NOTHING: dict[int, Cell] = {}
