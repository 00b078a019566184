"""From waits to a verdict: how often the target would be kept, in which hours it breaks, and whether that will do.

A policy holds when the lower end of the keep-rate's interval is no less than the chance its brand wants, and no hour
of the week is clearly more than three points below that. The interval counts days, not customers: a bad day is one bad
day, however many wrote on it.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import inf, sqrt

from waada.core.hours import Hours
from waada.core.policies import Policy
from waada.proving import Breaking, Picture
from waada.science.demand import hour_of_week
from waada.sim.gate_scene import HOURS, Scene
from waada.sim.gate_world import Waits, instant

Z = 1.96
# An hour of the week may be so far below the chance, as an hour of the day may on the business days of science.md.
HOUR_SLACK = 0.03
# Hours with fewer customers than this in the whole simulation are too thin to be blamed.
HOUR_MIN = 30
# Days that are much alike: after a weekend, Monday is a day of its own.
ALIKE = ((0,), (1, 2, 3, 4), (5,), (6,))
# One hour in so many may look bad by chance alone, or every verdict on 168 hours would fail.
HOUR_Z = 3.0


def picture_of(scene: Scene, waits: Waits, days: int) -> Picture:
    """Return the verdict and its picture. Somebody must have written."""
    policy = scene.way.policy
    hours = _hours_of_week(waits, scene.scenario.zone)
    kept, came = [0] * HOURS, [0] * HOURS
    for hour, good in zip(hours, waits.kept, strict=True):
        came[hour] += 1
        kept[hour] += good
    rate, low, high = interval(waits)
    bad = [hour for hour in range(HOURS) if _breaks(kept[hour], came[hour], policy.chance)]
    holds = low >= policy.chance and not bad
    by_hour = tuple(kept[hour] / came[hour] if came[hour] else None for hour in range(HOURS))
    return Picture(
        holds=holds,
        keep_rate=rate,
        low=low,
        high=high,
        chance=policy.chance,
        conversations=len(waits.kept),
        weeks=max(1, days // 7),
        learned=scene.learned,
        by_hour=by_hour,
        arrivals=tuple(scene.way.week),
        breaking=() if holds else _stretches(_shown(bad, kept, came, policy.chance), kept, came),
    )


def interval(waits: Waits) -> tuple[float, float, float]:
    """Return the share that was kept with its 95 % interval, by days: at least as wide as customers alone make it."""
    days: dict[int, list[int]] = {}
    for at, good in zip(waits.at, waits.kept, strict=True):
        day = days.setdefault(int(at // 86_400), [0, 0])
        day[0] += good
        day[1] += 1
    kept, came = sum(waits.kept), len(waits.kept)
    rate = kept / came
    spread = sum((good - rate * number) ** 2 for good, number in days.values())
    error = Z * sqrt(spread * len(days) / max(1, len(days) - 1)) / came
    low, high = wilson(kept, came, Z)
    return rate, max(0.0, min(low, rate - error)), min(1.0, max(high, rate + error))


def wilson(kept: int, came: int, z: float) -> tuple[float, float]:
    """Return the interval of a share (Wilson's score interval)."""
    share, square = kept / came, z * z
    middle = (share + square / (2 * came)) / (1 + square / came)
    half = z * sqrt(share * (1 - share) / came + square / (4 * came * came)) / (1 + square / came)
    return max(0.0, middle - half), min(1.0, middle + half)


def on_clock(waits: Waits, hours: Hours | None) -> list[float]:
    """Return everybody's wait in seconds on a clock: that of these hours, or the wall's."""
    if hours is None:
        return list(waits.seconds)
    return [
        seconds if seconds == inf else hours.between(instant(at), instant(at + seconds)).total_seconds()
        for at, seconds in zip(waits.at, waits.seconds, strict=True)
    ]


def judged_by(waits: Waits, lengths: Sequence[float], policy: Policy) -> Waits:
    """Return the same waits, judged by another target on the clock they were measured on."""
    target = min(policy.first_answer_seconds, policy.next_answer_seconds)
    judged = Waits()
    for at, seconds, measured in zip(waits.at, waits.seconds, lengths, strict=True):
        judged.add(instant(at), seconds, kept=measured <= target)
    return judged


def _hours_of_week(waits: Waits, zone: str) -> list[int]:
    known: dict[int, int] = {}
    found: list[int] = []
    for at in waits.at:
        quarter = int(at // 900)  # no clock on earth is off by less than a quarter of an hour
        if quarter not in known:
            known[quarter] = hour_of_week(instant(quarter * 900), zone)
        found.append(known[quarter])
    return found


def _breaks(kept: int, came: int, chance: float) -> bool:
    return came >= HOUR_MIN and wilson(kept, came, HOUR_Z)[1] < chance - HOUR_SLACK


def _shown(bad: list[int], kept: list[int], came: list[int], chance: float) -> list[int]:
    """Return the hours to show for a policy that does not hold: those too far below, thin ones by their like."""
    found = dict.fromkeys(bad)
    for days in ALIKE:
        shares: list[float | None] = []
        for hour in range(24):
            thin = [day * 24 + hour for day in days if came[day * 24 + hour] < HOUR_MIN]
            number = sum(came[at] for at in thin)
            shares.append(sum(kept[at] for at in thin) / number if number else None)
        for day in days:
            below = False
            for hour, alike in enumerate(shares):
                at = day * 24 + hour
                share = kept[at] / came[at] if came[at] >= HOUR_MIN else alike
                # An hour in which nobody wrote is as bad as the one before it.
                below = below if share is None else share < chance - HOUR_SLACK
                if below:
                    found[at] = None
    return sorted(found)


def _stretches(bad: list[int], kept: list[int], came: list[int]) -> tuple[Breaking, ...]:
    """Return bad hours as stretches, days with the same stretch together."""
    by_stretch: dict[tuple[int, int], list[int]] = {}
    for day in range(7):
        hours = [hour % 24 for hour in bad if hour // 24 == day]
        for begins, ends in runs(hours):
            by_stretch.setdefault((begins, ends), []).append(day)
    found: list[Breaking] = []
    for (begins, ends), days in sorted(by_stretch.items(), key=lambda each: (each[1], each[0])):
        inside = [day * 24 + hour for day in days for hour in range(begins, ends)]
        share = sum(kept[hour] for hour in inside) / max(1, sum(came[hour] for hour in inside))
        found.append(Breaking(days=tuple(days), begins=clock(begins), ends=clock(ends), keep_rate=share))
    return tuple(found)


def runs(hours: list[int]) -> list[tuple[int, int]]:
    """Return hours of a day as stretches, from and to."""
    found: list[tuple[int, int]] = []
    for hour in hours:
        if found and found[-1][1] == hour:
            found[-1] = (found[-1][0], hour + 1)
        else:
            found.append((hour, hour + 1))
    return found


def clock(hour: float) -> str:
    """Return an hour of the day as people write it."""
    whole, part = divmod(round(hour * 60), 60)
    return f"{whole:02d}:{part:02d}"
