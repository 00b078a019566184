"""The least changes that would make a promise hold: a longer target, opening hours that count, or more people.

Each is found by arithmetic on what was simulated and then simulated itself; only what held is suggested, with the rate
that it held at.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from waada.core.hours import Hours
from waada.core.intervals import WEEKDAYS
from waada.core.policies import SECONDS_MAX, Policy
from waada.proving import Change, Picture, Seats, Suggestion
from waada.sim import gate_people as people
from waada.sim.gate_runs import Runs
from waada.sim.gate_scene import Scene
from waada.sim.gate_verdict import clock, judged_by, on_clock, picture_of
from waada.sim.gate_world import Waits

MINUTE, HOUR, DAY = 60, 3600, 86_400
# Targets that people say.
TARGETS = (
    *(10, 15, 20, 30, 45, MINUTE, 90, 2 * MINUTE, 3 * MINUTE, 5 * MINUTE, 10 * MINUTE, 15 * MINUTE, 20 * MINUTE),
    *(30 * MINUTE, 45 * MINUTE, HOUR, 90 * MINUTE, 2 * HOUR, 3 * HOUR, 4 * HOUR, 6 * HOUR, 8 * HOUR, 12 * HOUR),
    *(
        16 * HOUR,
        DAY,
        36 * HOUR,
        2 * DAY,
        3 * DAY,
        4 * DAY,
        5 * DAY,
        7 * DAY,
        10 * DAY,
        14 * DAY,
        21 * DAY,
        SECONDS_MAX,
    ),
)
# What is suggested holds with this much to spare, so that it holds next week, too.
ROOM = 0.005
# So often a change that did not hold is made a step larger before it is given up.
STEPS_MAX = 4


def suggestions(runs: Runs, scene: Scene, policy: Policy, picture: Picture, waits: Waits) -> Iterator[Suggestion]:
    """Yield what would make it hold, simulated; nothing where nothing small does."""
    days = picture.weeks * 7
    hours = scene.way.hours
    own = scene.hours if policy.clock == "opening" else None
    longer = _longer(runs, scene, "longer", policy, hours, judged(waits, own), days)
    if longer is not None:
        yield longer
    there = staffed(scene)
    counted = replace(policy, clock="opening")
    if there is not None and (policy.clock == "always" or there.week != scene.hours.week):
        same = there.week == scene.scenario.hours.week and not scene.scenario.hours.always_open
        kept = None if same and hours is None else there
        opening = _longer(runs, scene, "opening", counted, kept, judged(waits, there), days)
        if opening is not None:
            yield opening
    more = _more_people(runs, scene, policy, waits, days)
    if more is not None:
        yield more


def judged(waits: Waits, hours: Hours | None) -> tuple[Waits, list[float]]:
    """Return the waits with their lengths on a clock."""
    return waits, on_clock(waits, hours)


def _longer(
    runs: Runs,
    scene: Scene,
    change: Change,
    policy: Policy,
    hours: Hours | None,
    measured: tuple[Waits, list[float]],
    days: int,
) -> Suggestion | None:
    """Return the shortest target from the present one on that holds on this clock."""
    shortest = min(policy.first_answer_seconds, policy.next_answer_seconds)
    steps = 0
    for seconds in (shortest, *(each for each in TARGETS if each > shortest)):
        longer = replace(
            policy,
            first_answer_seconds=max(policy.first_answer_seconds, seconds),
            next_answer_seconds=max(policy.next_answer_seconds, seconds),
        )
        tried = scene.with_way(longer, hours)
        waits = judged_by(*measured, longer)
        guess = picture_of(tried, waits, days)
        if steps == STEPS_MAX or not guess.holds or guess.low < guess.chance + ROOM:
            continue
        found, _ = runs.picture(tried)
        if found.holds:
            return _suggested(change, found, longer, hours)
        steps += 1
    return None


def staffed(scene: Scene) -> Hours | None:
    """Return the hours of a usual week in which anybody is planned for the channel; None if nobody ever is."""
    team = [each for number, each in enumerate(scene.scenario.team) if not scene.way.team or number in scene.way.team]
    week: dict[str, list[tuple[str, str]]] = {}
    for day, name in enumerate(WEEKDAYS):
        joined: list[tuple[float, float]] = []
        for begins, ends in sorted(shift for each in team for shift in each.shifts_on(day)):
            if joined and begins <= joined[-1][1]:
                joined[-1] = (joined[-1][0], max(ends, joined[-1][1]))
            else:
                joined.append((begins, ends))
        week[name] = [(clock(begins), clock(ends)) for begins, ends in joined]
    return Hours.weekly(week, zone=scene.scenario.zone) if any(week.values()) else None


def _more_people(runs: Runs, scene: Scene, policy: Policy, waits: Waits, days: int) -> Suggestion | None:
    """Return the people who are missing, as shifts: guessed, simulated, and a step more where that does not do."""
    due = people.due_hours(scene, waits, days / 7)
    more = people.needed_more(scene, due)
    for _ in range(STEPS_MAX):
        if not any(more) or people.too_many(scene, more):
            return None
        seats = people.seats_of(scene, more)
        tried = scene.with_people(people.weeks_of_seats(seats))
        found, then = runs.picture(tried)
        if found.holds:
            return _suggested("people", found, policy, scene.way.hours, seats)
        due = people.due_hours(tried, then, found.weeks)
        more = people.raised(tried, more, due)
    return None


def _suggested(
    change: Change, found: Picture, policy: Policy, hours: Hours | None, seats: tuple[Seats, ...] = ()
) -> Suggestion:
    return Suggestion(
        change=change,
        keep_rate=found.keep_rate,
        low=found.low,
        high=found.high,
        policy=replace(policy, overridden=None),
        hours=hours,
        seats=seats,
    )
