"""How wrong the formula is, learned in the capacity domain: promises that are kept as often as they say.

When an answer comes, the capacity that went by tells how far the line really got: the normalised residual
`z = (C(W) / AHT - (q + 1)) / sqrt(q + 1)`, comparable between a night and an evening, three people and thirty (the raw
ratio of times is not: correcting it doubles the promises). Its law is kept per cell, channel times length of the line
(Mondrian conformal: each cell keeps its own word); thin cells borrow from their neighbours. A promise then needs
`AHT * ((q + 1) + z_hat * sqrt(q + 1))`, where `z_hat` is the conformal quantile, with its finite-sample correction.

Before anything was seen, pseudo-observations from the gamma law with extra spread stand in for it, so that the first
promise already holds and the five-hundredth is sharp. Waits that the customer gave up are censored, not dropped: the
law is a product-limit (Kaplan-Meier) estimate. On top of that the *level* adapts (Gibbs and Candes 2021: an adaptive
conformal step per promise judged), so that bad days and drift are answered within hours. The state is a frozen fold of
the observations: the same ones in the same order give the same state, to the bit.
"""

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from itertools import pairwise
from operator import neg
from typing import Any, assert_never

import numpy as np
from numpy.typing import ArrayLike, NDArray

from waada.science import inputs
from waada.science.special import gammainc

Floats = NDArray[np.float64]

# Lengths of the line that share a cell: each half as long again, because the law of z changes with its logarithm.
LINE_STARTS = (0, 1, 2, 3, 5, 8, 13, 21, 33, 53, 85, 140)
# Their middles; the last one is open.
MIDDLES = (*((first + after - 1) / 2.0 for first, after in pairwise(LINE_STARTS)), 180.0)
# Where z is told apart: a tenth of a deviation in the middle, coarser far out; beyond the last only "more".
EDGES: Floats = np.concatenate([np.arange(-60, 60) / 10.0, 6.0 * 1.06 ** np.arange(29)])
EDGES_LIST: list[float] = EDGES.tolist()
EDGES_COUNT = len(EDGES_LIST)
BUCKETS = len(EDGES) + 1
# An observation's weight fades over so many later ones of its cell; about a month of a busy desk.
MEMORY_MAX = 2_000.0
# A cell that saw fewer borrows from the lengths next to it.
THIN = 150.0
# The gamma law counts like so many observations ...
PRIOR_COUNT = 40.0
# ... and is as much wider as a capacity that is off by this coefficient of variation would make it.
PRIOR_SPREAD = 0.10
# A promise aims a little higher than its word, by up to so much and never by more than a share of the misses allowed:
# an hour or a day must not be worse than said because another one was better, and misses come in clusters. Little,
# because rounding up adds more.
MARGIN, MARGIN_SHARE = 0.004, 0.08
# Waits of the same hour share their luck: so many of them tell as much as one. Conformal prediction takes a share of
# (1 - misses) / count off the misses; at the usual 5 % that is this many times `ALIKE / count` of them.
ALIKE = 3.0
USUAL_ODDS = 19.0
# What one judged promise moves the level by. Larger follows a bad day sooner and wavers more in good ones: misses come
# by the dozen when somebody is missing, and the level must outlive such a morning without doubling the misses allowed.
STEP = 0.015
# The level asked for stays between three times and a tenth of the wished misses.
LEVEL_MIN, LEVEL_MAX = -1.1, 2.3


