"""The wait behind every promise: published exact values, the words of refusal, and what must rise when what rises."""

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import betaincinv

from waada.science.waits import (
    NobodyThere,
    NoCapacity,
    NotAChance,
    NotALine,
    NotAQuantity,
    WaitRefused,
    effective_people,
    keep_chance,
    keep_chance_with_offers,
    wait_quantile,
)

LONG = 10_000.0
EXACT = [
    # people, handling minutes, ahead, (50, 90, 95, 99 %)
    (1, 6, 0, (4.1589, 13.8155, 17.9744, 27.6310)),
    (10, 6, 0, (0.4159, 1.3816, 1.7974, 2.7631)),
    (10, 6, 20, (12.4006, 16.2271, 17.4372, 19.8619)),
    (50, 5, 25, (2.5667, 3.2711, 3.4916, 3.9308)),
]


@pytest.mark.parametrize(("people", "handle", "ahead", "waits"), EXACT)
def test_the_exact_waits_of_a_steady_team(people: float, handle: float, ahead: int, waits: tuple[float, ...]) -> None:
    found = [wait_quantile(ahead, [(LONG, people)], handle, chance) for chance in (0.5, 0.9, 0.95, 0.99)]
    assert found == pytest.approx(waits, abs=5.1e-5)


def test_the_exact_waits_of_a_team_that_changes() -> None:
    shrinking, closed_first = [(30, 10), (120, 4)], [(20, 0), (600, 5)]
    assert wait_quantile(60, shrinking, 5, 0.5) == pytest.approx(30.8337, abs=5.1e-5)
    assert wait_quantile(60, shrinking, 5, 0.95) == pytest.approx(47.9870, abs=5.1e-5)
    assert wait_quantile(3, closed_first, 8, 0.5) == pytest.approx(25.8753, abs=5.1e-5)
    assert wait_quantile(3, closed_first, 8, 0.95) == pytest.approx(32.4059, abs=5.1e-5)


def test_the_exact_wait_behind_people_who_give_up() -> None:
    assert wait_quantile(20, [(LONG, 10)], 6, 0.95, patience_minutes=10) == pytest.approx(11.6262, abs=5.1e-5)


@pytest.mark.parametrize(("offers", "chance"), [(0, 0.1318), (6, 0.4079), (12, 0.6771)])
def test_the_exact_chance_when_experts_are_asked(offers: int, chance: float) -> None:
    found = keep_chance_with_offers(20, [(100, 8)], 6, 12, offers=offers, accept_chance=0.4, join_minutes=3)
    assert found == pytest.approx(chance, abs=5.1e-5)


def test_an_expert_who_surely_comes_counts_as_one_more() -> None:
    surely = keep_chance_with_offers(20, [(100, 8)], 6, 12, offers=2, accept_chance=1, join_minutes=0)
    assert surely == pytest.approx(keep_chance(20, [(100, 10)], 6, 12), rel=1e-12)
    late = keep_chance_with_offers(20, [(100, 8)], 6, 12, offers=2, accept_chance=1, join_minutes=30)
    assert late == pytest.approx(keep_chance(20, [(100, 8)], 6, 12), rel=1e-12)


