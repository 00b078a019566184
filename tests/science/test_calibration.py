"""A promise is kept as often as it says: from the first one on, after drift, and with customers who give up."""

import json
import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.special import gammaincinv

from waada.science import calibration as c
from waada.science.calibration import Calibration, Judged, Waited
from waada.science.inputs import NotAChance, NotALine, NotAQuantity


def waits(count: int, ahead: int, slower: float = 1.0, seed: int = 1) -> NDArray[np.float64]:
    """Answers that went by until it was one's turn, where the formula is right but for a factor."""
    return np.random.default_rng(seed).gamma(ahead + 1, slower, count)


def waited(answers: float, ahead: int = 9, *, answered: bool = True, channel: str = "chat") -> Waited:
    return Waited(channel=channel, ahead=ahead, answers=float(answers), answered=answered)


def live(
    state: Calibration, answers: NDArray[np.float64], ahead: int = 9, chance: float = 0.95
) -> tuple[Calibration, list[bool]]:
    """Promise, see, learn, one after the other; which promises were kept."""
    kept = []
    for took in answers:
        kept.append(bool(took <= c.answers_needed(state, "chat", ahead, chance)))
        state = c.observe(state, waited(took, ahead))
        state = c.observe(state, Judged(channel="chat", chance=chance, kept=kept[-1]))
    return state, kept


def test_the_first_promise_is_wider_than_the_formula_and_the_five_hundredth_is_sharp() -> None:
    formula = float(gammaincinv(10, 0.95))
    first = c.answers_needed(Calibration(), "chat", 9, 0.95)
    state, kept = live(Calibration(), waits(500, 9))
    later = c.answers_needed(state, "chat", 9, 0.95)
    assert 1.1 * formula < first < 1.6 * formula
    assert formula * 0.95 < later < 1.1 * formula
    assert sum(kept) / len(kept) > 0.95


def test_an_unsure_handling_time_makes_the_first_promises_wider() -> None:
    sure, unsure = (c.answers_needed(Calibration(), "chat", 9, 0.95, unsureness) for unsureness in (0.0, 0.35))
    assert unsure > 1.2 * sure


@pytest.mark.parametrize(
    ("chance", "low", "high"), [(0.5, 0.46, 0.56), (0.8, 0.78, 0.84), (0.9, 0.89, 0.93), (0.95, 0.945, 0.97)]
)
def test_promises_are_kept_as_often_as_they_say(chance: float, low: float, high: float) -> None:
    _, kept = live(Calibration(), waits(4_000, 9), chance=chance)
    assert low <= np.mean(kept[500:]) <= high


def test_when_everything_gets_slower_promises_are_kept_again_soon() -> None:
    state, _ = live(Calibration(), waits(1_500, 9))
    state, drifting = live(state, waits(1_500, 9, slower=1.25, seed=2))
    assert np.mean(drifting[:50]) < 0.9
    assert np.mean(drifting[250:]) > 0.94
    _, recovered = live(state, waits(2_500, 9, slower=1.0, seed=3))
    assert 0.94 <= np.mean(recovered[1_500:]) <= 0.985


def test_a_bad_day_makes_the_next_promise_longer_at_once() -> None:
    state, _ = live(Calibration(), waits(300, 9))
    before = c.answers_needed(state, "chat", 9, 0.95)
    bad = c.fold([Judged(channel="chat", chance=0.95, kept=False)] * 10, state)
    assert c.answers_needed(bad, "chat", 9, 0.95) > before
    assert c.answers_needed(bad, "mail", 9, 0.95) == c.answers_needed(state, "mail", 9, 0.95)


def test_the_level_stays_within_reason_whatever_happens() -> None:
    for kept in (True, False):
        state = c.fold([Judged(channel="chat", chance=0.5, kept=kept)] * 2_000)
        assert c.LEVEL_MIN <= state.levels["chat"] <= c.LEVEL_MAX


def test_those_who_give_up_are_counted_as_waiting_longer_not_left_out() -> None:
    true = waits(4_000, 9)
    patience = np.random.default_rng(9).exponential(25, len(true))
    stopped = [waited(min(took, left), answered=bool(took <= left)) for took, left in zip(true, patience, strict=True)]
    honest = c.answers_needed(c.fold(stopped), "chat", 9, 0.95)
    everybody = c.answers_needed(c.fold([waited(took) for took in true]), "chat", 9, 0.95)
    survivors = c.answers_needed(c.fold([each for each in stopped if each.answered]), "chat", 9, 0.95)
    assert honest == pytest.approx(everybody, rel=0.05)
    assert survivors < honest


def test_a_thin_cell_borrows_from_lines_of_similar_length() -> None:
    slow = c.fold([waited(took, 9) for took in waits(400, 9, slower=1.5)])
    assert c.answers_needed(slow, "chat", 14, 0.95) > c.answers_needed(Calibration(), "chat", 14, 0.95)
    # 6 is the middle of its cell, where only its own law counts.
    enough = c.fold([waited(took, 6) for took in waits(400, 6)], slow)
    own = c.fold([waited(took, 6) for took in waits(400, 6)])
    assert c.answers_needed(enough, "chat", 6, 0.95) == c.answers_needed(own, "chat", 6, 0.95)


