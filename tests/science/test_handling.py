"""How long a conversation takes: sensible on day one, right after a week, not shaken by one left open overnight."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from waada.science import handling
from waada.science.handling import Handled, HandlingTimes, expect, fold, learn
from waada.science.inputs import NotAQuantity


def handled(minutes: float, channel: str = "chat", skill: str = "", person: str = "") -> Handled:
    return Handled(channel=channel, minutes=float(minutes), prior_minutes=6.0, skill=skill, person=person)


def lognormal(mean: float, count: int, seed: int = 1) -> list[float]:
    sigma2 = np.log1p(1.3)
    draw = np.random.default_rng(seed).standard_normal(count)
    return [float(each) for each in np.exp(np.log(mean) - sigma2 / 2 + np.sqrt(sigma2) * draw)]


def test_on_day_one_it_is_what_the_kind_of_channel_suggests() -> None:
    first = expect(HandlingTimes(), "mail", 8.0, "hi", "ana")
    assert first.minutes == pytest.approx(8.0)
    assert first.count == 0
    assert 0.3 < first.unsureness < 0.5


def test_after_a_few_hundred_it_is_what_was_seen() -> None:
    state = fold(handled(minutes) for minutes in lognormal(9.5, 1_500))
    seen = expect(state, "chat", 6.0)
    assert seen.minutes == pytest.approx(9.5, rel=0.06)
    assert seen.unsureness < 0.03
    assert expect(state, "mail", 8.0).minutes == pytest.approx(8.0)


def test_one_left_open_overnight_changes_little() -> None:
    usual = [handled(minutes) for minutes in lognormal(6, 300)]
    before = expect(fold(usual), "chat", 6.0).minutes
    after = expect(fold([*usual, handled(14 * 60), handled(0.001)]), "chat", 6.0).minutes
    assert after == pytest.approx(before, rel=0.08)


def test_a_new_person_is_taken_for_the_team_and_later_for_themselves() -> None:
    team = [handled(minutes, skill="en", person="bea") for minutes in lognormal(6, 600)]
    slow = [handled(minutes, skill="en", person="cem") for minutes in lognormal(12, 150, seed=2)]
    known = fold(team)
    assert expect(known, "chat", 6.0, "en", "cem").minutes == pytest.approx(
        expect(known, "chat", 6.0, "en").minutes, rel=0.01
    )
    few, many = fold(slow[:5], known), fold(slow, known)
    base = expect(known, "chat", 6.0, "en").minutes
    after_few, after_many = (expect(state, "chat", 6.0, "en", "cem").minutes for state in (few, many))
    assert base < after_few < after_many
    assert after_many == pytest.approx(12, rel=0.2)


def test_a_change_of_habit_is_followed() -> None:
    state = fold(handled(minutes) for minutes in lognormal(6, 5_000) + lognormal(9, 6_000, seed=2))
    assert expect(state, "chat", 6.0).minutes == pytest.approx(9, rel=0.1)


def test_those_not_heard_of_for_longest_are_forgotten_but_never_a_channel() -> None:
    state = fold(handled(5, skill="en", person=f"p{number}") for number in range(handling.PLACES_MAX + 200))
    assert len(state.averages) == handling.PLACES_MAX
    assert ("chat",) in state.averages
    assert ("chat", "en") in state.averages
    assert ("chat", "en", "p0") not in state.averages
    assert ("chat", "en", f"p{handling.PLACES_MAX + 199}") in state.averages


places = st.tuples(
    st.sampled_from(["chat", "mail"]), st.sampled_from(["", "en", "hi"]), st.sampled_from(["", "a", "b"])
)


@given(st.lists(st.tuples(st.floats(1e-3, 1e6), places), max_size=40), st.integers(0, 40))
def test_the_state_follows_from_the_observations_and_survives_being_written_down(
    seen: list[tuple[float, tuple[str, str, str]]],
    cut: int,
) -> None:
    all_handled = [handled(minutes, *place) for minutes, place in seen]
    whole = fold(all_handled)
    halfway = handling.from_plain(json.loads(json.dumps(handling.plain(fold(all_handled[:cut])))))
    resumed = fold(all_handled[cut:], halfway)
    assert resumed == whole
    assert list(resumed.averages) == list(whole.averages)
    assert whole.version == len(seen)
    assert 0 < expect(whole, "chat", 6.0, "en", "a").minutes < 1e6


@pytest.mark.parametrize("minutes", [0.0, -1.0, float("nan"), float("inf")])
def test_nonsense_is_not_learned(minutes: float) -> None:
    with pytest.raises(NotAQuantity):
        learn(HandlingTimes(), handled(minutes))
    with pytest.raises(NotAQuantity):
        expect(HandlingTimes(), "chat", minutes)
