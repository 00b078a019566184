"""Impatient, mixed and overtaken lines, against small simulations with a seed."""

import numpy as np
import pytest
from numpy.typing import NDArray

from waada.science.lines import Work, behind_urgent, overlay, work_ahead, work_chance, work_quantile
from waada.science.waits import NobodyThere, NotAQuantity, keep_chance, wait_quantile

RUNS = 20_000


def impatient_waits(
    ahead: int, roster: list[tuple[float, float]], handle: float, patience: float
) -> NDArray[np.float64]:
    """Waits of one who is patient behind people who give up, step by step."""
    draw = np.random.default_rng(7)
    minute, people_ahead = np.zeros(RUNS), np.full(RUNS, ahead)
    waits, start = np.full(RUNS, np.inf), 0.0
    for minutes, people in roster:
        end = start + minutes
        minute = np.maximum(minute, start)
        while (moving := np.isinf(waits) & (minute < end)).any():
            rate = people / handle + people_ahead / patience
            with np.errstate(divide="ignore"):
                next_minute = minute + draw.exponential(size=RUNS) / rate
            moved = moving & (next_minute < end)
            last = moved & (people_ahead == 0)
            waits[last] = next_minute[last]
            people_ahead = np.where(moved & ~last, people_ahead - 1, people_ahead)
            minute = np.where(moving, next_minute, minute)
            minute = np.where(moving & ~moved, end, minute)
        start = end
    return waits


def test_impatience_under_a_changing_roster_is_what_a_simulation_sees() -> None:
    roster = [(10.0, 3.0), (15.0, 0.0), (40.0, 2.0), (400.0, 5.0)]
    waits = impatient_waits(25, roster, 6.0, 30.0)
    for within in (15.0, 40.0, 55.0, 70.0):
        kept = keep_chance(25, roster, 6, within, 30)
        assert (waits <= within).mean() == pytest.approx(kept, abs=4 * (kept * (1 - kept) / RUNS) ** 0.5 + 1e-3)
    assert np.quantile(waits, 0.9) == pytest.approx(wait_quantile(25, roster, 6, 0.9, 30), rel=0.02)


def line_waits(draw: np.random.Generator, means: list[float], people: int, serving: float) -> float:
    """One draw of the wait behind a mixed line of exponential handling times, everybody busy."""
    free = list(draw.exponential(serving, people))
    for mean in means:
        first = free.index(min(free))
        free[first] += draw.exponential(mean)
    return float(min(free))


def test_a_mixed_line_is_what_a_simulation_sees() -> None:
    draw = np.random.default_rng(3)
    means = [4.0, 12.0, 4.0, 4.0, 12.0, 12.0, 4.0, 12.0, 4.0, 4.0, 12.0, 4.0]
    met = sum(mean * mean for mean in means) / sum(means)
    work = work_ahead(means, met)
    waits = np.array([line_waits(draw, means, 3, met) for _ in range(6_000)])
    for chance in (0.5, 0.9, 0.95):
        kept = (waits <= work_quantile(work, [(1e4, 3)], chance)).mean()
        assert kept == pytest.approx(chance, abs=0.015)


def test_an_even_line_is_the_plain_formula() -> None:
    roster = [(30.0, 10.0), (120.0, 4.0)]
    work = work_ahead([5.0] * 60, 5.0)
    assert work.shape == pytest.approx(61)
    assert work.scale == pytest.approx(5)
    assert work_quantile(work, roster, 0.95) == pytest.approx(wait_quantile(60, roster, 5, 0.95))
    assert work_chance(work, roster, 40) == pytest.approx(keep_chance(60, roster, 5, 40))


def overtaken_wait(
    draw: np.random.Generator, ahead: int, people: int, handle: float, rate: float, fast: float
) -> float:
    """One draw of the wait of somebody whom urgent arrivals overtake until it begins."""
    free = sorted(draw.exponential(handle, people))
    urgent, left = draw.exponential(1 / rate), ahead
    waiting_urgent = 0
    while True:
        now = free.pop(0)
        while urgent <= now:
            waiting_urgent += 1
            urgent += draw.exponential(1 / rate)
        if waiting_urgent:
            waiting_urgent -= 1
            free.append(now + draw.exponential(fast))
        elif left:
            left -= 1
            free.append(now + draw.exponential(handle))
        else:
            return float(now)
        free.sort()


def test_urgent_arrivals_are_what_a_simulation_sees() -> None:
    draw = np.random.default_rng(5)
    waits = np.array([overtaken_wait(draw, 15, 4, 6.0, 0.4, 4.0) for _ in range(4_000)])
    work, left = behind_urgent(work_ahead([6.0] * 15, 6.0), [(2_000, 4)], [(2_000, 0.4)], 4.0)
    for chance in (0.5, 0.9, 0.95):
        kept = (waits <= work_quantile(work, left, chance)).mean()
        assert kept == pytest.approx(chance, abs=0.03)
    unaware = (waits <= wait_quantile(15, [(2_000, 4)], 6.0, 0.95)).mean()
    assert unaware < 0.5


def test_pieces_are_cut_wherever_people_or_arrivals_change() -> None:
    assert overlay([(10, 4), (20, 2)], [(15, 0.5)]) == [(10, 4, 0.5), (5, 2, 0.5), (15, 2, 0.0)]
    assert overlay([(10, 4)], [(5, 1), (50, 2)]) == [(5, 4, 1), (5, 4, 2)]
    _, left = behind_urgent(Work(10, 10), [(10, 4)], [(5, 1), (50, 0)], 6.0)
    assert left == [(5, 0.0), (5, 4.0)]


def test_more_urgent_arrivals_never_shorten_the_wait() -> None:
    waits = []
    for rate in (0.0, 0.1, 0.2, 0.4, 0.6):
        work, left = behind_urgent(work_ahead([6.0] * 8, 6.0), [(60, 4), (9_000, 4)], [(9_060, rate)], 5.0)
        waits.append(work_quantile(work, left, 0.9))
    assert waits == sorted(waits)


def test_a_line_without_an_end_is_refused() -> None:
    with pytest.raises(NobodyThere, match="end before"):
        work_quantile(work_ahead([6.0] * 30, 6.0), [(10, 2)], 0.9)
    with pytest.raises(NobodyThere, match="Nobody is there"):
        work_quantile(work_ahead([6.0], 6.0), [(10, 0)], 0.9)
    with pytest.raises(NotAQuantity):
        work_ahead([0.0], 6.0)