@dataclass(frozen=True, slots=True, kw_only=True)
class Waited:
    """A wait is over: `answers` is C(W) / AHT, the capacity that went by counted in answers, as known when promised.

    `answered` is false if the customer gave up before: the answer would have come later.
    """

    channel: str
    ahead: int
    answers: float
    answered: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A promise is decided: kept, or due and not kept. Tell it when it is due, not when the late answer comes."""

    channel: str
    chance: float
    kept: bool


Observation = Waited | Judged


@dataclass(frozen=True, slots=False, kw_only=True)  # keeps its shares once they were asked for
class Cell:
    """The law of z in one cell: weights of answered and given-up waits per bucket, `unit` the latest one's weight."""

    count: int = 0
    unit: float = 1.0
    answered: tuple[float, ...] = (0.0,) * BUCKETS
    gone: tuple[float, ...] = (0.0,) * BUCKETS

    @cached_property
    def shares(self) -> tuple[Floats, Floats]:
        """Answered and given-up waits per bucket, in units of one fresh observation."""
        return np.array(self.answered) / self.unit, np.array(self.gone) / self.unit


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """Everything learned so far; `version` counts observations and belongs into the basis of a promise."""

    version: int = 0
    cells: Mapping[str, Mapping[int, Cell]] = field(default_factory=dict)
    levels: Mapping[str, float] = field(default_factory=dict)


def observe(state: Calibration, seen: Observation) -> Calibration:
    """The state after one more observation."""
    match seen:
        case Waited():
            of_channel = state.cells.get(seen.channel, {})
            number = line_cell(seen.ahead)
            cell = with_wait(of_channel.get(number, Cell()), residual(seen.ahead, seen.answers), seen.answered)
            cells = {**state.cells, seen.channel: {**of_channel, number: cell}}
            return replace(state, version=state.version + 1, cells=cells)
        case Judged():
            missed = 0.0 if seen.kept else 1.0
            level = state.levels.get(seen.channel, 0.0) + STEP * (missed - aimed(1.0 - seen.chance))
            levels = {**state.levels, seen.channel: min(LEVEL_MAX, max(LEVEL_MIN, level))}
            return replace(state, version=state.version + 1, levels=levels)
        case _:
            assert_never(seen)


def fold(observations: Iterable[Observation], state: Calibration | None = None) -> Calibration:
    """The state after all of them, in order."""
    after = state or Calibration()
    for seen in observations:
        after = observe(after, seen)
    return after


def residual(ahead: int, answers: float) -> float:
    """z: by how many deviations of a Poisson stream the line needed more answers than it was long."""
    stages = inputs.line("The number of people ahead", ahead) + 1
    return (inputs.quantity("The capacity in answers", answers) - stages) / math.sqrt(stages)


def line_cell(ahead: int) -> int:
    return bisect_right(LINE_STARTS, ahead) - 1


def with_wait(cell: Cell, z: float, answered: bool) -> Cell:  # noqa: FBT001 - a fact about the wait, said by name above
    """One more wait. New ones weigh more than old ones, and while there are few, old ones fade sooner.

    The handling time is learned at the same time, so that the first residuals are the least true ones.
    """
    memory = min(MEMORY_MAX, 50.0 + cell.count / 2.0)
    unit = cell.unit * (1.0 + 1.0 / memory)
    law, gone = cell.answered, cell.gone
    if unit > 1e12:  # long before the weights lose digits
        law, gone = tuple(w / unit for w in law), tuple(w / unit for w in gone)
        unit = 1.0
    bucket = bisect_right(EDGES_LIST, z)
    if answered:
        law = (*law[:bucket], law[bucket] + unit, *law[bucket + 1 :])
    else:
        gone = (*gone[:bucket], gone[bucket] + unit, *gone[bucket + 1 :])
    return Cell(count=cell.count + 1, unit=unit, answered=law, gone=gone)


def aimed(misses: float) -> float:
    """The misses to aim at for those allowed."""
    return misses - min(MARGIN, misses * MARGIN_SHARE)


# -- what a promise asks ---------------------------------------------------------------------------


def answers_needed(
    state: Calibration,
    channel: str,
    ahead: int,
    probability: float,
    unsureness: float = 0.0,
) -> float:
    """How many answers' worth of capacity keep a promise behind `ahead` people with that probability.

    Times the handling time it is the capacity to look up in a `Cover`. `unsureness` is how far off the handling time
    may be (its relative standard error, see `handling`); it widens what is assumed, not what was seen.
    """
    likely = inputs.chance("The probability", probability)
    stages = inputs.line("The number of people ahead", ahead) + 1
    late, count = lateness(Seen(state.cells.get(channel, {})), ahead, unsureness)
    misses = aimed(1.0 - likely) / wider(state, channel, count)
    return max(0.0, stages + quantile_of(late.tolist(), misses) * math.sqrt(stages))


