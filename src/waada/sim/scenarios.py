"""The named scenarios: ordinary days, hard days, and every seed that once found something.

A scenario is plain facts (see `scenario.py`); `SCENARIOS` names them for the command line and the tests.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from waada.core.hours import Hours
from waada.core.policies import Policy
from waada.sim.promise_worlds import PROMISE_WORLDS
from waada.sim.scenario import (
    EVENING_PEAK,
    HOUR,
    MINUTE,
    Colleague,
    Faults,
    Outage,
    Scenario,
    Temper,
    Way,
)

_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday")
Team = tuple[Colleague, ...]

_SHOP_HOURS = (("09:00", "12:30"), ("13:15", "21:00"))


def _hours(zone: str, **more: tuple[tuple[str, str], ...]) -> Hours:
    return Hours.weekly({**dict.fromkeys(_WEEKDAYS, _SHOP_HOURS), **more}, zone=zone)


def _ways() -> tuple[Way, ...]:
    seconds = Policy(first_answer_seconds=120, next_answer_seconds=300)
    quarter = Policy(first_answer_seconds=900, next_answer_seconds=7200)
    machine = Policy(first_answer_seconds=3600, next_answer_seconds=3600, clock="always")
    return (
        Way(key="chat", kind="chat", name="Chat", share=0.45, policy=seconds),
        Way(key="mail", kind="mail", name="Mail", share=0.5, policy=quarter, address="help@simulated.test"),
        Way(key="app", kind="api", name="App", share=0.05, policy=machine),
    )


_EARLY = ((9, 12.5), (13.25, 17.5))
_LATE = ((12.5, 16.5), (17.25, 21))


def _team(agents: int, *shifts: tuple[tuple[float, float], ...], days: tuple[int, ...] = (0, 1, 2, 3, 4, 5)) -> Team:
    """An owner who gets alerts, a lead, and agents who share the shifts."""
    share = shifts or (_EARLY,)
    owner = Colleague(name="Olive Owner", role="owner", email="owner@simulated.test")
    lead = Colleague(name="Lee Lead", role="lead", email="lead@simulated.test", shifts=share[0])
    others = tuple(
        Colleague(
            name=f"Agent {number}",
            role="agent",
            email=f"agent{number}@simulated.test",
            shifts=share[number % len(share)],
            days=days,
            handle_minutes=3.0,
        )
        for number in range(agents)
    )
    return (owner, lead, *others)


ROUGH = Faults(
    delay_seconds=4.0,
    doubled=0.08,
    bounced=0.02,
    crashes_a_day=6.0,
    down_seconds=25.0,
    jumps_a_day=1.5,
    jump_seconds=90.0,
    timers_late_seconds=0.8,
    stale_timers=0.05,
    races=0.01,
)

RETAIL_DAY = Scenario(
    name="retail_day",
    words="A well-run shop with a lunch break and a late shift; nights and Sundays wait for the morning.",
    zone="Europe/London",
    starts=date(2026, 3, 2),
    a_day=300.0,
    hours=_hours("Europe/London", saturday=(("10:00", "16:00"),)),
    ways=_ways(),
    team=_team(12, _EARLY, _LATE),
    weekdays=(1.1, 1.0, 1.0, 1.0, 1.05, 0.8, 0.9),
)

SCENARIOS: dict[str, Scenario] = {
    each.name: each
    for each in (
        RETAIL_DAY,
        replace(
            RETAIL_DAY,
            name="monday_flood",
            words="After a weekend without anybody, Monday brings five times the usual, to a team of three.",
            team=_team(3),
            hours=_hours("Europe/London"),
            weekdays=(5.0, 1.2, 1.0, 1.0, 1.0, 0.9, 0.9),
            a_day=150.0,
        ),
        replace(
            RETAIL_DAY,
            name="dst_night",
            words="The weekend on which London's clocks go forward, open at night, with all faults; rules of thumb.",
            # Every due time is then sums of opening hours alone, which the auditor counts to the second.
            ways=tuple(replace(way, policy=replace(way.policy, computed=False)) for way in _ways()),
            starts=date(2026, 3, 28),
            hours=Hours.weekly(
                dict.fromkeys((*_WEEKDAYS, "saturday", "sunday"), (("00:00", "03:30"), ("09:00", "24:00"))),
                zone="Europe/London",
            ),
            team=_team(6, ((0, 3.5), (9, 14)), ((14, 18), (18.5, 23.9)), days=(0, 1, 2, 3, 4, 5, 6)),
            a_day=150.0,
            demand=(6, 10, 10, 8, *EVENING_PEAK[4:]),
            faults=ROUGH,
        ),
        replace(
            RETAIL_DAY,
            name="mail_outage",
            words="The customers' mail server is away for three hours of every day, and the wire doubles and bounces.",
            faults=replace(ROUGH, mail_outages=(Outage(starts=10.0, lasts=3.0),), bounced=0.05),
            a_day=150.0,
        ),
        replace(
            RETAIL_DAY,
            name="nobody_there",
            words="Nobody ever comes to work: every customer is told again and again, never left in silence.",
            team=_team(0)[:1],
            a_day=100.0,
        ),
        replace(
            RETAIL_DAY,
            name="rough_day",
            words="An ordinary shop on a bad machine: crashes, late timers, doubled messages, a clock that jumps.",
            a_day=110.0,
            team=_team(5, _EARLY, _LATE),
            faults=ROUGH,
        ),
        replace(
            RETAIL_DAY,
            name="node_down",
            words="The only node is off for an hour and a half in the middle of every second day.",
            a_day=150.0,
            faults=replace(ROUGH, node_outages=(Outage(starts=11.0, lasts=1.5, every_days=2),)),
        ),
        replace(
            RETAIL_DAY,
            name="impatient",
            words="Customers with little patience and much to say, and a team of one.",
            a_day=120.0,
            team=_team(1),
            temper=Temper(chat_patience=1.0 * MINUTE, mail_patience=0.5 * HOUR, writes_again=0.6, comes_back=0.1),
            faults=replace(ROUGH, crashes_a_day=2.0),
        ),
        *PROMISE_WORLDS,
    )
}
