"""How many more people would keep a promise, and when: a first guess from Erlang's formula, for the simulator to try.

People are missing where answers are *due*, which is not where customers write: a weekend's mail is missed on Monday at
nine. Hours become shifts that somebody could work, the same on as many days as possible.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from math import ceil, exp

from waada.core.intervals import minutes_of
from waada.proving import Seats
from waada.science.demand import hour_of_week
from waada.science.waits import effective_people
from waada.sim.gate_scene import ABSENCE, HOURS, Scene, Week, week_of
from waada.sim.gate_verdict import clock, runs
from waada.sim.gate_world import Waits, instant

# Shifts are made of blocks of so many hours, at most two: finer ones nobody could staff, or read.
BLOCK = 4
BLOCKS = 24 // BLOCK
SHIFT_BLOCKS = 2
SATURDAY = 5
SLOWDOWN = 0.3  # as in science/presence.py
# Beyond this, more people are no least change: nobody hires thirty to answer within a quarter of an hour on Mondays.
PEOPLE_MAX = 20
TIMES_MAX = 4
MARGIN = 0.02  # aimed above the chance, because demand differs between days


@dataclass(slots=True)
class Due:
    """By the hour of the week in which answers are due, a week: how many, how many late, how many came while closed."""

    all: list[float]
    late: list[float]
    burst: list[float]


def due_hours(scene: Scene, waits: Waits, weeks: float) -> Due:
    """Count the answers of a simulation by when they were due."""
    found = Due([0.0] * HOURS, [0.0] * HOURS, [0.0] * HOURS)
    policy, zone, each = scene.way.policy, scene.scenario.zone, 1.0 / weeks
    for at, kept in zip(waits.at, waits.kept, strict=True):
        wrote = instant(at)
        due = policy.due_at("first_answer", scene.hours, wrote)
        hour = hour_of_week(due, zone)
        found.all[hour] += each
        found.late[hour] += 0.0 if kept else each
        if due - wrote > timedelta(seconds=policy.first_answer_seconds + 60):
            found.burst[hour] += each
    return found


def needed_more(scene: Scene, due: Due) -> list[int]:
    """Return for each hour of the week how many more people are needed where answers are late."""
    way, target = scene.way, scene.way.policy.first_answer_seconds / 60.0
    handle = way.handle_minutes or 1.0
    more = [0] * HOURS
    for hour in range(HOURS):
        if due.late[hour] <= due.all[hour] * (1.0 - way.policy.chance) or due.late[hour] < 1e-9:
            continue
        steady = people_for(due.all[hour] - due.burst[hour], handle, target, min(0.995, way.policy.chance + MARGIN))
        burst = ceil(due.burst[hour] * handle / max(target, handle))
        there = planned(scene, hour)
        more[hour] = max(1, ceil(max(steady, burst) / (1.0 - ABSENCE) - there))
    return more


def raised(scene: Scene, more: list[int], due: Due) -> list[int]:
    """Return more again, where answers are still late: a quarter, at least one."""
    chance = scene.way.policy.chance
    late = [due.late[hour] > due.all[hour] * (1.0 - chance) for hour in range(HOURS)]
    return [each + max(1, each // 4) if late[hour] else each for hour, each in enumerate(more)]


def people_for(an_hour: float, handle_minutes: float, target_minutes: float, chance: float) -> int:
    """Return the least people with whom that share is answered within the target: Erlang C, science.md section 3."""
    load = an_hour * handle_minutes / 60.0
    if load <= 0.0:
        return 0
    blocked, people = 1.0, 0
    while True:
        people += 1
        blocked = load * blocked / (people + load * blocked)
        if people > load:
            waits = blocked / (1.0 - load / people * (1.0 - blocked))
            if 1.0 - waits * exp(-(people - load) * target_minutes / handle_minutes) >= chance:
                return people


def planned(scene: Scene, hour: int) -> float:
    """Return how many are planned in an hour of the week, several chats at once counted for what they do."""
    way, day, begins = scene.way, hour // 24, hour % 24
    there = 0.0
    for number, colleague in enumerate(scene.scenario.team):
        if way.team and number not in way.team:
            continue
        share = sum(max(0.0, min(ends, begins + 1) - max(opens, begins)) for opens, ends in colleague.shifts_on(day))
        slots = (colleague.chats_at_once or 1) if way.kind == "chat" else 1
        there += share * effective_people(1.0, slots, SLOWDOWN)
    return there


def too_many(scene: Scene, more: list[int]) -> bool:
    """Return whether so many more are no answer."""
    most = max(max((planned(scene, hour) for hour in range(HOURS)), default=0.0) * TIMES_MAX, PEOPLE_MAX)
    return max(more) > most


def seats_of(scene: Scene, more: list[int]) -> tuple[Seats, ...]:
    """Return hours as shifts: of half or whole days, the same on days that need the same, and as few as cover them."""
    by_shift: dict[tuple[int, int, int], list[int]] = {}
    for days in _alike(more):
        wanted = [max(more[day * 24 + hour] for day in days for hour in _hours(block)) for block in range(BLOCKS)]
        counts: dict[tuple[int, int], int] = {}
        while max(wanted) > 0:
            for first, last in _shifts([block for block in range(BLOCKS) if wanted[block] > 0]):
                counts[first, last] = counts.get((first, last), 0) + 1
                for block in range(first, last):
                    wanted[block] -= 1
        for (first, last), number in counts.items():
            by_shift.setdefault((first * BLOCK, last * BLOCK, number), []).extend(days)
    found = [
        Seats(days=tuple(sorted(days)), begins=clock(begins), ends=clock(ends), people=number)
        for (start, end, number), days in sorted(by_shift.items())
        for begins, ends in [_while_open(scene, days, start, end)]
        if begins < ends
    ]
    return tuple(found)


def _hours(block: int) -> range:
    return range(block * BLOCK, (block + 1) * BLOCK)


def _alike(more: list[int]) -> list[list[int]]:
    """Return the days that need anybody, those together whose blocks need about the same."""
    groups: list[list[int]] = []
    for day in range(7):
        if not any(more[day * 24 : day * 24 + 24]):
            continue
        for group in groups:
            if (group[0] < SATURDAY) == (day < SATURDAY) and _difference(more, group[0], day) <= 1:
                group.append(day)
                break
        else:
            groups.append([day])
    return groups


def _difference(more: list[int], one: int, other: int) -> int:
    return max(
        abs(
            max(more[one * 24 + hour] for hour in _hours(block))
            - max(more[other * 24 + hour] for hour in _hours(block))
        )
        for block in range(BLOCKS)
    )


def _shifts(blocks: list[int]) -> list[tuple[int, int]]:
    """Return blocks of a day as shifts of one or two."""
    found: list[tuple[int, int]] = []
    for first, last in runs(blocks):
        found += [(begins, min(begins + SHIFT_BLOCKS, last)) for begins in range(first, last, SHIFT_BLOCKS)]
    return found


def _while_open(scene: Scene, days: list[int], begins: int, ends: int) -> tuple[float, float]:
    """Return a shift without the hours around it in which nothing counts."""
    if scene.way.policy.clock == "always":
        return begins, ends
    week = week_of(scene.hours, scene.scenario.zone, scene.scenario.starts)
    open_in = [stretch for day in days for stretch in week[day] if stretch[0] < ends and begins < stretch[1]]
    if not open_in:
        return begins, begins
    return max(begins, min(each[0] for each in open_in)), min(ends, max(each[1] for each in open_in))


def weeks_of_seats(seats: tuple[Seats, ...]) -> tuple[Week, ...]:
    """Return a week of shifts for each of these people."""
    weeks: list[Week] = []
    for each in seats:
        shift = (minutes_of(each.begins) / 60.0, minutes_of(each.ends) / 60.0)
        week = tuple((shift,) if day in each.days else () for day in range(7))
        weeks += [week] * each.people
    return tuple(weeks)
