"""A promise that is tried: the brand as a plain world, the verdict on its waits, and what would make it hold."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from math import inf

from waada.core.hours import Hours
from waada.core.ids import BrandId, PersonId
from waada.core.intervals import WEEKDAYS
from waada.core.people import Brand, Channel, ChannelKind, Person
from waada.core.policies import Policy
from waada.proving import Question, Seats
from waada.science.learning import Learned
from waada.sim import gate_people as people
from waada.sim.gate_runs import simulate, weeks_of
from waada.sim.gate_scene import A_DAY, Scene, demand_of, scene_of, week_of
from waada.sim.gate_verdict import interval, judged_by, on_clock, picture_of, wilson
from waada.sim.gate_world import Waits

ZONE = "Europe/London"
OFFICE = Hours.weekly(dict.fromkeys(WEEKDAYS[:5], (("09:00", "17:00"),)), zone=ZONE)
TODAY = date(2026, 11, 20)
MONDAY = datetime(2026, 11, 23, tzinfo=UTC)


def brand(*rosters: Hours | None, hours: Hours = OFFICE) -> Brand:
    return Brand(
        id=BrandId("brand"),
        slug="shop",
        name="Shop",
        zone=ZONE,
        languages=("en",),
        founded_at=datetime(2026, 1, 1, tzinfo=UTC),
        hours=hours,
        people=tuple(
            Person(
                id=PersonId(f"p{number}"),
                name=f"P {number}",
                email=f"p{number}@shop.test",
                role="owner" if number == 0 else "agent",
                roster=roster,
            )
            for number, roster in enumerate(rosters)
        ),
    )


def question(kind: ChannelKind, seconds: int, clock: str, *, a_day: float, people: int = 3) -> Question:
    policy = Policy(
        first_answer_seconds=seconds,
        next_answer_seconds=4 * seconds,
        clock="always" if clock == "always" else "opening",
    )
    hours = Hours.always(ZONE) if clock == "always" else None
    channel = Channel(key="asked", kind=kind, name="Asked", live=True, policy=policy, hours=hours)
    return Question(brand=brand(*(None,) * people), channel=channel, a_day=a_day)


def scene(kind: ChannelKind, seconds: int, clock: str, *, a_day: float) -> Scene:
    return scene_of(question(kind, seconds, clock, a_day=a_day), Learned(), TODAY)


def waits_of(*each: tuple[float, bool]) -> Waits:
    """Waits that began so many hours after a Monday's midnight."""
    waits = Waits()
    for hours, kept in each:
        waits.add(datetime.fromtimestamp(MONDAY.timestamp() + hours * 3600, UTC), 60.0, kept=kept)
    return waits


def test_the_same_question_has_the_same_answer_and_another_seed_nearly_so() -> None:
    asked = scene("mail", 4 * 3600, "opening", a_day=30.0)
    first, again = (simulate(asked, 1, 28, lambda: None) for _ in range(2))
    assert list(first.seconds) == list(again.seconds)
    other = simulate(asked, 2, 28, lambda: None)
    assert list(first.seconds) != list(other.seconds)
    assert 28 * 30 * 0.8 < len(first.at) < 28 * 30 * 1.2
    assert abs(interval(first)[0] - interval(other)[0]) < 0.08


def test_nobody_is_lost_and_whoever_is_never_answered_counts_as_late() -> None:
    alone = replace(question("chat", 30, "always", a_day=40.0), brand=brand(Hours(zone=ZONE)))
    told = 0

    def one_more() -> None:
        nonlocal told
        told += 1

    waits = simulate(scene_of(alone, Learned(), TODAY), 1, 7, one_more)
    assert told == 8  # the day before, too
    assert len(waits.at) > 200
    assert set(waits.kept) == {0}
    assert set(waits.seconds) == {inf}


def test_whoever_is_there_around_the_clock_goes_through_midnight() -> None:
    always = replace(question("chat", 60, "always", a_day=30.0), brand=brand(*(Hours.always(ZONE),) * 4))
    waits = simulate(scene_of(always, Learned(), TODAY), 1, 28, lambda: None)
    assert interval(waits)[0] > 0.99


def test_holidays_are_no_part_of_a_usual_week_and_nights_belong_to_both_days() -> None:
    night = Hours.weekly({"friday": (("22:00", "02:00+1"),)}, zone=ZONE)
    assert week_of(night, ZONE, TODAY)[4:6] == (((22.0, 24.0),), ((0.0, 2.0),))
    # On the clock of a brand further east.
    assert week_of(OFFICE, "Europe/Berlin", TODAY)[0] == ((10.0, 18.0),)
    closed = Hours(zone=ZONE, week=OFFICE.week, holidays=(date(2026, 11, 25),))
    made = scene_of(
        Question(brand=brand(closed, hours=closed), channel=question("mail", 900, "opening", a_day=5.0).channel),
        Learned(),
        TODAY,
    )
    assert made.scenario.team[0].week[2] == ((9.0, 17.0),)
    assert made.scenario.hours == OFFICE


