"""The wait of the next in line, computed from who is there: what every promise stands on.

With `q` people ahead, people on duty `s(u)` and mean handling time `AHT`,
`P(W <= t) = P(Poisson(integral_0^t s(u) du / AHT) >= q + 1)`: the line is answered in the *capacity* domain, where
closing times and shift changes are only stretches without or with people. The wait is the time until the answer begins,
of somebody who waits for it. `handle_minutes` is the mean; exponential spread is assumed, what really happens is
corrected by `calibration`. Units are minutes throughout; refusals are sentences (see `inputs`).
"""

import math
from itertools import pairwise

from waada.science import inputs, patience
from waada.science.cover import Cover, standing_chance
from waada.science.inputs import (
    NobodyThere,
    NoCapacity,
    NotAChance,
    NotALine,
    NotAQuantity,
    Pieces,
    WaitRefused,
)
from waada.science.special import gammaln, xlog1py, xlogy

__all__ = [
    "Cover",
    "NoCapacity",
    "NobodyThere",
    "NotAChance",
    "NotALine",
    "NotAQuantity",
    "WaitRefused",
    "effective_people",
    "keep_chance",
    "keep_chance_with_offers",
    "wait_quantile",
]


def wait_quantile(
    ahead: float,
    capacity: Pieces,
    handle_minutes: float,
    probability: float,
    patience_minutes: float | None = None,
) -> float:
    """Minutes within which the next after `ahead` people is answered with that probability.

    `capacity` is `[(minutes, people), ...]`, consecutive from now on; `people` may be a fraction. `patience_minutes` is
    the mean patience of the people ahead (exponential). Refuses in words; `NobodyThere` when the answer never comes, or
    not within the hours given.
    """
    if patience_minutes is None:
        return Cover(capacity).quantile(ahead, 0.0, probability, handle_minutes)
    return patience.quantile(
        inputs.line("The number of people ahead", ahead),
        *impatient(capacity, handle_minutes, patience_minutes),
        inputs.chance("The probability", probability),
    )


def keep_chance(
    ahead: float,
    capacity: Pieces,
    handle_minutes: float,
    within_minutes: float,
    patience_minutes: float | None = None,
) -> float:
    """P(W <= within_minutes): how likely a promise of that many minutes is kept. The inverse of `wait_quantile`.

    After the last piece of `capacity` nobody is counted on.
    """
    within = inputs.quantity("The time to answer within, in minutes,", within_minutes)
    if patience_minutes is None:
        return Cover(capacity).chance(ahead, 0.0, within, handle_minutes)
    return patience.chance(
        inputs.line("The number of people ahead", ahead),
        *impatient(capacity, handle_minutes, patience_minutes),
        within,
    )


def impatient(capacity: Pieces, handle_minutes: float, patience_minutes: float) -> tuple[Pieces, float, float]:
    """What both questions about an impatient line need, looked at."""
    pieces = inputs.pieces_of(capacity)
    handle = inputs.positive("The handling time in minutes", handle_minutes)
    patient = inputs.positive("The patience in minutes", patience_minutes)
    # Answers per patience and per piece, as the chain needs them.
    if not all(math.isfinite(people / handle * max(patient, minutes)) for minutes, people in pieces):
        raise NotAQuantity(f"A handling time of {handle_minutes} minutes is too short to count with; give a real one.")
    return pieces, handle, patient


def keep_chance_with_offers(
    ahead: float,
    capacity: Pieces,
    handle_minutes: float,
    within_minutes: float,
    *,
    offers: float,
    accept_chance: float,
    join_minutes: float,
) -> float:
    """P(W <= within) when `offers` go to experts, each accepted with `accept_chance` and at work after `join_minutes`.

    `sum_k Bin(k; n, p) P(Poisson((C(T) + k (T - tau)) / AHT) >= q + 1)`. A chance of 0 or 1 is allowed here: an expert
    may be known to come.
    """
    stages = inputs.line("The number of people ahead", ahead) + 1
    handle = inputs.positive("The handling time in minutes", handle_minutes)
    within = inputs.quantity("The time to answer within, in minutes,", within_minutes)
    count = inputs.line("The number of offers", offers)
    likely = inputs.quantity("The chance that an offer is accepted", accept_chance)
    if likely > 1.0:
        raise NotAChance(f"The chance that an offer is accepted is {accept_chance}; give one from 0 to 1.")
    joined = max(0.0, within - inputs.quantity("The time until an expert joins, in minutes,", join_minutes))
    team = Cover(capacity).capacity(0.0, within)
    return math.fsum(
        binomial(accepted, count, likely) * standing_chance(stages, (team + accepted * joined) / handle)
        for accepted in range(count + 1)
    )


def binomial(successes: int, count: int, chance: float) -> float:
    ways = gammaln(count + 1) - gammaln(successes + 1) - gammaln(count - successes + 1)
    return math.exp(float(ways + xlogy(successes, chance) + xlog1py(count - successes, -chance)))


def effective_people(people: float, slots: float, slowdown: float | tuple[float, ...]) -> float:
    """`people` with `slots` conversations each at once, in units of people with one: three chats are not three people.

    With `k` at once each conversation takes `f_k` times as long, so a person answers `k / f_k` times as many.
    `slowdown` is either the share by which every further conversation lengthens all (`f_k = 1 + slowdown (k - 1)`: 0
    means no cost, 1 means no gain), or the factors themselves, `(f_1, ..., f_slots)` with `f_1 = 1`. What is measured
    is concave (each further conversation adds less) and never falls; anything else is refused. Valid while there is a
    line, when all slots are full, which is when a wait is asked for.
    """
    many = inputs.quantity("The number of people", people)
    count = inputs.line("The number of slots", slots)
    if count == 0:
        return 0.0
    if isinstance(slowdown, tuple):
        factors = [inputs.positive("A slowdown factor", factor) for factor in slowdown]
    else:
        share = inputs.quantity("The slowdown for each further conversation", slowdown)
        factors = [1.0 + share * further for further in range(count)]
    if len(factors) != count or not math.isclose(factors[0], 1.0):
        raise NotAQuantity(f"Give one slowdown factor per slot, the first being 1; got {slowdown} for {count} slots.")
    rates = [slot / factor for slot, factor in enumerate(factors, 1)]
    gains = [later - earlier for earlier, later in pairwise([0.0, *rates])]
    if min(gains) < -1e-12 or any(later > earlier + 1e-12 for earlier, later in pairwise(gains)):
        raise NotAQuantity(
            f"With a slowdown of {slowdown} a person does {', '.join(f'{rate:.3g}' for rate in rates)} times the work; "
            "each further conversation must add something, and less than the one before. Allow fewer slots.",
        )
    return many * rates[-1]
