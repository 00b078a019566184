"""A queue as simple as it can be: one line, first come first served, people who come and go by shifts.

It exists to tune and to show the numbers alone (`bench/waits.py`), in seconds; the desk itself is measured with the
real engine by the simulator. Nothing here shares code with the formulas that it judges.
"""

import heapq
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

DAY = 1440.0


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """One desk: `profile` has 24 weights, `shifts` are (first hour, last hour, people), every day alike."""

    name: str
    daily: float
    profile: tuple[float, ...]
    shifts: tuple[tuple[float, float, int], ...]
    handle: float = 8.0
    spread: float = 1.3  # squared coefficient of variation of a handling time (lognormal)
    day_spread: float = 0.08  # coefficient of variation of the day's demand
    absence: float = 0.05
    surges: dict[int, tuple[float, float, float]] = field(default_factory=dict)  # day -> (from hour, to hour, factor)

    def planned(self, days: int) -> list[tuple[float, float]]:
        """The roster as (minutes, people expected to come), as a planner knows it beforehand."""
        return self.pieces(days, [[float(people) for _, _, people in self.shifts]] * days, 1.0 - self.absence)

    def pieces(self, days: int, there: list[list[float]], share: float) -> list[tuple[float, float]]:
        cuts = sorted({0.0, 24.0, *(hour for first, last, _ in self.shifts for hour in (first, last))})
        return [
            (
                60.0 * (until - since),
                share * sum(n for n, (a, b, _) in zip(there[day], self.shifts, strict=True) if a <= since < b),
            )
            for day in range(days)
            for since, until in pairwise(cuts)
        ]


@dataclass(slots=True)
class Seen:
    """One delayed customer: what was known on arrival, and when the answer came."""

    at: float
    ahead: int
    people: int
    last_wait: float
    average_wait: float
    head_wait: float
    answered: float = 0.0
    lasted: float = 0.0

    @property
    def wait(self) -> float:
        return self.answered - self.at


def arrivals(world: World, days: int, draw: np.random.Generator) -> Iterator[float]:
    share = np.array(world.profile) / sum(world.profile)
    for day in range(days):
        shape = 1.0 / world.day_spread**2
        rates = world.daily * share * draw.gamma(shape, 1.0 / shape)
        if day in world.surges:
            first, last, factor = world.surges[day]
            rates[int(first) : int(last)] *= factor
        for hour, rate in enumerate(rates):
            yield from sorted(day * DAY + 60.0 * (hour + draw.random(draw.poisson(rate))))


def attendance(world: World, days: int, seed: int) -> list[list[float]]:
    draw = np.random.default_rng([seed, 1])
    return [[float(draw.binomial(people, 1.0 - world.absence)) for _, _, people in world.shifts] for _ in range(days)]


def run(world: World, days: int, seed: int) -> tuple[list[Seen], int]:
    """The delayed, in the order of their arrival (which is that of their answers), and how many came in all."""
    draw = np.random.default_rng(seed)
    there = attendance(world, days, seed)
    changes: list[tuple[float, int]] = []
    minute = 0.0
    for minutes, people in world.pieces(days, there, 1.0):
        changes.append((minute, round(people)))
        minute += minutes
    sigma2 = np.log1p(world.spread)
    came = list(arrivals(world, days, draw))
    handling = np.exp(np.log(world.handle) - sigma2 / 2 + np.sqrt(sigma2) * draw.standard_normal(len(came)))
    delayed: list[Seen] = []
    line: deque[tuple[Seen, float]] = deque()
    ends: list[float] = []
    people = change = 0
    last_wait = average_wait = 0.0
    due = iter(zip(came, handling.tolist(), strict=True))
    coming = next(due, None)
    while True:
        next_change = changes[change][0] if change < len(changes) else np.inf
        next_end = ends[0] if ends else np.inf
        arriving = coming[0] if coming else np.inf
        now = min(next_change, next_end, arriving)
        if now == np.inf:
            break
        if now == next_end:
            heapq.heappop(ends)
        elif now == next_change:
            people = changes[change][1]
            change += 1
        elif coming:
            lasts = coming[1]
            if len(ends) < people and not line:
                heapq.heappush(ends, now + lasts)
                last_wait, average_wait = 0.0, 0.9 * average_wait
            else:
                head = now - line[0][0].at if line else 0.0
                seen = Seen(now, len(line), people, last_wait, average_wait, head)
                delayed.append(seen)
                line.append((seen, lasts))
            coming = next(due, None)
        while line and len(ends) < people:
            seen, lasts = line.popleft()
            seen.answered, seen.lasted = now, lasts
            last_wait = seen.wait
            average_wait = 0.9 * average_wait + 0.1 * last_wait
            heapq.heappush(ends, now + lasts)
    return [seen for seen in delayed if seen.answered], len(came)
