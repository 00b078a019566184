"""The fast path gives the same answers as the plain one, for one promise and for ten thousand."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from waada.science.cover import Cover
from waada.science.waits import NobodyThere, NotAChance, NotALine, NotAQuantity, keep_chance, wait_quantile

DAY = [(480.0, 0.0), (120.0, 4.0), (60.0, 2.5), (300.0, 5.0), (480.0, 0.0)]
rosters = st.lists(st.tuples(st.floats(0, 200), st.floats(0, 50)), max_size=6).map(lambda some: [*some, (1e5, 3.0)])


@given(rosters, st.floats(0, 900), st.integers(0, 100), st.floats(0.02, 0.98), st.floats(0.5, 30))
def test_a_later_start_is_a_shorter_roster(
    roster: list[tuple[float, float]],
    start: float,
    ahead: int,
    chance: float,
    handle: float,
) -> None:
    rest, passed = [], 0.0
    for minutes, people in roster:
        rest.append((minutes - min(minutes, max(0.0, start - passed)), people))
        passed += minutes
    cover = Cover(roster)
    wait = cover.quantile(ahead, start, chance, handle)
    assert wait == pytest.approx(wait_quantile(ahead, rest, handle, chance), rel=1e-6, abs=1e-6)
    assert cover.chance(ahead, start, start + wait, handle) == pytest.approx(chance, abs=1e-6)
    assert cover.chance(ahead, start, start + wait, handle) == pytest.approx(
        keep_chance(ahead, rest, handle, wait), abs=1e-6
    )


def test_ten_thousand_at_once_are_judged_like_one() -> None:
    cover = Cover(DAY)
    draw = np.random.default_rng(1)
    ahead, start = draw.integers(0, 60, 2_000), draw.uniform(0, 1_500, 2_000)
    handle, shift = draw.uniform(3, 12, 2_000), draw.uniform(-0.5, 0.5, 2_000)
    until = start + draw.uniform(-20, 400, 2_000).clip(0)
    chances = cover.chances(ahead, start, until, handle, shift)
    waits = cover.quantiles(ahead, start, 0.9, handle, shift)
    for at in range(2_000):
        one = (int(ahead[at]), float(start[at]))
        assert chances[at] == pytest.approx(cover.chance(*one, until[at], handle[at], shift[at]), abs=1e-9)
        if math.isinf(waits[at]):
            with pytest.raises(NobodyThere) as refused:
                cover.quantile(*one, 0.9, handle[at], shift[at])
            reaches = cover.chance(*one, max(cover.end, one[1]), handle[at], shift[at])
            assert refused.value.reaches == pytest.approx(reaches, abs=1e-9)
        else:
            wait = cover.quantile(*one, 0.9, handle[at], shift[at])
            assert waits[at] == pytest.approx(wait, rel=1e-9, abs=1e-9)
    assert np.isinf(waits).any()
    assert np.isfinite(waits).any()


def test_the_curve_and_its_inverse() -> None:
    cover = Cover(DAY)
    assert cover.end == 1440
    assert cover.capacity(0, 1440) == 4 * 120 + 2.5 * 60 + 5 * 300
    assert cover.capacity(600, 480) == 0
    assert cover.minute_after(100, 1) == 480.25
    assert cover.minute_after(100, 480) == 600
    assert cover.minute_after(100, 0) == 100
    assert cover.minute_after(0, cover.capacity(0, 1440)) == 960
    assert math.isinf(cover.minute_after(0, 5_000))
    assert cover.minutes_after([100, 100, 0], [1, 0, 5_000]).tolist() == [480.25, 100, math.inf]
    assert Cover([(0, 4)]).minutes_after([0, 0], [0, 1]).tolist() == [0, math.inf]


def test_a_shift_by_deviations_is_the_capacity_it_says() -> None:
    cover = Cover([(1_000, 2)])
    plain, shifted = cover.quantile(8, 0, 0.95, 6), cover.quantile(8, 0, 0.95, 6, 0.5)
    assert shifted - plain == pytest.approx(6 * 0.5 * 3 / 2)
    assert cover.chance(8, 0, shifted, 6, 0.5) == pytest.approx(0.95)
    assert cover.quantile(0, 0, 0.5, 6, -5.0) == 0.0


def test_the_fast_path_refuses_nonsense_too() -> None:
    cover = Cover(DAY)
    with pytest.raises(NotAChance):
        cover.quantile(1, 0, 1.0, 6)
    with pytest.raises(NotALine):
        cover.quantile(-1, 0, 0.9, 6)
    with pytest.raises(NotAQuantity):
        cover.chance(1, 0, math.nan, 6)
    with pytest.raises(NobodyThere, match="Nobody is there"):
        cover.quantile(1, 1_300, 0.9, 6)
    with pytest.raises(NobodyThere, match="end before"):
        cover.quantile(100, 950, 0.9, 6)


WEEK = [*([(480.0, 0.0), (480.0, 3.0), (480.0, 0.5)] * 5), (2880.0, 0.0)]


@given(st.floats(0.0, 20_000.0), st.floats(0.1, 200_000.0))
def test_a_cover_that_goes_on_is_one_whose_weeks_were_written_out(start: float, need: float) -> None:
    first = [(1000.0, 1.0), (440.0, 0.0)]
    short = Cover.of_roster([*first, *WEEK], goes_on=True)
    written_out = Cover.of_roster([*first, *(WEEK * 40)])
    minute = short.minute_after(start, need)
    assert minute == pytest.approx(written_out.minute_after(start, need), abs=1e-6)
    assert short.capacity(start, minute) == pytest.approx(need, abs=1e-6)
    assert short.capacity(start, need) == pytest.approx(written_out.capacity(start, need), abs=1e-6)


def test_a_cover_goes_on_only_where_somebody_works_in_its_last_week() -> None:
    closed = Cover.of_roster([(600.0, 2.0), (10_080.0, 0.0)], goes_on=True)
    assert closed.minute_after(0.0, 1_201.0) == math.inf
    assert closed.capacity(0.0, 1e6) == 1_200.0
    too_short = Cover.of_roster([(600.0, 2.0)], goes_on=True)
    assert too_short.minute_after(0.0, 1_201.0) == math.inf
