"""How much a figure can be trusted: 95 % intervals of shares, means, quantiles and ratios, in closed form.

Nothing here is drawn at random, so the same promises always give the same interval. All of them take the promises for
independent; those of one bad day are not, so a surprise of a single day deserves more doubt than its interval says.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, exp, floor, lgamma, log, log1p, sqrt

# Of a standard normal, 95 % lie between this and its negative; between the other and its negative 97.5 %, so that two
# such intervals hold together with at least 95 %.
Z95 = 1.959963984540054
Z975 = 2.241402727604947
# What floating point may add to a rank that is a whole number.
_HAIR = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """`count` of `of`, with the 95 % interval of the share behind it; of nothing, the share is None and may be any."""

    count: int
    of: int
    share: float | None
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A number and its 95 % interval; the ends are None where there is too little to tell."""

    value: float
    low: float | None
    high: float | None


def share_of(count: int, of: int) -> Share:
    """Return a share with Wilson's score interval (Wilson 1927), which keeps its word at 0 and 1 and for few, too."""
    if of == 0:
        return Share(count=0, of=0, share=None, low=0.0, high=1.0)
    share, square = count / of, Z95 * Z95
    middle = (share + square / (2 * of)) / (1 + square / of)
    reach = Z95 / (1 + square / of) * sqrt(share * (1 - share) / of + square / (4 * of * of))
    # At the ends the interval touches 0 or 1 exactly; floating point would stop a hair before.
    low = 0.0 if count == 0 else max(0.0, middle - reach)
    high = 1.0 if count == of else min(1.0, middle + reach)
    return Share(count=count, of=of, share=share, low=low, high=high)


def mean_of(lengths: Sequence[float]) -> Figure | None:
    """Return the mean with its normal interval; None of nothing."""
    if not lengths:
        return None
    mean = sum(lengths) / len(lengths)
    if len(lengths) == 1:
        return Figure(value=mean, low=None, high=None)
    reach = Z95 * sqrt(_variance(lengths, mean) / len(lengths))
    return Figure(value=mean, low=mean - reach, high=mean + reach)


def quantile_of(ordered: Sequence[float], share: float, z: float = Z95) -> Figure | None:
    """Return a quantile (nearest rank) of values in order, with the distribution-free interval between two ranks.

    How many values lie below a quantile is binomial; the ranks are its normal ends, rounded outwards. An end that would
    lie beyond the smallest or largest value is unknown.
    """
    count = len(ordered)
    if count == 0:
        return None
    reach = z * sqrt(count * share * (1 - share))
    below, above = floor(count * share - reach), ceil(count * share + reach) + 1
    return Figure(
        value=ordered[max(1, ceil(count * share - _HAIR)) - 1],
        low=ordered[below - 1] if below >= 1 else None,
        high=ordered[above - 1] if above <= count else None,
    )


def ratio_of_means(upper: Sequence[float], lower: Sequence[float]) -> Figure | None:
    """Return mean(upper) / mean(lower) of pairs, with the interval of the delta method; None where nothing is below."""
    count = len(lower)
    if count == 0 or sum(lower) <= 0:
        return None
    ratio, mean = sum(upper) / sum(lower), sum(lower) / count
    if count == 1:
        return Figure(value=ratio, low=None, high=None)
    rest = [above - ratio * below for above, below in zip(upper, lower, strict=True)]
    reach = Z95 * sqrt(_variance(rest, 0.0) / count) / mean
    return Figure(value=ratio, low=max(0.0, ratio - reach), high=ratio + reach)


def ratio_of_medians(upper: Sequence[float], lower: Sequence[float]) -> Figure | None:
    """Return median(upper) / median(lower) of values in order; its interval is at least a 95 % one.

    Each median's own interval holds with 97.5 %, so both do with at least 95 % (Bonferroni).
    """
    above, below = quantile_of(upper, 0.5, Z975), quantile_of(lower, 0.5, Z975)
    if above is None or below is None or below.value <= 0:
        return None
    return Figure(
        value=above.value / below.value,
        low=above.low / below.high if above.low is not None and below.high else None,
        high=above.high / below.low if above.high is not None and below.low else None,
    )


def gap_by_luck(count: int, chance: float) -> float:
    """Return how far `count` tries of one chance lie from it on average: E|X/n - p|, exactly (de Moivre 1730).

    What a perfectly calibrated promise would show all the same, because there were only so many.
    """
    if count == 0 or chance <= 0 or chance >= 1:
        return 0.0
    rank = min(count, floor(count * chance) + 1)
    ways = lgamma(count + 1) - lgamma(rank + 1) - lgamma(count - rank + 1)
    return 2 * rank * exp(ways + rank * log(chance) + (count - rank + 1) * log1p(-chance)) / count


def _variance(values: Sequence[float], mean: float) -> float:
    return sum((each - mean) ** 2 for each in values) / (len(values) - 1)