REFUSALS: list[tuple[type[WaitRefused], str, tuple[float, list[tuple[float, float]], float, float, float | None]]] = [
    (NoCapacity, "No capacity", (3, [], 6, 0.9, None)),
    (NotAQuantity, "length of piece 1", (3, [(-5, 2)], 6, 0.9, None)),
    (NotAQuantity, "people in piece 2", (3, [(5, 2), (5, -1)], 6, 0.9, None)),
    (NotAQuantity, "nan", (3, [(5, math.nan)], 6, 0.9, None)),
    (NotAQuantity, "inf", (3, [(math.inf, 2)], 6, 0.9, None)),
    (NotAQuantity, "more than can be counted", (3, [(1e300, 1e300)], 6, 0.9, None)),
    (NotAQuantity, "above 0", (3, [(5, 2)], 0, 0.9, None)),
    (NotAQuantity, "above 0", (3, [(5, 2)], -6, 0.9, None)),
    (NotAQuantity, "handling time", (3, [(5, 2)], math.nan, 0.9, None)),
    (NotAQuantity, "handling time", (3, [(5, 2)], math.inf, 0.9, None)),
    (NotAQuantity, "too short", (3, [(5, 2)], 1e-308, 0.9, 1e12)),
    (NotAChance, "below 1", (3, [(5, 2)], 6, 0.0, None)),
    (NotAChance, "below 1", (3, [(5, 2)], 6, 1.0, None)),
    (NotAChance, "below 1", (3, [(5, 2)], 6, 95, None)),
    (NotAChance, "nan", (3, [(5, 2)], 6, math.nan, None)),
    (NotALine, "whole", (-1, [(5, 2)], 6, 0.9, None)),
    (NotALine, "whole", (2.5, [(5, 2)], 6, 0.9, None)),
    (NotALine, "whole", (math.inf, [(5, 2)], 6, 0.9, None)),
    (NotALine, "whole", (math.nan, [(5, 2)], 6, 0.9, None)),
    (NotAQuantity, "patience", (3, [(5, 2)], 6, 0.9, 0.0)),
    (NotAQuantity, "patience", (3, [(5, 2)], 6, 0.9, math.nan)),
]


@pytest.mark.parametrize(("kind", "words", "question"), REFUSALS)
def test_nonsense_is_refused_in_words(
    kind: type[WaitRefused],
    words: str,
    question: tuple[float, list[tuple[float, float]], float, float, float | None],
) -> None:
    with pytest.raises(kind, match=words) as refused:
        wait_quantile(*question)
    assert isinstance(refused.value, ValueError)


def test_pieces_that_are_no_pairs_are_refused_in_words() -> None:
    with pytest.raises(NotAQuantity, match=r"Piece 1 .* give \(minutes, people\)"):
        wait_quantile(3, [(1, 2, 3)], 6, 0.9)  # type: ignore[list-item]
    with pytest.raises(NotAQuantity, match="give a number"):
        wait_quantile(3, [("long", 2)], 6, 0.9)  # type: ignore[list-item]


@pytest.mark.parametrize("patience", [None, 20.0])
def test_where_nobody_will_ever_be_it_says_so_instead_of_a_number(patience: float | None) -> None:
    for closed in ([(60, 0), (600, 0)], [(0, 5)]):
        with pytest.raises(NobodyThere, match="Nobody is there in any of the hours") as refused:
            wait_quantile(0, closed, 6, 0.9, patience)
        assert refused.value.reaches == 0.0


@pytest.mark.parametrize("patience", [None, 20.0])
def test_where_the_roster_ends_first_it_says_how_far_it_reaches(patience: float | None) -> None:
    with pytest.raises(NobodyThere, match="end before the answer") as refused:
        wait_quantile(20, [(10, 10)], 6, 0.9, patience)
    assert refused.value.reaches == pytest.approx(keep_chance(20, [(10, 10)], 6, 10, patience), rel=1e-12)
    assert 0.0 < refused.value.reaches < 0.9


quantities = st.floats(0.5, 500)
lines = st.integers(0, 300)
chances = st.floats(0.01, 0.99)
patiences = st.none() | st.floats(1, 1000)
rosters = st.lists(st.tuples(st.floats(0, 200), st.floats(0, 50)), max_size=6).map(lambda some: [*some, (1e6, 3.0)])


@given(lines, rosters, st.floats(0.5, 60), chances, patiences)
def test_chance_and_wait_are_inverse(
    ahead: int,
    roster: list[tuple[float, float]],
    handle: float,
    chance: float,
    patience: float | None,
) -> None:
    wait = wait_quantile(ahead, roster, handle, chance, patience)
    assert keep_chance(ahead, roster, handle, wait, patience) == pytest.approx(chance, abs=1e-7)


