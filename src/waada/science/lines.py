"""Lines that are not "q like me": different handling times ahead, and more urgent ones still to come.

The work ahead is a sum, so it has a mean and a variance, and a gamma law with these two stands in for it: shape
`mean^2 / variance`, scale `variance / mean`. With `q` equal exponential ones ahead that is the gamma of `waits` itself.
The match is an approximation everywhere else: good within about a point of the keep-rate as long as all are busy.

Urgent arrivals overtake. In the mean they take their work out of the capacity, `s(u) - lambda(u) AHT_urgent`, floored
at 0 (a stretch in which the urgent ones need everybody brings nothing, and the backlog that they then build up is *not*
carried into the next stretch: give longer pieces if they overload you for long). Their chance adds spread: by the law
of a busy period, the second moment of their work in the time the line is expected to take.
"""

import math
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from waada.science import inputs
from waada.science.cover import Cover
from waada.science.inputs import NobodyThere, Pieces
from waada.science.special import gammainc, gammaincinv


@dataclass(frozen=True, slots=True)
class Work:
    """Person-minutes until the one who asks is next, as mean and variance."""

    mean_minutes: float
    variance: float

    @property
    def shape(self) -> float:
        return self.mean_minutes**2 / self.variance

    @property
    def scale(self) -> float:
        return self.variance / self.mean_minutes


def work_ahead(handle_minutes: Iterable[float], serving_minutes: float, spread: float = 1.0) -> Work:
    """The work in a mixed line: the mean handling time of each one ahead, and of those being served.

    Somebody has to finish first, then each one ahead has to be handled. `serving_minutes` is what those being served
    still need on average; in a lasting mix that is `sum of squares / sum` of the handling times, because long ones are
    met more often. `spread` is the squared coefficient of variation of a handling time: 1 for exponential.
    """
    wide = inputs.positive("The squared coefficient of variation", spread)
    serving = inputs.positive("The handling time of those being served", serving_minutes)
    means = [serving, *(inputs.positive("A handling time ahead", each) for each in handle_minutes)]
    return Work(math.fsum(means), wide * math.fsum(each * each for each in means))


def work_quantile(work: Work, capacity: Pieces, probability: float) -> float:
    """Minutes within which that work is done with that probability."""
    cover = Cover(capacity)
    likely = inputs.chance("The probability", probability)
    minutes = cover.minute_after(0.0, work.scale * float(gammaincinv(work.shape, likely)))
    if minutes < math.inf:
        return minutes
    if (left := cover.capacity(0.0, cover.end)) <= 0.0:
        raise NobodyThere.closed()
    raise NobodyThere.ends(float(gammainc(work.shape, left / work.scale)), likely)


def work_chance(work: Work, capacity: Pieces, within_minutes: float) -> float:
    """The chance that the work is done within that time; the inverse of `work_quantile`."""
    within = inputs.quantity("The time to answer within, in minutes,", within_minutes)
    return float(gammainc(work.shape, Cover(capacity).capacity(0.0, within) / work.scale))


def behind_urgent(
    work: Work,
    capacity: Pieces,
    urgent: Pieces,
    urgent_minutes: float,
    spread: float = 1.0,
) -> tuple[Work, list[tuple[float, float]]]:
    """The work and the capacity that are left to somebody whom urgent arrivals overtake.

    `urgent` is `[(minutes, arrivals per minute), ...]` from now on, none after its end; `urgent_minutes` their mean
    handling time. Hand both results to `work_quantile` or `work_chance`.
    """
    handle = inputs.positive("The handling time of the urgent", urgent_minutes)
    wide = inputs.positive("The squared coefficient of variation", spread)
    pieces = overlay(inputs.pieces_of(capacity), inputs.pieces_of(urgent))
    left = [(minutes, max(0.0, people - rate * handle)) for minutes, people, rate in pieces]
    until = Cover(left).minute_after(0.0, work.mean_minutes)
    arrivals = Cover([(minutes, rate) for minutes, _, rate in pieces])
    extra = arrivals.capacity(0.0, until) * handle * handle * (1.0 + wide)
    return Work(work.mean_minutes, work.variance + extra), left


def overlay(capacity: Pieces, urgent: Pieces) -> list[tuple[float, float, float]]:
    """(minutes, people, urgent arrivals per minute), cut wherever one of them changes, as long as the capacity."""
    ends, starts = edges(capacity), edges(urgent)
    cuts = sorted({*ends, *(cut for cut in starts if cut < ends[-1])})
    rates = [*(rate for _, rate in urgent), 0.0]
    people = [people for _, people in capacity]
    return [
        (
            until - since,
            people[min(bisect_right(ends, since) - 1, len(people) - 1)],
            rates[min(bisect_right(starts, since) - 1, len(rates) - 1)],
        )
        for since, until in pairwise(cuts)
    ] or [(0.0, 0.0, 0.0)]


def edges(pieces: Pieces) -> list[float]:
    found = [0.0]
    for minutes, _ in pieces:
        found.append(found[-1] + minutes)
    return found
