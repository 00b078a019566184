"""Worlds in which only waits matter: the business days on which promises are measured (`bench/promises.py`).

Their targets are too short to be kept when somebody has to wait, so that every such promise is computed. People work
every day: a name stands for a seat in the roster, whoever sits on it.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from waada.core.hours import Hours
from waada.core.intervals import WEEKDAYS
from waada.core.policies import Policy
from waada.sim.scenario import EVENING_PEAK, Colleague, Manners, Patience, Scenario, Surge, Temper, Way

_ZONE = "Europe/London"
_SECONDS = 10  # the shortest target there is
_EVERY_DAY = tuple(range(7))
Shift = tuple[tuple[float, float], ...]

# Shares of a retail day: quiet until noon, then rising to a peak from 20 to 21.
RETAIL_DAY = (
    *(0.5, 0.3, 0.2, 0.15, 0.15, 0.3, 0.8, 1.6, 2.6, 3.4, 4.0, 4.2),
    *(4.2, 4.0, 3.9, 4.0, 4.3, 4.8, 5.4, 6.3, 7.6, 6.6, 3.4, 1.5),
)
# A shop where people buy in the morning break and after supper.
TWO_PEAKS = (1, 1, 1, 1, 1, 1, 2, 4, 9, 16, 20, 16, 11, 9, 9, 9, 9, 11, 14, 18, 22, 16, 8, 4)
# A product used all over the world: quieter nights, never quiet.
AROUND_THE_CLOCK = (4, 3, 3, 3, 3, 3, 4, 6, 9, 11, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 13, 12, 9, 6)


def with_break(begins: float, ends: float, people: int, at: float) -> tuple[Shift, ...]:
    """Return the shifts of so many people, half of whom have their half hour's break at `at`, the others after it."""
    breaks = [at if number % 2 == 0 else at + 0.5 for number in range(people)]
    return tuple(((begins, rest), (rest + 0.5, ends)) for rest in breaks)


def _team(*shifts: Shift, handle_minutes: float = 8.0) -> tuple[Colleague, ...]:
    """An owner who is only alerted, and an agent for every shift."""
    owner = Colleague(name="Olive Owner", role="owner", email="owner@simulated.test")
    agents = tuple(
        Colleague(
            name=f"Agent {number}",
            role="agent",
            email=f"agent{number}@simulated.test",
            shifts=shift,
            days=_EVERY_DAY,
            handle_minutes=handle_minutes,
        )
        for number, shift in enumerate(shifts)
    )
    return (owner, *agents)


def _seats(*shifts: tuple[float, float, int]) -> tuple[Colleague, ...]:
    """Return a team without breaks, from so many people per shift."""
    return _team(*(((begins, ends),) for begins, ends, people in shifts for _ in range(people)))


def _hours(opens: str, closes: str) -> Hours:
    return Hours.weekly(dict.fromkeys(WEEKDAYS, ((opens, closes),)), zone=_ZONE)


def _chat(share: float = 1.0) -> Way:
    policy = Policy(first_answer_seconds=_SECONDS, next_answer_seconds=_SECONDS)
    return Way(key="chat", kind="chat", name="Chat", share=share, policy=policy, answers_at="start")


def _mail(share: float, handle_minutes: float) -> Way:
    policy = Policy(first_answer_seconds=_SECONDS, next_answer_seconds=_SECONDS)
    return Way(
        key="mail",
        kind="mail",
        name="Mail",
        share=share,
        policy=policy,
        address="help@simulated.test",
        handle_minutes=handle_minutes,
    )


PROMISE_RETAIL = Scenario(
    name="promise_retail",
    words="The retail day that promises are measured on: a peak at 20:30, nobody at night.",
    zone=_ZONE,
    starts=date(2026, 3, 2),
    a_day=940.0,
    hours=_hours("08:00", "23:00"),
    ways=(_chat(),),
    team=_seats((8, 16, 8), (10, 18, 5), (14, 22, 9), (17, 22, 8), (21, 23, 4)),
    demand=RETAIL_DAY,
    temper=Temper(letters=0.0),
    day_spread=0.08,
    manners=Manners(),
)

_BUSY = replace(
    PROMISE_RETAIL,
    name="promise_busy",
    words="People just enough: 88 % of their time is spent with customers, seven in ten wait, breaks are felt.",
    hours=_hours("07:00", "23:00"),
    team=_team(*with_break(7, 15, 8, 11), *with_break(9, 17, 2, 13), *with_break(15, 23, 9, 16), *(((19, 23),),) * 2),
    demand=EVENING_PEAK,
)

PROMISE_WORLDS: tuple[Scenario, ...] = (
    PROMISE_RETAIL,
    _BUSY,
    replace(
        _BUSY,
        name="promise_two_peaks",
        words="A shop with a peak in the morning and one in the evening, and promises that have to be computed.",
        a_day=660.0,
        team=_team(*with_break(7, 15, 6, 12), *(((9, 13),),) * 3, *with_break(15, 23, 6, 17), *(((19, 23),),) * 4),
        demand=TWO_PEAKS,
    ),
    replace(
        _BUSY,
        name="promise_always",
        words="A desk that is there around the clock, with few at night, and promises that have to be computed.",
        a_day=720.0,
        hours=Hours.always(_ZONE),
        team=_team(*(((0, 8),),) * 3, *with_break(8, 16, 8, 12), *with_break(16, 24, 8, 18)),
        demand=AROUND_THE_CLOCK,
    ),
    replace(
        _BUSY,
        name="promise_tiny",
        words="Two people and thirty enquiries a day: hardly anything to learn from.",
        a_day=30.0,
        hours=_hours("09:00", "20:00"),
        team=_team(((9, 13), (13.5, 17)), ((12, 16), (16.5, 20)), handle_minutes=12.0),
    ),
    replace(
        PROMISE_RETAIL,
        name="promise_outage",
        words="The retail day, but every tenth day something breaks and for a while five times as many write.",
        surges=(Surge(starts=13.0, lasts=1.5, times=5.0, every_days=10),),
    ),
    replace(
        _BUSY,
        name="promise_shared",
        words="Chat and mail answered by the same people, two chats at a time.",
        a_day=900.0,
        ways=(_chat(0.6), _mail(0.4, 6.0)),
        manners=Manners(chats_at_once=2),
        team=_team(*with_break(7, 15, 6, 11), *with_break(9, 17, 2, 13), *with_break(15, 23, 7, 16), ((19, 23),)),
    ),
    replace(
        _BUSY,
        name="promise_patience",
        words="The busy day with customers who go when a promise is too long, or when their patience ends.",
        patience=Patience(minutes=30.0, accepts_minutes=90.0),
    ),
)
