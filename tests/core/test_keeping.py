"""How often our word was kept, against cases worked out by hand and against what must always hold."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import permutations
from math import comb, sqrt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from waada.core.evidence import (
    gap_by_luck,
    mean_of,
    quantile_of,
    ratio_of_means,
    ratio_of_medians,
    share_of,
)
from waada.core.ids import ConversationId, PromiseId
from waada.core.keeping import Chosen, Promised, Record, is_chosen, telling, useful_lead, verdict
from waada.core.keeping_report import CHANCE_EDGES, report

LONDON = ZoneInfo("Europe/London")
ALMATY = ZoneInfo("Asia/Almaty")
MADE = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)  # a Monday
LATER = MADE + timedelta(days=60)


def promised(
    number: int = 0,
    *,
    minutes: float = 15,
    answered: float | None = 10,
    told: float | None = None,
    released: bool = False,
    chance: float | None = None,
    channel: str = "mail",
    made_at: datetime = MADE,
    revisions: int | None = None,
) -> Promised:
    """A promise of `minutes`, answered and told a new time that many minutes after it was made."""
    return Promised(
        promise_id=PromiseId(f"{number:08d}"),
        conversation_id=ConversationId(f"{number:08d}"),
        channel=channel,
        channel_kind=channel,
        language="en",
        kind="first_answer",
        made_at=made_at,
        due_at=made_at + timedelta(minutes=minutes),
        chance=chance,
        basis="policy:900s:always",
        told_at=None if told is None else made_at + timedelta(minutes=told),
        ended_at=None if answered is None else made_at + timedelta(minutes=answered),
        released=released,
        revisions=(1 if told is not None else 0) if revisions is None else revisions,
    )


# --- the verdict ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("promise", "expected"),
    [
        (promised(answered=14.99), ("kept", "none")),
        (promised(answered=15), ("kept", "none")),
        (promised(answered=15.001), ("missed", "silent")),
        (promised(answered=None), ("missed", "silent")),
        (promised(answered=10, told=5), ("kept", "needless")),
        (promised(answered=20, told=12), ("missed", "caught")),
        (promised(answered=20, told=12.001), ("missed", "late")),
        (promised(answered=None, told=3), ("missed", "caught")),
        (promised(answered=10, released=True), ("released", "none")),
        (promised(answered=10, told=5, released=True), ("released", "none")),
        (promised(answered=16, released=True), ("missed", "silent")),
        (promised(answered=16, told=2, released=True), ("missed", "caught")),
    ],
)
def test_the_verdict_on_a_promise_and_on_how_it_was_told(promise: Promised, expected: tuple[str, str]) -> None:
    assert (verdict(promise), telling(promise)) == expected


def test_a_lead_is_useful_from_five_minutes_or_a_fifth_of_the_promise_on() -> None:
    assert useful_lead(promised(minutes=10)) == timedelta(minutes=2)
    assert useful_lead(promised(minutes=25)) == timedelta(minutes=5)
    assert useful_lead(promised(minutes=600)) == timedelta(minutes=5)


@pytest.mark.parametrize(
    ("kept", "scored", "percent"),
    [(9696, 10_000, 96), (9699, 10_000, 96), (9700, 10_000, 97), (1203, 1204, 99), (1204, 1204, 100), (0, 20, 0)],
)
def test_a_record_is_never_rounded_up(kept: int, scored: int, percent: int) -> None:
    assert Record(kept=kept, scored=scored).percent == percent


def test_a_record_of_fewer_than_twenty_promises_is_not_told() -> None:
    assert Record(kept=19, scored=19).percent is None
    assert Record(kept=20, scored=20).percent == 100


# --- intervals ------------------------------------------------------------------------------------------------------


def test_wilsons_interval_as_published() -> None:
    # Newcombe 1998, Statistics in Medicine 17, table I, method 3.
    for count, of, low, high in (
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ):
        found = share_of(count, of)
        assert (round(found.low, 4), round(found.high, 4)) == (low, high)


def test_a_share_of_nothing_may_be_any() -> None:
    assert (share_of(0, 0).share, share_of(0, 0).low, share_of(0, 0).high) == (None, 0.0, 1.0)


@given(st.integers(0, 3000), st.integers(0, 3000))
def test_an_interval_holds_its_share_and_narrows_with_more(kept: int, missed: int) -> None:
    of = kept + missed
    found = share_of(kept, of)
    assert 0 <= found.low <= (found.share if found.share is not None else 0.5) <= found.high <= 1
    wider = share_of(kept * 4, of * 4)
    assert wider.high - wider.low <= found.high - found.low


def test_means_and_quantiles_worked_out_by_hand() -> None:
    mean = mean_of([1.0, 2.0, 3.0, 4.0, 5.0])
    assert mean is not None
    assert mean.low is not None
    assert (mean.value, round(mean.value - mean.low, 6)) == (3.0, round(1.959963984540054 * sqrt(2.5 / 5), 6))
    assert mean_of([]) is None
    assert mean_of([7.0]) is not None
    # Of 100 values the median's interval runs from the 40th to the 61st (Conover 1999, table of binomial ranks).
    median = quantile_of([float(each) for each in range(1, 101)], 0.5)
    assert median is not None
    assert (median.value, median.low, median.high) == (50.0, 40.0, 61.0)
    few = quantile_of([1.0, 2.0, 3.0], 0.9)
    assert few is not None
    assert (few.value, few.high) == (3.0, None)
    ninth = quantile_of([float(each) for each in range(1, 11)], 0.9)
    assert ninth is not None
    assert ninth.value == 9.0


def test_ratios_of_promised_and_actual() -> None:
    same = ratio_of_means([2.0, 4.0, 6.0], [1.0, 2.0, 3.0])
    assert same is not None
    assert (same.value, same.low, same.high) == (2.0, 2.0, 2.0)
    assert ratio_of_means([], []) is None
    assert ratio_of_means([1.0], [0.0]) is None
    medians = ratio_of_medians([float(each) for each in range(10, 1010, 10)], [float(each) for each in range(1, 101)])
    assert medians is not None
    assert medians.low is not None
    assert medians.high is not None
    assert medians.low < medians.value == 10.0 < medians.high


@pytest.mark.parametrize(("count", "chance"), [(1, 0.5), (10, 0.95), (40, 0.9), (7, 0.3), (200, 0.99)])
def test_what_luck_alone_would_show(count: int, chance: float) -> None:
    exact = sum(
        comb(count, each) * chance**each * (1 - chance) ** (count - each) * abs(each / count - chance)
        for each in range(count + 1)
    )
    assert gap_by_luck(count, chance) == pytest.approx(exact, rel=1e-9)


# --- the report -----------------------------------------------------------------------------------------------------


def test_a_morning_worked_out_by_hand() -> None:
    every = [
        promised(1, answered=10, chance=0.96),
        promised(2, answered=20, chance=0.98, channel="chat"),
        promised(3, answered=20, told=5, chance=0.9),
        promised(4, answered=20, told=14, chance=1.0, revisions=2),
        promised(5, answered=10, told=5),
        promised(6, answered=5, released=True, chance=0.5),
        promised(7, answered=None),
    ]
    found = report(every, LONDON, MADE + timedelta(minutes=60))
    assert (found.kept.count, found.kept.of, found.released) == (2, 6, 1)
    assert {each.key: (each.kept.count, each.kept.of) for each in found.channels} == {"chat": (0, 1), "mail": (2, 5)}
    moved = found.renegotiations
    assert [(each.count, each.of) for each in (moved.caught, moved.late, moved.silent)] == [(1, 4), (1, 4), (2, 4)]
    assert [(each.count, each.of) for each in (moved.told_before_due, moved.alarms, moved.needless)] == [
        (2, 4),
        (3, 6),
        (1, 3),
    ]
    assert (moved.one_at_most.count, moved.revisions_max) == (5, 2)
    waits = found.waits
    assert (waits.waits, waits.still_waiting) == (6, 1)
    assert waits.actual.mean is not None
    assert waits.actual.mean.value == (10 + 20 + 20 + 20 + 10 + 60) * 60 / 6
    assert waits.ratio_of_means is not None
    assert waits.ratio_of_means.value == 15 * 6 / 140
    bins = {(each.chance_from, each.chance_to): (each.stated, each.kept.count) for each in found.calibration.bins}
    assert bins == {(0.9, 0.94): (0.9, 0), (0.96, 0.98): (0.96, 1), (0.98, 0.99): (0.98, 0), (0.99, 1.0): (1.0, 0)}
    assert found.calibration.gap == pytest.approx((0.9 + 0.04 + 0.98 + 1.0) / 4)
    assert [each.key for each in found.week_hours] == ["0-09"]


def test_hours_are_those_of_the_brands_clock_in_which_customers_wrote() -> None:
    found = report([promised(made_at=MADE + timedelta(hours=12))], ALMATY, LATER)
    assert [each.key for each in found.week_hours] == ["1-02"]
    assert [each.key for each in found.day_hours] == ["02"]


def test_hours_are_compared_only_on_enough_evidence() -> None:
    nine = [promised(each, answered=10) for each in range(60)]
    bad = [promised(100 + each, answered=20, made_at=MADE + timedelta(hours=1)) for each in range(20)]
    thin = [promised(200 + each, answered=20, made_at=MADE + timedelta(hours=2)) for each in range(19)]
    worst = report([*nine, *bad, *thin], LONDON, LATER).worst_hours
    assert ([each.key for each in worst.groups], worst.surely) == (["10"], ("10",))
    assert (worst.compared, worst.known, worst.tenth) == (2, 3, 0.0)


def test_nobody_is_worst_where_all_is_kept() -> None:
    worst = report([promised(each) for each in range(50)], LONDON, LATER).worst_days
    assert (worst.groups, worst.compared, worst.tenth) == ((), 1, 1.0)


def test_an_empty_report_claims_nothing() -> None:
    found = report([], LONDON, LATER)
    assert (found.kept.share, found.kept.of, found.released, found.calibration.gap) == (None, 0, 0, None)
    assert (found.waits.promised.mean, found.waits.ratio_of_means, found.renegotiations.revisions) == (None, None, None)


def test_perfect_chances_lie_within_what_luck_would_show() -> None:
    every = [promised(each, answered=10 if each % 20 else 20, chance=0.95) for each in range(2000)]
    calibration = report(every, LONDON, LATER).calibration
    assert calibration.gap is not None
    assert calibration.gap < 1e-9
    assert calibration.gap_by_luck is not None
    assert 0.003 < calibration.gap_by_luck < 0.005


promises = st.builds(
    promised,
    st.integers(0, 10**6),
    minutes=st.floats(1, 600),
    answered=st.none() | st.floats(0, 900),
    told=st.none() | st.floats(0, 600),
    released=st.booleans(),
    chance=st.none() | st.floats(0, 1),
    channel=st.sampled_from(["mail", "chat"]),
    made_at=st.integers(0, 14 * 24).map(lambda hours: MADE + timedelta(hours=hours)),
)
unlike = st.lists(promises, max_size=30, unique_by=lambda each: each.promise_id)


@given(unlike)
def test_every_part_adds_up_to_all_of_it(every: list[Promised]) -> None:
    found = report(every, ALMATY, LATER)
    assert found.kept.of + found.released == len(every)
    for groups in (found.week_hours, found.day_hours, found.channels, found.languages, found.kinds):
        assert sum(each.kept.of for each in groups) == found.kept.of
        assert sum(each.kept.count for each in groups) == found.kept.count
    moved = found.renegotiations
    assert moved.caught.count + moved.late.count + moved.silent.count == found.kept.of - found.kept.count
    assert found.calibration.kept.of == sum(each.kept.of for each in found.calibration.bins)
    assert found.calibration.gap is None or 0 <= found.calibration.gap <= 1


@given(unlike)
def test_the_list_behind_a_figure_is_what_the_figure_counts(every: list[Promised]) -> None:
    found = report(every, ALMATY, LATER)

    def count(chosen: Chosen) -> int:
        return sum(is_chosen(each, chosen, ALMATY) for each in every)

    assert count(Chosen(status="kept")) == found.kept.count
    assert count(Chosen(status="missed")) == found.kept.of - found.kept.count
    assert count(Chosen(status="released")) == found.released
    assert count(Chosen(status="silent")) == found.renegotiations.silent.count
    assert count(Chosen(status="needless")) == found.renegotiations.needless.count
    for group in found.week_hours:
        weekday, hour = map(int, group.key.split("-"))
        assert count(Chosen(status="kept", weekday=weekday, hour=hour)) == group.kept.count
    for each in found.calibration.bins:
        inside = Chosen(status="kept", chance_from=each.chance_from, chance_to=each.chance_to)
        assert count(inside) == each.kept.count


@given(st.lists(promises, max_size=4, unique_by=lambda each: each.promise_id))
def test_the_order_of_promises_changes_nothing(every: list[Promised]) -> None:
    first = report(every, ALMATY, LATER)
    assert all(report(other, ALMATY, LATER) == first for other in permutations(every))


def test_stated_chances_are_divided_without_gaps() -> None:
    assert CHANCE_EDGES[0] == 0
    assert CHANCE_EDGES[-1] == 1
    assert list(CHANCE_EDGES) == sorted(set(CHANCE_EDGES))