def wider(state: Calibration, channel: str, count: float) -> float:
    """How many times more misses are counted with than a law of so many observations shows: the level, and the doubt.

    The doubt is the finite-sample correction of conformal prediction, as a factor. It stands in what a promise asks
    and in what is said of its chance alike: were it in the first only, promises would be kept more often than said
    for no fault of the law, and the level, which holds the two against each other, would drive them further apart.
    """
    return doubt(count) * math.exp(state.levels.get(channel, 0.0))


def doubt(count: float) -> float:
    """The finite-sample correction of conformal prediction, as a factor."""
    return 1.0 + ALIKE * USUAL_ODDS / count


def said_of(misses: float) -> float:
    """The misses that were allowed for, given those aimed at; the inverse of `aimed`."""
    return min(misses / (1.0 - MARGIN_SHARE), misses + MARGIN)


def keep_chance(state: Calibration, channel: str, ahead: int, answers: float, unsureness: float = 0.0) -> float:
    """How likely the next after `ahead` people is answered before `answers` answers' worth of capacity went by."""
    return float(keep_chances(state, channel, [ahead], [answers], unsureness)[0])


def keep_chances(
    state: Calibration,
    channel: str,
    ahead: ArrayLike,
    answers: ArrayLike,
    unsureness: float = 0.0,
) -> Floats:
    """`keep_chance` for arrays. The caller vouches for its numbers."""
    lines, reach = np.asarray(ahead, np.int64), np.asarray(answers, np.float64)
    seen = Seen(state.cells.get(channel, {}))
    z = (reach - (lines + 1)) / np.sqrt(lines + 1.0)
    chances = np.zeros(len(lines))
    order = np.argsort(lines, kind="stable")
    starts = np.flatnonzero(np.diff(lines[order], prepend=-1))
    for group in np.split(order, starts[1:]) if len(order) else []:
        late, count = lateness(seen, int(lines[group[0]]), unsureness)
        misses = wider(state, channel, count) * np.interp(z[group], EDGES, late[:-1])
        chances[group] = 1.0 - np.array([said_of(each) for each in misses.tolist()])
    return np.where(reach > 0.0, np.clip(chances, 0.0, 1.0), 0.0)


class Seen:
    """What was seen of one channel, added up as far as laws asked for it. `cells` is a state's: it never changes."""

    __slots__ = ("_near", "cells", "count")

    def __init__(self, cells: Mapping[int, Cell]) -> None:
        self.cells = cells
        self.count = sum([cell.count for cell in cells.values()])
        self._near: dict[int, tuple[Floats, Floats, float]] = {}

    def around(self, ahead: int) -> tuple[Floats, Floats, float]:
        """What was seen for lines of that length: between the middles of two cells their laws pass into each other.

        With a jump at the edge of a cell, one more person ahead could make a promise shorter.
        """
        number = line_cell(ahead)
        beside = number + (1 if ahead >= MIDDLES[number] else -1)
        answered, gone, count = self.near(number)
        if not self.cells or not 0 <= beside < len(MIDDLES):
            return answered, gone, count
        part = abs(ahead - MIDDLES[number]) / abs(MIDDLES[beside] - MIDDLES[number])
        answered_beside, gone_beside, count_beside = self.near(beside)
        return (
            (1.0 - part) * answered + part * answered_beside,
            (1.0 - part) * gone + part * gone_beside,
            (1.0 - part) * count + part * count_beside,
        )

    def near(self, number: int) -> tuple[Floats, Floats, float]:
        """Weights in units of one fresh observation: of the cell itself and, while that is thin, of those around it."""
        known = self._near.get(number)
        if known is None:
            known = self._near[number] = self._added_up(number)
        return known

    def _added_up(self, number: int) -> tuple[Floats, Floats, float]:
        answered, gone, count = np.zeros(BUCKETS), np.zeros(BUCKETS), 0.0
        # The nearest first, and of two that are as near the shorter line.
        at_distance = sorted((abs(each - number), each) for each in self.cells)
        for place, (distance, each) in enumerate(at_distance, 1):
            of_answered, of_gone = self.cells[each].shares
            answered += of_answered
            gone += of_gone
            if place < len(at_distance) and at_distance[place][0] == distance:
                continue
            count = float(np.add.reduce(answered) + np.add.reduce(gone))
            if count >= THIN:
                break
        return answered, gone, count