@pytest.mark.parametrize("chance", [0.5, 0.8, 0.95])
def test_one_more_ahead_never_makes_a_promise_shorter_even_where_short_lines_are_slower(chance: float) -> None:
    state = c.fold(
        waited(took, ahead)
        for seed, ahead in enumerate((0, 1, 2, 4, 6, 10, 12, 14, 17, 26, 30, 43, 69, 80, 90, 112, 180), 1)
        for took in waits(300, ahead, slower=1.1 if ahead < 13 or 53 <= ahead < 85 else 1.0, seed=seed)
    )
    needs = [c.answers_needed(state, "chat", ahead, chance) for ahead in range(250)]
    # Far out, where the last of a slower law fades away, the quantile of the mixture gives way by less than is rounded.
    assert all(after >= before * 0.995 for before, after in pairwise(needs))


def test_the_chance_told_is_the_one_promised_with() -> None:
    state, _ = live(Calibration(), waits(4_000, 9))
    for chance in (0.5, 0.8, 0.9, 0.95, 0.99):
        need = c.answers_needed(state, "chat", 9, chance)
        assert c.keep_chance(state, "chat", 9, need) == pytest.approx(chance, abs=0.012)
    assert c.keep_chance(state, "chat", 9, 0.0) == 0.0


@pytest.mark.parametrize("seen", [0, 20, 200])
@pytest.mark.parametrize("broken", [0, 30])
def test_being_careful_with_little_knowledge_says_no_other_chance_than_was_asked_for(seen: int, broken: int) -> None:
    state = c.fold([waited(took) for took in waits(seen, 9)])
    state = c.fold([Judged(channel="chat", chance=0.95, kept=False)] * broken, state)
    for chance in (0.8, 0.9, 0.95):
        need = c.answers_needed(state, "chat", 9, chance)
        assert c.keep_chance(state, "chat", 9, need) == pytest.approx(chance, abs=0.002)


@given(st.lists(st.tuples(st.integers(0, 300), st.floats(0, 400)), min_size=1, max_size=40))
def test_many_chances_at_once_are_the_single_ones(promises: list[tuple[int, float]]) -> None:
    state = c.fold([waited(took, ahead) for ahead in (0, 3, 30) for took in waits(60, ahead)])
    ahead, answers = [one for one, _ in promises], [one for _, one in promises]
    found = c.keep_chances(state, "chat", ahead, answers)
    assert found.tolist() == [c.keep_chance(state, "chat", one, reach) for one, reach in promises]
    assert found.min() >= 0.0
    assert found.max() <= 1.0


@given(st.integers(0, 200), st.floats(0.02, 0.98), st.floats(0, 0.5), st.integers(1, 20), st.floats(1, 3))
def test_a_new_brand_asks_more_for_longer_lines_higher_chances_and_less_sureness(
    ahead: int,
    chance: float,
    unsureness: float,
    more: int,
    factor: float,
) -> None:
    state = Calibration()
    need = c.answers_needed(state, "chat", ahead, chance, unsureness)
    assert c.answers_needed(state, "chat", ahead, 1 - (1 - chance) / factor, unsureness) >= need - 1e-9
    assert c.keep_chance(state, "chat", ahead + more, need) <= c.keep_chance(state, "chat", ahead, need) + 1e-9
    assert c.keep_chance(state, "chat", ahead, need * factor) >= c.keep_chance(state, "chat", ahead, need) - 1e-9
    if chance > 0.7:
        assert c.answers_needed(state, "chat", ahead + more, chance, unsureness) >= need - 1e-9
        assert c.answers_needed(state, "chat", ahead, chance, unsureness + 0.1) >= need - 1e-9


observations = st.one_of(
    st.builds(
        Waited,
        channel=st.sampled_from(["chat", "mail"]),
        ahead=st.integers(0, 500),
        answers=st.floats(0, 5_000),
        answered=st.booleans(),
    ),
    st.builds(Judged, channel=st.sampled_from(["chat", "mail"]), chance=st.floats(0.01, 0.99), kept=st.booleans()),
)


@given(st.lists(observations, max_size=60), st.integers(0, 60))
def test_the_state_follows_from_the_observations_and_survives_being_written_down(
    seen: list[Waited | Judged],
    cut: int,
) -> None:
    whole = c.fold(seen)
    halfway = c.from_plain(json.loads(json.dumps(c.plain(c.fold(seen[:cut])))))
    resumed = c.fold(seen[cut:], halfway)
    assert resumed == whole
    assert whole.version == len(seen)
    assert json.dumps(c.plain(resumed)) == json.dumps(c.plain(whole))


def test_what_is_kept_does_not_grow_with_what_was_seen() -> None:
    sizes = [len(json.dumps(c.plain(c.fold([waited(took) for took in waits(count, 9)])))) for count in (3_000, 12_000)]
    assert sizes[1] < 1.3 * sizes[0]
    heavy = c.fold(
        [waited(took) for took in waits(200, 9)], c.Calibration(cells={"chat": {5: c.Cell(count=9_999, unit=9e11)}})
    )
    assert heavy.cells["chat"][5].unit < 1e13


def test_nonsense_is_not_learned() -> None:
    for nonsense in (math.nan, math.inf, -1.0):
        with pytest.raises(NotAQuantity):
            c.observe(Calibration(), waited(nonsense))
    with pytest.raises(NotALine):
        c.observe(Calibration(), waited(3.0, -1))
    with pytest.raises(NotAChance):
        c.answers_needed(Calibration(), "chat", 3, 1.0)
