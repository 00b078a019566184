"""How long a conversation takes to handle: per channel, skill and person, sensible on day one, robust to the odd week.

Handling times are close to lognormal, so what is averaged are logarithms, pulled in when they are further than three
deviations from what was expected (a conversation left open overnight is one long conversation, not a hundred). Each
level leans on the one above: a person on the skill, a skill on the channel, a channel on the prior that the caller
gives for its kind (say 6 minutes for chat, 8 for mail), by pseudo-counts. The mean follows from the mean logarithm by a
factor learned per channel. Everything fades exponentially, so memory is bounded and a change of habit is followed; the
same observations in the same order give the same state.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from waada.science import inputs

# Standard deviation of a log handling time: a lognormal with squared coefficient of variation 1.3, as desks have it.
LOG_DEVIATION = 0.91
# Beyond so many deviations an observation counts as if it were there.
OUTLIER = 3.0
# A prior is trusted to about a third either way, hence it weighs like (LOG_DEVIATION / .35)^2 observations ...
PRIOR_COUNT = 7.0
# ... and people and skills differ less among themselves (about 25 %), hence leaning on the level above weighs more.
LEVEL_COUNT = 13.0
# Observations that an average remembers: channel, skill, person.
MEMORIES = (2_000.0, 1_000.0, 300.0)
# So many skills and people are kept; the one not heard of for longest is forgotten first.
PLACES_MAX = 1_000

Place = tuple[str, ...]
"""`(channel,)`, `(channel, skill)` or `(channel, skill, person)`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Handled:
    """Somebody finished a conversation: the minutes of work it took. Skill and person may be unknown ("").

    `prior_minutes` is the mean that the channel's kind suggests before anything is known.
    """

    channel: str
    minutes: float
    prior_minutes: float
    skill: str = ""
    person: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Average:
    """The mean logarithm at one place; `lift` (channels only) is the mean time over the one the logarithm says."""

    count: float = 0.0
    log_mean: float = 0.0
    lift: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class HandlingTimes:
    """Everything learned so far; `version` counts observations and belongs into the basis of a promise."""

    version: int = 0
    averages: Mapping[Place, Average] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """The mean handling time, its relative standard error, and the observations it stands on."""

    minutes: float
    unsureness: float
    count: float


def expect(
    state: HandlingTimes,
    channel: str,
    prior_minutes: float,
    skill: str = "",
    person: str = "",
) -> Expected:
    """What one more conversation there will take on average."""
    prior = inputs.positive("The prior of the handling time", prior_minutes)
    log_mean, weight = log_expected(state, places(channel, skill, person), prior)
    seen = state.averages.get((channel,), Average())
    lift = (PRIOR_COUNT * prior_lift() + seen.count * seen.lift) / (PRIOR_COUNT + seen.count)
    return Expected(
        minutes=math.exp(log_mean) * lift,
        unsureness=LOG_DEVIATION / math.sqrt(weight),
        count=weight - PRIOR_COUNT,
    )


def learn(state: HandlingTimes, handled: Handled) -> HandlingTimes:
    """The state after one more conversation."""
    log_minutes = math.log(inputs.positive("The handling time in minutes", handled.minutes))
    prior = inputs.positive("The prior of the handling time", handled.prior_minutes)
    averages = dict(state.averages)
    for level, place in enumerate(path := places(handled.channel, handled.skill, handled.person)):
        log_mean, _ = log_expected(state, path[: level + 1], prior)
        reach = OUTLIER * LOG_DEVIATION
        pulled = min(log_mean + reach, max(log_mean - reach, log_minutes))
        # Taken out and put back, so that the order tells who was not heard of for longest.
        before = averages.pop(place, Average())
        part = 1.0 / min(before.count + 1.0, MEMORIES[level])
        averages[place] = Average(
            count=min(before.count + 1.0, MEMORIES[level]),
            log_mean=before.log_mean + part * (pulled - before.log_mean),
            lift=before.lift + part * (math.exp(pulled - log_mean) - before.lift) if level == 0 else 0.0,
        )
    while len(averages) > PLACES_MAX:
        # Channels are few and needed by all below them, so they stay.
        averages.pop(next((place for place in averages if len(place) > 1), next(iter(averages))))
    return replace(state, version=state.version + 1, averages=averages)


def fold(observations: Iterable[Handled], state: HandlingTimes | None = None) -> HandlingTimes:
    """The state after all of them, in order."""
    after = state or HandlingTimes()
    for handled in observations:
        after = learn(after, handled)
    return after


def places(channel: str, skill: str, person: str) -> list[Place]:
    """From the widest to the narrowest that is known. A person without a skill is one of the skill ""."""
    path: list[Place] = [(channel,)]
    if skill or person:
        path.append((channel, skill))
    if person:
        path.append((channel, skill, person))
    return path


def log_expected(state: HandlingTimes, path: list[Place], prior: float) -> tuple[float, float]:
    """The mean logarithm expected at the narrowest place, and the observations that it weighs like."""
    mean, weight = math.log(prior / prior_lift()), PRIOR_COUNT
    for place in path:
        lean = PRIOR_COUNT if len(place) == 1 else min(LEVEL_COUNT, weight)
        seen = state.averages.get(place, Average())
        mean = (lean * mean + seen.count * seen.log_mean) / (lean + seen.count)
        weight = lean + seen.count
    return mean, weight


def prior_lift() -> float:
    """Mean over median of a lognormal."""
    return math.exp(LOG_DEVIATION**2 / 2.0)


def plain(state: HandlingTimes) -> dict[str, Any]:
    """The state as JSON can hold it, in order."""
    return {
        "version": state.version,
        "averages": [[list(place), a.count, a.log_mean, a.lift] for place, a in state.averages.items()],
    }


def from_plain(written: Mapping[str, Any]) -> HandlingTimes:
    """What `plain` wrote, to the bit."""
    return HandlingTimes(
        version=written["version"],
        averages={
            tuple(place): Average(count=count, log_mean=log_mean, lift=lift)
            for place, count, log_mean, lift in written["averages"]
        },
    )
