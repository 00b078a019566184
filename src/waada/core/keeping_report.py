"""The figures of the *Promises* page, from the promises that fell due in a period; each with its 95 % interval.

Pure: the same promises give the same report, in whatever order they come. A promise that was released is in no figure
but its own count.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise
from typing import TypeVar
from zoneinfo import ZoneInfo

from waada.core.evidence import (
    Figure,
    Share,
    gap_by_luck,
    mean_of,
    quantile_of,
    ratio_of_means,
    ratio_of_medians,
    share_of,
)
from waada.core.keeping import Promised, telling, verdict

# Where stated chances are divided up. Finer near 1, where most promises are made and where a point matters most.
CHANCE_EDGES = (0.0, 0.5, 0.7, 0.8, 0.9, 0.94, 0.96, 0.98, 0.99, 1.0)
# An hour or a day is compared with others from so many promises on: below, one miss more moves it by five points.
EVIDENCE_MIN = 20
WORST_MAX = 5

Key = TypeVar("Key", str, int, tuple[int, int])


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """The share kept of the promises that have something in common."""

    key: str
    kept: Share


@dataclass(frozen=True, slots=True, kw_only=True)
class Bin:
    """Promises whose chance was stated from `chance_from` up to `chance_to`: the mean stated, the share kept."""

    chance_from: float
    chance_to: float
    stated: float
    kept: Share


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """Stated chances against what was kept. None of it where no promise stated a chance.

    `gap` is the expected calibration error: how far stated and kept lie apart, weighted by how many promises lie in
    each bin. `gap_by_luck` is what perfect chances would show with as many promises: only what goes beyond is an error.
    """

    stated: float | None
    kept: Share
    gap: float | None
    gap_by_luck: float | None
    bins: tuple[Bin, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lengths:
    """How long something was, in seconds on the wall clock."""

    mean: Figure | None
    median: Figure | None
    p90: Figure | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Waits:
    """What was promised against what came. Who still waits counts with the time so far: less than it will be."""

    waits: int
    still_waiting: int
    promised: Lengths
    actual: Lengths
    ratio_of_means: Figure | None
    ratio_of_medians: Figure | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Renegotiations:
    """What telling a new time caught, and what it cost.

    `caught`, `late` and `silent` are shares of the promises missed and add up to all of them; `told_before_due` is the
    first two together. `alarms` is how many of all were told a new time; `needless` how many of those were then
    answered by the first. `one_at_most` is how many of all waits were moved at most once.
    """

    caught: Share
    late: Share
    silent: Share
    told_before_due: Share
    alarms: Share
    needless: Share
    one_at_most: Share
    revisions: Figure | None
    revisions_max: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Worst:
    """The groups that kept less than all together, surest first; `compared` of `known` groups had enough promises.

    `surely` names those whose whole interval lies under the share of all together. `tenth` is the share that one in ten
    of the groups compared stays under.
    """

    groups: tuple[Group, ...]
    surely: tuple[str, ...]
    compared: int
    known: int
    tenth: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Everything about the promises of a period."""

    kept: Share
    released: int
    calibration: Calibration
    week_hours: tuple[Group, ...]
    day_hours: tuple[Group, ...]
    channels: tuple[Group, ...]
    languages: tuple[Group, ...]
    kinds: tuple[Group, ...]
    waits: Waits
    renegotiations: Renegotiations
    worst_hours: Worst
    worst_days: Worst
    evidence_min: int = EVIDENCE_MIN


@dataclass(frozen=True, slots=True)
class _Scored:
    promise: Promised
    kept: bool
    local: datetime  # when it was made, on the brand's clock


def report(promises: Iterable[Promised], zone: ZoneInfo, now: datetime) -> Report:
    """Return the figures of promises that had fallen due by `now`; hours and days are those in which they were made."""
    every = sorted(promises, key=lambda each: (each.due_at, each.promise_id))
    judged = [(each, verdict(each)) for each in every]
    scored = [_Scored(each, how == "kept", each.made_at.astimezone(zone)) for each, how in judged if how != "released"]
    plain = [each.promise for each in scored]
    kept = _kept(scored)
    day_hours = _groups(scored, lambda each: each.local.hour, "{:02d}".format)
    return Report(
        kept=kept,
        released=len(every) - len(scored),
        calibration=_calibration(scored),
        week_hours=_groups(scored, lambda each: (each.local.weekday(), each.local.hour), "{0[0]}-{0[1]:02d}".format),
        day_hours=day_hours,
        channels=_groups(scored, lambda each: each.promise.channel),
        languages=_groups(scored, lambda each: each.promise.language),
        kinds=_groups(scored, lambda each: each.promise.kind),
        waits=_waits(plain, now),
        renegotiations=_renegotiations(plain),
        worst_hours=_worst(day_hours, kept),
        worst_days=_worst(_groups(scored, lambda each: each.local.toordinal(), _day), kept),
    )


