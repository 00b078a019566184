"""The plain worlds: who writes when, who works when, who waits for whom, and what the figures make of it."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from random import Random
from statistics import fmean, pstdev

import pytest

from waada.core import events as e
from waada.core.conversation import Conversation
from waada.core.hours import Hours
from waada.core.people import Brand
from waada.ports import Commit
from waada.sim.demand import arrivals, rate_at
from waada.sim.promise_figures import figures, scored_of, telling
from waada.sim.promise_worlds import PROMISE_RETAIL, PROMISE_WORLDS
from waada.sim.promises_kept import PromisesKept, Seen
from waada.sim.rosters import roster_of
from waada.sim.scenario import EVENING_PEAK, Colleague, Manners, Patience, Scenario, Surge
from waada.sim.world import World

BY_NAME = {each.name: each for each in PROMISE_WORLDS}
MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)


def run(scenario: Scenario, days: int, seed: int = 1) -> tuple[World, PromisesKept]:
    kept = PromisesKept()
    world = World(scenario, seed, watch=kept.saw)
    world.run(world.midnight(days))
    return world, kept


# --- demand ---


def test_as_many_write_as_are_expected_and_some_days_are_busier_than_chance_makes_them() -> None:
    dice = Random(1)
    numbers = [len(arrivals(PROMISE_RETAIL, day, dice)) for day in range(200)]
    assert fmean(numbers) == pytest.approx(940, rel=0.025)
    # Chance alone would be the root of 940, 31; the day's factor of 8 % makes it 81.
    assert pstdev(numbers) == pytest.approx((940 + (0.08 * 940) ** 2) ** 0.5, rel=0.15)


def test_the_rate_peaks_at_half_past_eight_in_the_evening_and_keeps_its_sum() -> None:
    minutes = [minute / 60 for minute in range(24 * 60)]
    rates = [rate_at(EVENING_PEAK, at) for at in minutes]
    assert minutes[rates.index(max(rates))] == 20.5
    assert fmean(rates) * 24 == pytest.approx(sum(EVENING_PEAK), rel=1e-3)
    assert rate_at(EVENING_PEAK, 0.0) == pytest.approx((EVENING_PEAK[-1] + EVENING_PEAK[0]) / 2)


def test_an_outage_brings_five_times_as_many_for_its_hours_on_its_days() -> None:
    surge = replace(PROMISE_RETAIL, surges=(Surge(starts=13.0, lasts=2.0, times=5.0, every_days=2),))
    dice = Random(2)
    days = [arrivals(surge, day, dice) for day in range(100)]
    inside = [sum(13.0 <= at < 15.0 for at in day) for day in days]
    assert fmean(inside[1::2]) / fmean(inside[::2]) == pytest.approx(5.0, rel=0.05)
    outside = [len(day) - number for day, number in zip(days, inside, strict=True)]
    assert fmean(outside[1::2]) == pytest.approx(fmean(outside[::2]), rel=0.05)


# --- people ---


def test_a_roster_says_what_the_shifts_say_and_without_shifts_nobody_is_planned() -> None:
    agent = Colleague(name="A", role="agent", email="a@x.test", shifts=((9, 12.5), (13.25, 24)), days=(0, 6))
    assert roster_of(agent, "Europe/London") == Hours.weekly(
        dict.fromkeys(("monday", "sunday"), (("09:00", "12:30"), ("13:15", "24:00"))), zone="Europe/London"
    )
    owner = Colleague(name="O", role="owner", email="o@x.test")
    assert roster_of(owner, "Europe/London").next_opening(MONDAY) is None


def test_the_desk_knows_the_rosters_of_everybody() -> None:
    world, _ = run(BY_NAME["promise_shared"], 0)
    brand = world.store.states[world.brand_id]
    assert isinstance(brand, Brand)
    assert [person.roster for person in brand.people] == [
        roster_of(colleague, world.scenario.zone) for colleague in world.scenario.team
    ]
    assert {person.chats_at_once for person in brand.people} == {2}


def test_one_in_so_many_shifts_nobody_comes_to_it() -> None:
    came: list[tuple[date, str]] = []

    def saw(commit: Commit) -> None:
        came.extend(
            (event.at.date(), event.person_id)
            for event in commit.events
            if isinstance(event, e.DutySet) and event.on_duty
        )

    quiet = replace(PROMISE_RETAIL, a_day=0.0, manners=Manners(absence=0.3))
    world = World(quiet, 1, watch=saw)
    world.run(world.midnight(40))
    planned = 40 * (len(quiet.team) - 1)
    assert len(set(came)) / planned == pytest.approx(0.7, abs=0.05)


# --- work ---


def test_nobody_waits_while_somebody_is_free() -> None:
    _, kept = run(BY_NAME["promise_tiny"], 6)
    at_once = [each for each in kept.seen if not each.delayed]
    assert len(at_once) > 30
    assert {each.wait for each in at_once} == {0.0}
    assert fmean(each.wait for each in kept.seen if each.delayed and each.wait is not None) > 10.0


def test_whoever_came_first_is_answered_first() -> None:
    _, kept = run(BY_NAME["promise_busy"], 1)
    answered = [each.answered_at for each in kept.seen if each.answered_at is not None]
    assert len(answered) > 500
    assert answered == sorted(answered)


def test_a_mail_is_answered_after_its_handling_and_two_chats_at_once_are_two_at_most() -> None:
    holds: Counter[str] = Counter()
    highest: Counter[str] = Counter()
    mails: list[float] = []
    begun: dict[str, tuple[str, datetime]] = {}

    def saw(commit: Commit) -> None:
        state = commit.state
        if not isinstance(state, Conversation):
            return
        for event in commit.events:
            if isinstance(event, e.Assigned) and event.person_id is not None and state.id not in begun:
                holds[event.person_id] += 1
                highest[state.channel] = max(highest[state.channel], holds[event.person_id])
                begun[state.id] = event.person_id, event.at
            elif isinstance(event, e.ConversationClosed) and state.id in begun:
                person, at = begun.pop(state.id)
                holds[person] -= 1
                if state.channel == "mail":
                    assert state.enquiries[0].waits[0].ended_at == event.at
                    mails.append((event.at - at).total_seconds() / 60)

    world = World(BY_NAME["promise_shared"], 3, watch=saw)
    world.run(world.midnight(1))
    assert highest == {"chat": 2, "mail": 1}
    assert fmean(mails) == pytest.approx(6.0, rel=0.2)


# --- patience ---


def impatient(**how: float) -> Scenario:
    return replace(BY_NAME["promise_busy"], patience=Patience(**{"minutes": 30.0, "accepts_minutes": 90.0, **how}))


def test_whoever_trusts_a_promise_waits_until_it_is_due() -> None:
    world, kept = run(impatient(minutes=0.1, accepts_minutes=1e9, trust=1.0), 1)
    gone = [each for each in kept.seen if each.gone_at is not None]
    assert all(each.gone_at is not None and each.gone_at >= each.due_at for each in gone)
    assert len(gone) < 0.1 * len(kept.seen)
    assert not world.refusals


def test_a_promise_that_is_too_far_away_makes_customers_go_at_once() -> None:
    _, kept = run(impatient(accepts_minutes=20.0), 1)
    at_night = [each for each in kept.seen if each.promised > 180]
    assert len(at_night) > 20
    # One in three hundred accepts nine times the median.
    gone = [each for each in at_night if each.gone_at is not None and each.gone_at - each.at < timedelta(seconds=5)]
    assert len(gone) > 0.95 * len(at_night)


def test_whoever_gives_nothing_on_promises_leaves_when_their_own_patience_ends() -> None:
    _, kept = run(impatient(minutes=2.0, accepts_minutes=1e9, trust=0.0), 1)
    waited = [(each.gone_at - each.at).total_seconds() / 60 for each in kept.seen if each.gone_at is not None]
    assert len(waited) > 50
    assert fmean(waited) < 2.5


# --- figures ---


def customer(promised: float, **more: object) -> Seen:
    seen = Seen(
        stream="s",
        channel="chat",
        at=MONDAY,
        due_at=MONDAY + timedelta(minutes=promised),
        chance=0.95,
        basis="computed",
        delayed=True,
        ahead=3,
        people=2,
        handle=8.0,
        own=0.0,
        last_wait=6.0,
        average_wait=5.0,
        head_wait=4.0,
    )
    for name, value in more.items():
        setattr(seen, name, value)
    return seen


def after(minutes: float) -> datetime:
    return MONDAY + timedelta(minutes=minutes)


def test_figures_count_first_promises_and_leave_out_who_went_before_they_were_due() -> None:
    seen = [
        customer(20, answered_at=after(10)),
        customer(20, answered_at=after(20)),
        customer(20, answered_at=after(30), told_at=after(15), revisions=1),
        customer(20, answered_at=after(40), told_at=after(18), revisions=2),
        customer(20, answered_at=after(15), told_at=after(5), revisions=1),
        customer(20, gone_at=after(10)),
        customer(20, gone_at=after(25)),
        customer(20_000),
        customer(20, delayed=False, answered_at=after(0)),
    ]
    found = figures(seen, after(1000), "Europe/London", MONDAY)
    assert (found.came, found.gone, found.delayed.number, found.everybody.number) == (9, 2, 6, 7)
    assert found.delayed.kept == pytest.approx(3 / 6)
    assert found.mean_wait == pytest.approx(23.0)
    assert found.delayed.ratio_in_hours == pytest.approx(20 / 23)
    assert found.delayed.worst_hour == (1.0, None)
    told = found.telling
    # Of three that were not kept, two heard of it before; one of them five minutes ahead, a fifth of twenty is four.
    assert told.told_before_due == pytest.approx(2 / 3)
    assert told.useful_lead == pytest.approx(1 / 3)
    assert told.alarms == pytest.approx(3 / 6)
    assert told.needless == pytest.approx(1 / 6)
    assert told.silent == pytest.approx(1 / 6)
    assert told.at_most_once == pytest.approx(5 / 6)


def test_rivals_are_judged_on_the_same_customers_and_stretched_until_they_keep_95_percent() -> None:
    # Genesys: 8 minutes times four, over two people: 16 minutes.
    seen = [customer(20, answered_at=after(minutes)) for minutes in range(1, 101)]
    found = {each.name: each for each in figures(seen, after(1000), "Europe/London", MONDAY).rivals}
    assert found["Genesys"].kept == pytest.approx(0.16)
    assert found["Genesys x 5.94"].kept == pytest.approx(0.95)
    assert found["last entered"].kept == pytest.approx(0.06)
    assert found["Salesforce"].kept == pytest.approx(0.05)
    assert found["head of line"].kept == pytest.approx(0.04)


# --- promises, by the real engine ---


def test_a_small_desk_keeps_what_it_promises_from_the_first_day_on() -> None:
    world, kept = run(BY_NAME["promise_tiny"], 15)
    found = figures(kept.seen, world.now, world.scenario.zone, world.midnight(3))
    assert found.delayed.number > 100
    assert found.delayed.kept > 0.85
    assert found.telling.silent == 0.0
    assert found.first.kept > 0.85


def test_two_busy_days_are_promised_well_and_told_in_time() -> None:
    world, kept = run(BY_NAME["promise_busy"], 2)
    late = [each for each in scored_of(kept.seen, world.now) if each.seen.delayed]
    assert len(late) > 300
    assert fmean(each.kept for each in late) > 0.85
    assert all(each.seen.basis.startswith(("computed", "target")) for each in late)
    told = telling(late)
    assert told.silent == 0.0
    assert told.at_most_once > 0.95
