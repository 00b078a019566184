"""What a simulated world says of its promises: figures over everybody who came, as `docs/how-to/simulate.md` defines.

Scored is the first promise of a wait. Figures are over the delayed, those who found nobody free, unless said otherwise:
a promise to somebody who is answered at once is no achievement.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import ceil, inf, isfinite
from zoneinfo import ZoneInfo

from waada.science import rivals
from waada.sim.promises_kept import Seen

# A new time helps when it comes this long before the old one, or a fifth of a short promise before (science section 2).
LEAD_MAX = timedelta(minutes=5)
LEAD_SHARE = 0.2
# An hour of the day says something from so many promises on, a day from so many.
HOUR_MIN = 100
DAY_MIN = 5
CHANCE = 0.95


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored:
    """A first promise with its verdict. `wait` (minutes) is infinite where no answer came, or none yet."""

    seen: Seen
    kept: bool
    wait: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """How one way of promising did. Minutes; shares of 1; `in_hours` counts those who came while people were there."""

    name: str
    number: int
    kept: float
    ratio: float
    ratio_in_hours: float
    promised_in_hours: float
    worst_hour: tuple[float, int | None]
    tenth_day: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """How customers heard that a promise would not be kept; all shares of what is scored, but for the first two."""

    told_before_due: float
    useful_lead: float
    alarms: float
    needless: float
    silent: float
    at_most_once: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Hour:
    """One hour of the day, of arrival: how many promises, the share kept, mean promise and mean wait in minutes."""

    hour: int
    number: int
    kept: float
    promised: float
    waited: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """One world, once it is warm: everybody, the delayed, the first of them, what was told, and the rivals."""

    came: int
    gone: int
    everybody: Word
    delayed: Word
    first: Word
    telling: Telling
    telling_everybody: Telling
    mean_wait: float
    hours: tuple[Hour, ...]
    rivals: tuple[Word, ...] = field(default=())


def figures(seen: Sequence[Seen], until: datetime, zone: str, warm_from: datetime, first: int = 500) -> Figures:
    """Return the figures of a run that ended at `until`; those who came before `warm_from` count as the first only."""
    scored = scored_of(seen, until)
    late = [each for each in scored if each.seen.delayed]
    warm = [each for each in scored if each.seen.at >= warm_from]
    warm_late = [each for each in late if each.seen.at >= warm_from]
    waits = [each.wait for each in warm_late if isfinite(each.wait)]
    return Figures(
        came=len(seen),
        gone=sum(1 for each in seen if each.gone_at is not None),
        everybody=word("everybody", warm, zone),
        delayed=word("delayed", warm_late, zone),
        first=word(f"first {min(first, len(late))} delayed", late[:first], zone),
        telling=telling(warm_late),
        telling_everybody=telling(warm),
        mean_wait=_mean(waits),
        hours=tuple(by_hour(warm_late, zone)),
        rivals=tuple(_rivals(warm_late, zone)),
    )


def scored_of(seen: Iterable[Seen], until: datetime) -> list[Scored]:
    """Return every first promise that can be judged; whoever went before it was due is left out."""
    found: list[Scored] = []
    for each in seen:
        kept = each.kept(until)
        if kept is not None:
            found.append(Scored(seen=each, kept=kept, wait=inf if each.wait is None else each.wait))
    return found


def word(name: str, scored: Sequence[Scored], zone: str, promised: Callable[[Seen], float] | None = None) -> Word:
    """Return how a way of promising did; `promised` gives its minutes, ours without one."""
    said = [each.seen.promised if promised is None else promised(each.seen) for each in scored]
    kept = [each.kept if promised is None else each.wait <= one for each, one in zip(scored, said, strict=True)]
    # Whoever was never answered has no wait to compare with.
    pairs = [
        (one, each.wait, each.seen.people > 0) for each, one in zip(scored, said, strict=True) if isfinite(each.wait)
    ]
    inside = [(one, wait) for one, wait, there in pairs if there]
    local = [each.seen.at.astimezone(ZoneInfo(zone)) for each in scored]
    hours = shares([at.hour for at in local], kept, HOUR_MIN)
    days = shares([at.toordinal() for at in local], kept, DAY_MIN)
    worst = min(((share, hour) for hour, share in hours.items()), default=None)
    return Word(
        name=name,
        number=len(scored),
        kept=_mean(kept),
        ratio=_ratio([(one, wait) for one, wait, _ in pairs]),
        ratio_in_hours=_ratio(inside),
        promised_in_hours=_mean([one for one, _ in inside]),
        worst_hour=worst if worst is not None else (1.0, None),
        tenth_day=_low_tenth(list(days.values())),
    )


def by_hour(scored: Sequence[Scored], zone: str) -> list[Hour]:
    """Return the figures of each hour of the day in which anybody came who was delayed."""
    groups: dict[int, list[Scored]] = {}
    for each in scored:
        groups.setdefault(each.seen.at.astimezone(ZoneInfo(zone)).hour, []).append(each)
    return [
        Hour(
            hour=hour,
            number=len(group),
            kept=_mean([each.kept for each in group]),
            promised=_mean([each.seen.promised for each in group]),
            waited=_mean([each.wait for each in group if isfinite(each.wait)]),
        )
        for hour, group in sorted(groups.items())
    ]


def telling(scored: Sequence[Scored]) -> Telling:
    """Return how those heard of it whose promise was not kept, and how many heard of it for nothing."""
    broke = [each.seen for each in scored if not each.kept]
    told = [each for each in broke if _told_before(each, timedelta(0))]
    useful = [each for each in told if _told_before(each, min(LEAD_MAX, (each.due_at - each.at) * LEAD_SHARE))]
    alarms = [each for each in scored if _told_before(each.seen, timedelta(0))]
    number = len(scored) or 1
    return Telling(
        told_before_due=len(told) / len(broke) if broke else 1.0,
        useful_lead=len(useful) / len(broke) if broke else 1.0,
        alarms=len(alarms) / number,
        needless=sum(1 for each in alarms if each.kept) / number,
        silent=(len(broke) - len(told)) / number,
        at_most_once=sum(1 for each in scored if each.seen.revisions <= 1) / number,
    )


def _told_before(seen: Seen, lead: timedelta) -> bool:
    return seen.told_at is not None and seen.told_at <= seen.due_at - lead and seen.told_at < seen.due_at


def shares(keys: Sequence[int], kept: Sequence[bool], least: int) -> dict[int, float]:
    """Return the share kept by key, of the keys that have at least so many."""
    groups: dict[int, list[bool]] = {}
    for key, one in zip(keys, kept, strict=True):
        groups.setdefault(key, []).append(one)
    return {key: _mean(group) for key, group in sorted(groups.items()) if len(group) >= least}


def _rivals(scored: Sequence[Scored], zone: str) -> list[Word]:
    """What others would have announced to the same customers while people were there, and stretched to be kept."""
    inside = [each for each in scored if each.seen.people > 0 and isfinite(each.wait)]
    waits = [each.wait for each in inside]
    found: list[Word] = []
    for name, formula in FORMULAS:
        said = [formula(each.seen) for each in inside]
        found.append(word(name, inside, zone, formula))
        factor = rivals.recalibration(said, waits, CHANCE) if inside else inf
        if isfinite(factor):
            found.append(word(f"{name} x {factor:.2f}", inside, zone, _stretched(formula, factor)))
    return found


def _stretched(formula: Callable[[Seen], float], factor: float) -> Callable[[Seen], float]:
    return lambda seen: factor * formula(seen)


FORMULAS: tuple[tuple[str, Callable[[Seen], float]], ...] = (
    ("Genesys", lambda seen: rivals.genesys(seen.handle, seen.ahead + 1, seen.people) + seen.own),
    ("Salesforce", lambda seen: seen.average_wait + seen.own),
    ("head of line", lambda seen: rivals.head_of_line(seen.head_wait) + seen.own),
    ("last entered", lambda seen: rivals.last_entered(seen.last_wait) + seen.own),
)


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0


def _ratio(pairs: Sequence[tuple[float, float]]) -> float:
    waited = sum(wait for _, wait in pairs)
    return sum(said for said, _ in pairs) / waited if waited else 0.0


def _low_tenth(values: list[float]) -> float:
    return sorted(values)[ceil(len(values) / 10) - 1] if values else 1.0