def _kept(scored: Sequence[_Scored]) -> Share:
    return share_of(sum(each.kept for each in scored), len(scored))


def _groups(
    scored: Iterable[_Scored], key: Callable[[_Scored], Key], name: Callable[[Key], str] = str
) -> tuple[Group, ...]:
    kept: dict[Key, int] = defaultdict(int)
    found: dict[Key, int] = defaultdict(int)
    for each in scored:
        place = key(each)
        found[place] += 1
        kept[place] += each.kept
    return tuple(Group(key=name(place), kept=share_of(kept[place], found[place])) for place in sorted(found))


def _calibration(scored: Sequence[_Scored]) -> Calibration:
    inside: list[list[tuple[float, bool]]] = [[] for _ in CHANCE_EDGES[1:]]
    for each in scored:
        chance = each.promise.chance
        if chance is not None:
            # Certainty belongs to the last bin, not behind it.
            inside[min(bisect_right(CHANCE_EDGES, chance), len(inside)) - 1].append((chance, each.kept))
    bins = tuple(
        Bin(
            chance_from=low,
            chance_to=high,
            stated=sum(chance for chance, _ in some) / len(some),
            kept=share_of(sum(kept for _, kept in some), len(some)),
        )
        for (low, high), some in zip(pairwise(CHANCE_EDGES), inside, strict=True)
        if some
    )
    count = sum(each.kept.of for each in bins)
    return Calibration(
        stated=sum(each.stated * each.kept.of for each in bins) / count if count else None,
        kept=share_of(sum(each.kept.count for each in bins), count),
        gap=sum(abs(each.stated * each.kept.of - each.kept.count) for each in bins) / count if count else None,
        gap_by_luck=sum(each.kept.of * gap_by_luck(each.kept.of, each.stated) for each in bins) / count
        if count
        else None,
        bins=bins,
    )


def _waits(promises: Sequence[Promised], now: datetime) -> Waits:
    promised = [(each.due_at - each.made_at).total_seconds() for each in promises]
    actual = [max(0.0, ((each.ended_at or now) - each.made_at).total_seconds()) for each in promises]
    return Waits(
        waits=len(promises),
        still_waiting=sum(1 for each in promises if each.ended_at is None),
        promised=_lengths(promised),
        actual=_lengths(actual),
        ratio_of_means=ratio_of_means(promised, actual),
        ratio_of_medians=ratio_of_medians(sorted(promised), sorted(actual)),
    )


def _lengths(seconds: Sequence[float]) -> Lengths:
    ordered = sorted(seconds)
    return Lengths(mean=mean_of(ordered), median=quantile_of(ordered, 0.5), p90=quantile_of(ordered, 0.9))


def _renegotiations(promises: Sequence[Promised]) -> Renegotiations:
    tellings = [telling(each) for each in promises]
    caught, late = tellings.count("caught"), tellings.count("late")
    silent, needless = tellings.count("silent"), tellings.count("needless")
    missed, told = caught + late + silent, caught + late + needless
    revisions = [each.revisions for each in promises]
    return Renegotiations(
        caught=share_of(caught, missed),
        late=share_of(late, missed),
        silent=share_of(silent, missed),
        told_before_due=share_of(caught + late, missed),
        alarms=share_of(told, len(promises)),
        needless=share_of(needless, told),
        one_at_most=share_of(sum(1 for each in revisions if each <= 1), len(promises)),
        revisions=mean_of(revisions),
        revisions_max=max(revisions, default=0),
    )


def _day(ordinal: int) -> str:
    return date.fromordinal(ordinal).isoformat()


def _worst(groups: Sequence[Group], kept: Share) -> Worst:
    compared = [each for each in groups if each.kept.of >= EVIDENCE_MIN]
    overall = kept.share or 0.0
    shares = sorted(each.kept.share or 0.0 for each in compared)
    # The upper end first: what is surely bad comes before what only looks worse with fewer promises.
    worst = sorted(
        (each for each in compared if (each.kept.share or 0.0) < overall), key=lambda each: (each.kept.high, each.key)
    )[:WORST_MAX]
    return Worst(
        groups=tuple(worst),
        surely=tuple(each.key for each in worst if each.kept.high < overall),
        compared=len(compared),
        known=len(groups),
        tenth=shares[max(0, -(-len(shares) // 10) - 1)] if shares else None,
    )
