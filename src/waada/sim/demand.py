"""When people write: the arrivals of one day, from the shape of its hours and what is known to differ between days.

Days with a spread are a Poisson stream by thinning: a factor for the day (gamma, because "so many on average" is never
the same number), times a rate that runs straight between the middles of the hours, times the surges of that day.
"""

from __future__ import annotations

from bisect import bisect
from datetime import timedelta
from itertools import accumulate
from random import Random

from waada.sim.scenario import Scenario, Surge, Way

HOURS = 24


def arrivals_on(scenario: Scenario, day: int, dice: Random) -> list[tuple[float, Way]]:
    """Return when somebody writes where: each channel by its own hours of the week, under one factor for the day."""
    weekday = (scenario.starts + timedelta(days=day)).weekday()
    factor = _day_factor(scenario, dice)
    found: list[tuple[float, Way]] = []
    for way in scenario.ways:
        for hour, rate in enumerate(way.week[weekday * HOURS : (weekday + 1) * HOURS]):
            at = dice.expovariate(rate * factor) if rate else 1.0
            while at < 1.0:
                found.append((hour + at, way))
                at += dice.expovariate(rate * factor)
    return found


def _day_factor(scenario: Scenario, dice: Random) -> float:
    if not scenario.day_spread:
        return 1.0
    shape = scenario.day_spread**-2
    return dice.gammavariate(shape, 1.0 / shape)


def arrivals(scenario: Scenario, day: int, dice: Random) -> list[float]:
    """Return when somebody writes on a day, in hours on the clock on the wall."""
    expected = scenario.a_day * scenario.weekdays[(scenario.starts + timedelta(days=day)).weekday()]
    if not scenario.day_spread:
        return _by_hour(scenario.demand, expected, dice)
    scale = expected * _day_factor(scenario, dice) / sum(scenario.demand)
    surges = [surge for surge in scenario.surges if day % surge.every_days == surge.every_days - 1]
    highest = scale * max(scenario.demand) * max((surge.times for surge in surges), default=1.0)
    found: list[float] = []
    at = dice.expovariate(highest) if highest else HOURS
    while at < HOURS:
        if dice.random() * highest < scale * rate_at(scenario.demand, at) * _surge_at(surges, at):
            found.append(at)
        at += dice.expovariate(highest)
    return found


def rate_at(profile: tuple[float, ...], at: float) -> float:
    """Return the rate at an hour: the profile's own at half past, straight in between, so that its sum stays."""
    hour, part = divmod(at - 0.5, 1.0)
    before = profile[int(hour) % HOURS]
    return before + part * (profile[int(hour + 1) % HOURS] - before)


def _surge_at(surges: list[Surge], at: float) -> float:
    return max((surge.times for surge in surges if surge.starts <= at < surge.starts + surge.lasts), default=1.0)


def _by_hour(profile: tuple[float, ...], expected: float, dice: Random) -> list[float]:
    hours = list(accumulate(profile))
    number = max(0, round(dice.gauss(expected, expected**0.5)))
    return [bisect(hours, dice.random() * hours[-1]) + dice.random() for _ in range(number)]
