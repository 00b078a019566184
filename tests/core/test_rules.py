"""Rules of laws and leaders: the exact edge between pass and fail, who counts, and what can't be told."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from waada import rulebooks
from waada.core.rules import Asked, Leavers, Measure, Pack, Period, Rule, Verdict, Waited, evaluate, verdict

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
NOW = START + timedelta(days=30)
BOOKS = rulebooks.read()


def rule_of(pack: str, rule: str) -> Rule:
    found: Pack | None = BOOKS.pack(pack)
    assert found is not None
    return next(each for each in found.rules if each.id == rule)


CALLS = rule_of("spain", "calls-3-minutes")


def waited(
    seconds: float | None, kind: str = "phone", language: str = "es", *, released: bool = False, **more: str
) -> Waited:
    ended_at = None if seconds is None else START + timedelta(seconds=seconds)
    return Waited(
        channel_kind=kind,
        language=language,
        kind=more.get("which", "first_answer"),
        started_at=START,
        ended_at=ended_at,
        released=released,
        outcome=more.get("outcome", "withdrawn" if released else None),
        answered_by=more.get("by"),
    )


def judged(rule: Rule, waits: Sequence[Waited] = (), **more: object) -> Verdict:
    return verdict(rule, Period(waits=waits, now=NOW, **more))  # type: ignore[arg-type]  # the rest of a period


@pytest.mark.parametrize(("kept", "passes"), [(949, False), (950, True)])
def test_94_9_percent_fails_and_95_0_percent_passes(kept: int, *, passes: bool) -> None:
    found = judged(CALLS, [waited(60)] * kept + [waited(600)] * (1000 - kept))
    assert (found.passed, found.numerator, found.denominator) == (passes, kept, 1000)
    assert found.share == kept / 1000
    assert found.low is not None
    assert found.high is not None
    assert found.low < kept / 1000 < found.high


@pytest.mark.parametrize(("share", "of"), [("0.95", 20), ("0.9", 10), ("0.7", 10), ("0.29", 100), ("0.57", 100)])
def test_exactly_the_share_passes_whatever_floating_point_says_of_it(share: str, of: int) -> None:
    rule = replace(CALLS, share=Decimal(share), least=1)
    enough = int(Decimal(share) * of)
    assert judged(rule, [waited(1)] * enough + [waited(999)] * (of - enough)).passed is True
    assert judged(rule, [waited(1)] * (enough - 1) + [waited(999)] * (of - enough + 1)).passed is False


@pytest.mark.parametrize(
    ("pack", "rule", "kind", "seconds", "in_time"),
    [
        ("market_leader", "mail-15-minutes", "mail", 899.9, True),
        ("market_leader", "mail-15-minutes", "mail", 900.0, False),
        ("market_leader", "chat-30-seconds", "chat", 29.9, True),
        ("market_leader", "chat-30-seconds", "chat", 30.0, False),
        ("spain", "calls-3-minutes", "phone", 179.999, True),
        ("spain", "calls-3-minutes", "phone", 180.0, False),
        ("india_trai", "operator-90-seconds", "phone", 90.0, True),
        ("india_trai", "operator-90-seconds", "phone", 90.001, False),
    ],
)
def test_under_is_strict_and_within_is_not(pack: str, rule: str, kind: str, seconds: float, *, in_time: bool) -> None:
    found = judged(rule_of(pack, rule), [waited(seconds, kind)] * 20)
    assert found.passed is in_time
    assert found.numerator == (20 if in_time else 0)


@pytest.mark.parametrize(
    ("leavers", "counted", "kept"), [("missed", 25, 20), ("left_out_early", 22, 20), ("left_out", 20, 20)]
)
def test_customers_who_leave_count_as_the_rule_says(leavers: Leavers, counted: int, kept: int) -> None:
    rule = replace(CALLS, leavers=leavers)
    left = [waited(10, released=True)] * 3 + [waited(500, released=True)] * 2
    found = judged(rule, [waited(60)] * 20 + left)
    assert (found.denominator, found.numerator) == (counted, kept)


def test_spam_and_what_needed_no_answer_is_no_miss_unless_it_was_left_lying() -> None:
    away = [waited(10, released=True, outcome=each) for each in ("spam", "duplicate", "no_answer_needed")]
    late = [waited(500, released=True, outcome=each) for each in ("spam", "duplicate", "no_answer_needed")]
    found = judged(CALLS, [waited(60)] * 20 + away + late)
    assert (found.numerator, found.denominator) == (20, 21)


def test_who_still_waits_is_undecided_until_the_time_is_up() -> None:
    rule = replace(CALLS, seconds=31 * 24 * 3600)
    assert judged(rule, [waited(None)] * 30).undecided == 30
    assert judged(rule, [waited(None)] * 30).passed is None
    assert judged(CALLS, [waited(None)] * 30).passed is False


def test_too_few_pass_and_fail_nothing_and_say_so() -> None:
    assert (judged(CALLS, [waited(60)] * 19).passed, judged(CALLS, [waited(60)] * 19).why) == (None, "too_few")
    nothing = judged(CALLS, [])
    assert (nothing.passed, nothing.why, nothing.share) == (None, "nothing_to_measure", None)


def test_chats_stand_in_for_calls_only_where_there_are_none() -> None:
    chats = [waited(60, "chat")] * 30
    without = judged(CALLS, chats)
    assert (without.stand_in, without.measured_on, without.denominator) == (True, ("chat",), 30)
    beside = judged(CALLS, [*chats, waited(60)])
    assert (beside.stand_in, beside.measured_on, beside.denominator) == (False, ("phone",), 1)


def test_only_the_first_wait_of_a_need_counts_unless_the_rule_says_all() -> None:
    both = [waited(60)] * 20 + [waited(999, which="next_answer")] * 20
    assert judged(CALLS, both).denominator == 20
    assert judged(replace(CALLS, waits="all"), both).denominator == 40


def asked(seconds: float | None) -> Asked:
    answered_at = None if seconds is None else START + timedelta(seconds=seconds)
    return Asked(channel_kind="chat", at=START, answered_at=answered_at)


def test_a_request_for_a_person_is_met_when_one_writes_in_time() -> None:
    rule = rule_of("spain", "person-on-request")
    found = judged(rule, asked=[asked(179.9)] * 19 + [asked(180)])
    assert (found.passed, found.numerator, found.denominator) == (True, 19, 20)
    assert judged(rule, asked=[asked(60)] * 18 + [asked(None)] * 2).passed is False
    without_limit = replace(rule, seconds=None)
    assert judged(without_limit, asked=[asked(9999)] * 19 + [asked(None)]).numerator == 19


def test_a_customer_is_answered_in_their_language_by_a_person_who_speaks_it() -> None:
    rule = rule_of("spain", "customers-language")
    spoken = {"ann": ("es", "en"), "ben": ("en",)}
    waits = [waited(60, language="es-MX", by="ann")] * 19 + [waited(60, by="ben"), waited(60), waited(60, by="gone")]
    found = judged(rule, waits, spoken=spoken)
    assert (found.passed, found.numerator, found.denominator) == (True, 19, 20)


def queue(language: str, factor: float, count: int = 200) -> list[Waited]:
    return [waited(factor * (30 + 7 * (each % 83)), "mail", language) for each in range(count)]


PARITY = rule_of("welsh_parity", "mail-no-delay")


def test_a_welsh_queue_that_is_twice_as_slow_is_flagged() -> None:
    found = judged(PARITY, queue("cy", 2.0) + queue("en-GB", 1.0))
    assert found.passed is False
    assert found.ratio == pytest.approx(2.0)
    assert found.low is not None
    assert found.low > 1
    assert (found.numerator, found.denominator) == (200, 200)


def test_a_welsh_queue_that_is_no_slower_passes() -> None:
    assert judged(PARITY, queue("cy", 1.0) + queue("en", 1.0)).passed is True
    assert judged(PARITY, queue("cy", 0.5) + queue("en", 1.0)).passed is True


def test_a_small_difference_among_few_is_neither_passed_nor_failed() -> None:
    found = judged(PARITY, queue("cy", 1.3, 40) + queue("en", 1.0, 40))
    assert (found.passed, found.why) == (None, "unclear")
    wide = judged(PARITY, [waited(5 * 2**each, "mail", "cy") for each in range(20)] + queue("en", 30.0, 40))
    assert (wide.passed, wide.why, (wide.ratio or 2) <= 1) == (None, "unclear", True)
    assert judged(PARITY, queue("cy", 5.0, 5) + queue("en", 1.0, 400)).why == "too_few"
    assert judged(PARITY, []).why == "nothing_to_measure"


def test_welsh_chats_are_not_compared_with_english_mail() -> None:
    mixed = queue("cy", 1.0) + [replace(each, channel_kind="chat") for each in queue("en", 0.01)]
    assert judged(PARITY, mixed).why == "too_few"


seconds = st.one_of(st.none(), st.floats(0, 1000, allow_nan=False))
waits_ = st.builds(
    waited,
    seconds,
    st.sampled_from(["phone", "chat", "mail"]),
    st.sampled_from(["cy", "en"]),
    released=st.booleans(),
    by=st.sampled_from(["ann", "ben"]),
)


@given(st.lists(waits_, max_size=60), st.sampled_from(["missed", "left_out_early", "left_out"]))
def test_counts_add_up_and_are_the_same_in_any_order(given_: list[Waited], leavers: Leavers) -> None:
    given_ = [each if each.ended_at else replace(each, released=False, outcome=None) for each in given_]
    rule = replace(CALLS, leavers=leavers, channel_kinds=("phone",), stand_in=())
    found = judged(rule, given_)
    calls = [each for each in given_ if each.channel_kind == "phone"]
    left = [each for each in calls if each.released]
    answered = [each for each in calls if each.ended_at and not each.released]
    in_time = sum(1 for each in answered if each.ended_at and each.ended_at - each.started_at < timedelta(minutes=3))
    assert found.numerator == in_time
    # Everybody who has waited a month has waited too long.
    going_on = len(calls) - len(left) - len(answered)
    early = sum(1 for each in left if each.ended_at and each.ended_at - each.started_at < timedelta(minutes=3))
    counted = {"missed": len(left), "left_out_early": len(left) - early, "left_out": 0}[leavers]
    assert found.denominator == len(answered) + going_on + counted
    assert judged(rule, given_[::-1]) == found
    assert found.passed is (None if found.denominator < 20 else 20 * found.numerator >= 19 * found.denominator)


@given(st.lists(waits_, max_size=40))
def test_every_pack_judges_whatever_it_is_given(given_: list[Waited]) -> None:
    period = Period(waits=given_, asked=[asked(5), asked(None)], spoken={"ann": ("cy",)}, now=NOW)
    for pack in BOOKS.packs:
        for found in evaluate(pack, period):
            assert (found.passed is None) == (found.why not in ("passed", "failed"))
            assert found.numerator >= 0
            assert found.rule.measure == "parity" or found.numerator <= found.denominator


def test_every_measure_is_used_by_a_pack_of_the_house() -> None:
    used: set[Measure] = {rule.measure for pack in BOOKS.packs for rule in pack.rules}
    assert used == {"share_answered_within", "parity", "person_on_request", "language"}
