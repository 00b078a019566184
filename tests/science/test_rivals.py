"""What others announce, as their manuals say, and the best that hindsight could do for them."""

import math

import pytest

from waada.science import rivals
from waada.science.inputs import NotAChance, NotAQuantity


def test_the_formulas_as_published() -> None:
    assert rivals.genesys(8, 21, 10) == pytest.approx(16.8)
    assert rivals.genesys(8, 21, 10, 0.5) == pytest.approx(33.6)
    assert rivals.genesys(1.5, 1, 0) == pytest.approx(15_000)
    assert rivals.salesforce(10, 20) == pytest.approx(11)
    assert rivals.head_of_line(4.5) == 4.5
    assert rivals.last_entered(7) == 7


def test_a_factor_in_hindsight_keeps_the_share_asked_for_and_no_more_than_it_must() -> None:
    waited = [float(number) for number in range(1, 101)]
    said = [10.0] * 100
    factor = rivals.recalibration(said, waited, 0.95)
    assert factor == pytest.approx(9.5)
    assert sum(took <= one * factor for one, took in zip(said, waited, strict=True)) == 95


def test_who_announced_nothing_cannot_be_stretched() -> None:
    assert math.isinf(rivals.recalibration([0.0, 0.0, 5.0], [3.0, 2.0, 5.0], 0.95))
    assert rivals.recalibration([0.0, 5.0], [0.0, 5.0], 0.95) == pytest.approx(1.0)


def test_nonsense_is_refused() -> None:
    with pytest.raises(NotAQuantity):
        rivals.genesys(-1, 2, 3)
    with pytest.raises(NotAQuantity, match="as many"):
        rivals.recalibration([1.0], [], 0.95)
    with pytest.raises(NotAChance):
        rivals.recalibration([1.0], [1.0], 1.0)