def test_demand_is_what_was_seen_once_a_week_was_and_a_usual_evening_before() -> None:
    learned = Learned()
    assert round(sum(demand_of(learned, "asked", None)) / 7, 6) == A_DAY
    assert round(sum(demand_of(learned, "asked", 90.0)) / 7, 6) == 90.0
    for day in range(15):
        for _ in range(10):
            learned.demand.saw("asked", datetime(2026, 11, 2 + day, 10, tzinfo=UTC), ZONE)
    seen = demand_of(learned, "asked", None)
    assert seen[10] > 5.0
    assert seen[20] == 0.0
    assert round(sum(demand_of(learned, "asked", 70.0)) / 7, 6) == 70.0


def test_a_quiet_brand_is_given_more_weeks_and_a_busy_one_fewer() -> None:
    assert weeks_of(scene("mail", 900, "opening", a_day=1000.0)) == 4
    assert weeks_of(scene("mail", 900, "opening", a_day=20.0)) == 15
    assert weeks_of(scene("mail", 900, "opening", a_day=1.0)) == 52
    assert weeks_of(scene("mail", 900, "opening", a_day=8000.0)) == 1


def test_the_shorter_target_is_the_one_that_is_tried() -> None:
    asked = question("mail", 7200, "opening", a_day=5.0)
    assert asked.channel.policy is not None
    sooner = replace(asked.channel.policy, next_answer_seconds=600)
    made = scene_of(replace(asked, channel=replace(asked.channel, policy=sooner)), Learned(), TODAY)
    assert made.way.policy.first_answer_seconds == 600
    assert made.way.policy.computed is False


def test_the_verdict_needs_the_whole_and_every_hour() -> None:
    asked = scene("chat", 30, "always", a_day=30.0)
    good = [(day * 24 + hour, True) for day in range(28) for hour in range(24) for _ in range(3)]
    assert picture_of(asked, waits_of(*good), 28).holds
    # One hour of the week in which nobody is answered: too little to spoil the whole, and enough to fail.
    bad = [(week * 168 + 34, False) for week in range(4) for _ in range(10)]
    found = picture_of(asked, waits_of(*good, *bad), 28)
    assert found.low > 0.95
    assert not found.holds
    assert [(each.days, each.begins, each.ends) for each in found.breaking if each.days == (1,)] == [
        ((1,), "10:00", "11:00")
    ]
    # The interval counts days: the same share lost on one day is less sure than lost evenly.
    even = interval(waits_of(*((n, n % 10 > 0) for n in range(280))))
    one_day = interval(waits_of(*((n, n >= 28) for n in range(280))))
    assert even[0] == one_day[0] == 0.9
    assert one_day[2] - one_day[1] > even[2] - even[1]


def test_the_interval_of_a_share_is_wilsons() -> None:
    low, high = wilson(81, 263, 1.96)
    assert (round(low, 4), round(high, 4)) == (0.2553, 0.3662)  # Newcombe 1998, table I
    assert wilson(10, 10, 1.96)[1] == 1.0


def test_a_longer_target_is_judged_on_the_clock_that_counts_it() -> None:
    waits = Waits()
    waits.add(datetime(2026, 11, 20, 16, 50, tzinfo=UTC), 64.5 * 3600, kept=False)  # Friday to Monday 9:20
    assert on_clock(waits, OFFICE) == [30 * 60.0]
    policy = Policy(first_answer_seconds=1800, next_answer_seconds=3600)
    assert list(judged_by(waits, on_clock(waits, OFFICE), policy).kept) == [1]
    assert list(judged_by(waits, on_clock(waits, None), policy).kept) == [0]


def test_people_needed_agree_with_published_tables() -> None:
    # science.md, section 3: least agents for 80 % in 20 s, three minutes each.
    assert people.people_for(5 * 20, 3.0, 20 / 60, 0.8) == 8
    assert people.people_for(50 * 20, 3.0, 20 / 60, 0.8) == 56
    assert people.people_for(500 * 20, 3.0, 20 / 60, 0.8) == 510
    assert people.people_for(0.0, 3.0, 20 / 60, 0.8) == 0


def test_missing_hours_become_shifts_that_somebody_could_work() -> None:
    more = [0] * 168
    for day in range(7):
        more[day * 24 + 19] = more[day * 24 + 20] = 1 if day < 5 else 3
    asked = scene("chat", 30, "always", a_day=30.0)
    assert people.seats_of(asked, more) == (
        Seats(days=(0, 1, 2, 3, 4), begins="16:00", ends="24:00", people=1),
        Seats(days=(5, 6), begins="16:00", ends="24:00", people=3),
    )
    # Where only opening hours count, nobody is asked for outside of them.
    office = scene("mail", 900, "opening", a_day=30.0)
    more = [0] * 168
    more[9] = 2
    assert people.seats_of(office, more) == (Seats(days=(0,), begins="09:00", ends="12:00", people=2),)
    assert len(people.weeks_of_seats(people.seats_of(asked, [1] * 168))) == 3