@given(lines, rosters, st.floats(0.5, 60), chances, patiences, st.integers(1, 50), st.floats(1, 3))
def test_what_makes_a_wait_longer(
    ahead: int,
    roster: list[tuple[float, float]],
    handle: float,
    chance: float,
    patience: float | None,
    more: int,
    factor: float,
) -> None:
    wait = wait_quantile(ahead, roster, handle, chance, patience)
    nearly = wait * (1 - 1e-7) - 1e-7
    assert wait_quantile(ahead + more, roster, handle, chance, patience) >= nearly
    assert wait_quantile(ahead, roster, handle * factor, chance, patience) >= nearly
    assert wait_quantile(ahead, roster, handle, 1 - (1 - chance) / factor, patience) >= nearly
    assert wait_quantile(ahead, [(60, 0), *roster], handle, chance) >= nearly
    fewer = [(minutes, people / factor) for minutes, people in roster]
    assert wait_quantile(ahead, fewer, handle, chance, patience) >= nearly
    if patience is not None:
        assert wait_quantile(ahead, roster, handle, chance, patience * factor) >= nearly
        assert wait_quantile(ahead, roster, handle, chance) >= nearly


@given(lines, rosters, st.floats(0.5, 60), st.floats(0, 500), st.floats(0, 500), patiences)
def test_more_time_never_lowers_the_chance(
    ahead: int,
    roster: list[tuple[float, float]],
    handle: float,
    sooner: float,
    more: float,
    patience: float | None,
) -> None:
    soon = keep_chance(ahead, roster, handle, sooner, patience)
    assert 0.0 <= soon <= keep_chance(ahead, roster, handle, sooner + more, patience) + 1e-9 <= 1.0 + 2e-9


@given(st.integers(0, 60), st.floats(1, 20), st.floats(1, 30), st.floats(1, 200), chances)
def test_a_steady_team_obeys_the_beta_law_however_its_roster_is_cut(
    ahead: int,
    people: float,
    handle: float,
    patience: float,
    chance: float,
) -> None:
    law = -patience * math.log(float(betaincinv(people / handle * patience, ahead + 1, 1 - chance)))
    for cut in ([(1e6, people)], [(law / 7 + 0.1, people)] * 5 + [(1e6, people)]):
        assert wait_quantile(ahead, cut, handle, chance, patience) == pytest.approx(law, rel=1e-8)


def test_endless_patience_is_no_patience_at_all() -> None:
    roster = [(30.0, 10.0), (60.0, 0.0), (1e5, 4.0)]
    patient = wait_quantile(60, roster, 5, 0.95)
    assert wait_quantile(60, roster, 5, 0.95, 1e12) == pytest.approx(patient, rel=1e-8)


def test_a_long_line_is_counted_as_exactly_as_a_short_one() -> None:
    cut = wait_quantile(2_000, [(15, 10)] * 100, 6, 0.95, 10)
    assert cut == pytest.approx(wait_quantile(2_000, [(1_500, 10)], 6, 0.95, 10), rel=1e-9)


def test_three_chats_at_once_are_not_three_people() -> None:
    measured = (0.125, 0.2, 0.24)
    slowdown = tuple((slot * measured[0]) / rate for slot, rate in enumerate(measured, 1))
    assert effective_people(8, 3, slowdown) == pytest.approx(8 * 0.24 / 0.125)
    assert effective_people(8, 1, 0.3) == 8
    worth = [effective_people(1, slots, 0.3) for slots in range(7)]
    gains = [later - earlier for earlier, later in pairwise(worth)]
    assert worth[0] == 0
    assert gains == sorted(gains, reverse=True)
    assert min(gains) > 0
    with pytest.raises(NotAQuantity, match="Allow fewer slots"):
        effective_people(5, 3, 1.5)
    with pytest.raises(NotAQuantity, match="one slowdown factor per slot"):
        effective_people(5, 3, (1.0, 1.2))
