"""Waiting behind people who give up: the line shrinks by answers and by leaving.

With `k` people ahead the line moves on at rate `s(u) mu + k theta`: a pure death chain. While `s` is constant, its
transition law is a generalised binomial, `P(k -> j) = G(a+k+1) / (G(a+j+1) (k-j)!) x^(a+j) (1-x)^(k-j)` with
`a = s mu / theta` and `x = exp(-theta t)`, and its time to an answer obeys `exp(-theta W) ~ Beta(a, k + 1)`. So a
time-varying roster is carried from piece to piece as a distribution over the people still ahead (all terms positive,
nothing is lost by cancellation), and within a piece the wait is a mixture of Beta laws. The one who asks is patient.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from waada.science.inputs import NobodyThere, Pieces
from waada.science.special import betainc, gammaln

Floats = NDArray[np.float64]

# States that hold less than this share of the line's law are left out: far below every printed digit.
NEGLIGIBLE = 1e-17
# So many mean patiences are as good as endless: nobody is left.
FOREVER = 1e4
# Steps of the root search; each at least halves a bracket every second time, so that it ends at the last digit.
STEPS_MAX = 200


@dataclass(frozen=True, slots=True)
class Line:
    """Where the line may stand: `chances[i]` that `lowest + i` people are still ahead and no answer came yet."""

    lowest: int
    chances: Floats
    answered: float

    @property
    def states(self) -> NDArray[np.int64]:
        return np.arange(self.lowest, self.lowest + len(self.chances))


def quantile(ahead: int, pieces: Pieces, handle: float, patience: float, probability: float) -> float:
    """Minutes until the answer comes with that chance; the arguments are checked by the caller."""
    line = Line(ahead, np.ones(1), 0.0)
    minute = 0.0
    for minutes, people in pieces:
        reached = answered_after(line, minutes, people / handle, patience)
        if reached >= probability:
            return minute + time_in_piece(line, minutes, people / handle, patience, probability)
        line = after_piece(line, minutes, people / handle, patience)
        minute += minutes
    if not any(minutes * people > 0.0 for minutes, people in pieces):
        raise NobodyThere.closed()
    raise NobodyThere.ends(line.answered, probability)


def chance(ahead: int, pieces: Pieces, handle: float, patience: float, within: float) -> float:
    """P(W <= within)."""
    line = Line(ahead, np.ones(1), 0.0)
    for minutes, people in pieces:
        if within <= minutes:
            return answered_after(line, within, people / handle, patience)
        line = after_piece(line, minutes, people / handle, patience)
        within -= minutes
    return line.answered


def answered_after(line: Line, minutes: float, rate: float, patience: float) -> float:
    """The chance that an answer came, `minutes` into a piece in which `rate` answers are given a minute."""
    if rate <= 0.0 or minutes <= 0.0:
        return line.answered
    # The smaller of x and 1 - x is handed over, because the other one has lost its digits.
    left, gone = math.exp(-minutes / patience), -math.expm1(-minutes / patience)
    stages, a = line.states + 1, rate * patience
    reached = betainc(stages, a, gone) if gone < 0.5 else 1.0 - betainc(a, stages, left)
    return min(1.0, line.answered + float(line.chances @ reached))


def time_in_piece(line: Line, minutes: float, rate: float, patience: float, probability: float) -> float:
    """Where within the piece the chance is reached: a bracketed secant (Illinois), exact to the last digits."""
    low, high = 0.0, minutes
    below = line.answered - probability
    above = answered_after(line, minutes, rate, patience) - probability
    if below >= 0.0:
        return 0.0
    for step in range(STEPS_MAX):
        # Every third step halves, so that a flat start cannot hold the search up.
        middle = (low + high) / 2.0 if step % 3 == 2 else high - above * (high - low) / (above - below)
        if not low < middle < high:
            middle = (low + high) / 2.0
        if high - low <= 1e-13 * max(1.0, high) or middle in {low, high}:
            break
        value = answered_after(line, middle, rate, patience) - probability
        if value >= 0.0:
            high, above = middle, value
            below /= 2.0
        else:
            low, below = middle, value
            above /= 2.0
        if value == 0.0:
            break
    return high


def after_piece(line: Line, minutes: float, rate: float, patience: float) -> Line:
    """The line's law at the end of a piece; states with next to no chance are dropped."""
    if minutes <= 0.0:
        return line
    answered = answered_after(line, minutes, rate, patience)
    top = line.lowest + len(line.chances) - 1
    # ln G(a+k+1) up to a constant, as a running sum, which stays exact for any patience.
    a = rate * patience
    risen = np.concatenate(([0.0], np.cumsum(np.log(a + np.arange(1, top + 1)))))
    stay = -min(minutes / patience, FOREVER)
    if stay == 0.0:
        return line
    log_gone = math.log(-math.expm1(stay))
    to = np.arange(top + 1, dtype=np.float64)
    fallen = np.asarray(gammaln(to + 1.0), np.float64) - to * log_gone
    ending = to * stay - rate * minutes - risen
    low, high = likely_states(line, risen, fallen, ending)
    reached = np.arange(low, high + 1)
    start = line.states
    with np.errstate(divide="ignore"):
        weights = np.log(line.chances) + risen[start]
    steps = start[:, None] - reached[None, :]
    possible = steps >= 0
    exponent = weights[:, None] - fallen[np.where(possible, steps, 0)] + ending[reached][None, :]
    chances = np.where(possible, np.exp(np.minimum(exponent, 0.0)), 0.0).sum(axis=0)
    return trimmed(Line(low, chances, answered))


def likely_states(line: Line, risen: Floats, fallen: Floats, ending: Floats) -> tuple[int, int]:
    """The states that matter afterwards: where the lowest and the highest possible start can lead to."""
    kept = math.log(NEGLIGIBLE) - math.log(len(fallen))
    ends = []
    for start in (line.lowest, line.lowest + len(line.chances) - 1):
        logs = risen[start] - fallen[start::-1] + ending[: start + 1]
        likely = np.flatnonzero(logs > kept)
        ends += [int(likely[0]), int(likely[-1])] if len(likely) else [0, 0]
    return min(ends), max(ends)


def trimmed(line: Line) -> Line:
    likely = np.flatnonzero(line.chances > NEGLIGIBLE)
    if not len(likely):
        return Line(0, np.zeros(1), line.answered)
    first, last = int(likely[0]), int(likely[-1])
    return Line(line.lowest + first, line.chances[first : last + 1], line.answered)