def lateness(seen: Seen, ahead: int, unsureness: float) -> tuple[Floats, float]:
    """P(z is above) each edge and at the far end, with what was seen and assumed; and how many observations that is."""
    answered, gone, count = seen.around(ahead)
    ended = answered + assumed(ahead + 1, round(unsureness, 2))
    # Of those at risk in a bucket, the ones who gave up in it were there for half of it.
    at_risk = np.add.accumulate((ended + gone)[::-1])[::-1] - gone / 2.0
    stays = 1.0 - np.divide(ended, at_risk, out=_NOBODY_ENDS.copy(), where=at_risk > 0.0)
    return np.asarray(np.multiply.accumulate(np.maximum(stays, 0.0)), np.float64), count + PRIOR_COUNT


_NOBODY_ENDS = np.ones(BUCKETS)


@lru_cache(maxsize=1_024)
def assumed(stages: int, unsureness: float) -> Floats:
    """What is assumed before anything is seen: pseudo-observations per bucket, by the gamma law, widened."""
    variance = stages * (1.0 + stages * (PRIOR_SPREAD**2 + unsureness**2))
    reach = np.maximum(0.0, stages + EDGES * math.sqrt(stages))
    below = np.asarray(gammainc(stages**2 / variance, reach * stages / variance), np.float64)
    counts = np.diff(below, prepend=0.0, append=1.0) * PRIOR_COUNT
    counts.setflags(write=False)
    return counts


def quantile_of(late: Sequence[float], allowed: float) -> float:
    """The z that is exceeded with the chance allowed, straight between two edges."""
    above = bisect_left(late, -allowed, key=neg)
    if above == 0:
        return EDGES_LIST[0]
    if above >= len(EDGES_LIST):
        return EDGES_LIST[-1]
    high, low = late[above - 1], late[above]
    part = (high - allowed) / (high - low) if high > low else 1.0
    return EDGES_LIST[above - 1] + part * (EDGES_LIST[above] - EDGES_LIST[above - 1])


# -- to and from JSON ------------------------------------------------------------------------------


def plain(state: Calibration) -> dict[str, Any]:
    """The state as JSON can hold it; only buckets that hold something are written."""
    return {
        "version": state.version,
        "levels": dict(state.levels),
        "cells": {
            channel: {
                str(number): {
                    "count": cell.count,
                    "unit": cell.unit,
                    "answered": {str(at): weight for at, weight in enumerate(cell.answered) if weight},
                    "gone": {str(at): weight for at, weight in enumerate(cell.gone) if weight},
                }
                for number, cell in sorted(cells.items())
            }
            for channel, cells in sorted(state.cells.items())
        },
    }


def from_plain(written: Mapping[str, Any]) -> Calibration:
    """What `plain` wrote, to the bit."""
    return Calibration(
        version=written["version"],
        levels=dict(written["levels"]),
        cells={
            channel: {
                int(number): Cell(
                    count=cell["count"],
                    unit=cell["unit"],
                    answered=unfolded(cell["answered"]),
                    gone=unfolded(cell["gone"]),
                )
                for number, cell in cells.items()
            }
            for channel, cells in written["cells"].items()
        },
    )


def unfolded(weights: Mapping[str, float]) -> tuple[float, ...]:
    return tuple(weights.get(str(at), 0.0) for at in range(BUCKETS))
