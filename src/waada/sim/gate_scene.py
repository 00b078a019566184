"""A brand as a plain world: its channels, rosters and demand, so that a policy can be tried before it is published.

Typical weeks: holidays and special days are left out, absence and the spread between days are in. Everybody the engine
counts on is there; what was never seen (demand, handling) is what is usual.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from waada.core.hours import Hours
from waada.core.people import Channel, Person
from waada.core.policies import Policy
from waada.proving import Question
from waada.science.learning import Learned
from waada.science.paces import FIRST_WORD_MINUTES
from waada.sim.scenario import EVENING_PEAK, MINUTE, Colleague, Manners, Scenario, Temper, Way

HOURS = 168
WEDNESDAY = 2  # checks begin in the middle of a week, so that a weekend's line is always seen to its end
# A new brand's channel, before anybody says how many write.
A_DAY = 20.0
# Whoever is free looks up within so many seconds where nobody was timed yet.
LOOKS_UP_SECONDS = 10.0
DAY_SPREAD = 0.08  # how much days differ beyond chance: science.md, section 4
ABSENCE = 0.05
Week = tuple[tuple[tuple[float, float], ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """What is simulated, and which of its channels the question is about."""

    scenario: Scenario
    key: str
    learned: bool

    @property
    def way(self) -> Way:
        """The channel in question."""
        return next(way for way in self.scenario.ways if way.key == self.key)

    @property
    def hours(self) -> Hours:
        """When that channel is open."""
        return self.way.hours or self.scenario.hours

    @property
    def a_week(self) -> float:
        """How many write on that channel in a week."""
        return sum(self.way.week)

    def with_way(self, policy: Policy, hours: Hours | None) -> Scene:
        """Return the same with another promise on that channel."""
        ways = tuple(
            replace(way, policy=_plain(policy), hours=hours) if way.key == self.key else way
            for way in self.scenario.ways
        )
        return replace(self, scenario=replace(self.scenario, ways=ways))

    def with_people(self, weeks: tuple[Week, ...]) -> Scene:
        """Return the same with more people on that channel, one for each of these weeks."""
        first, way = len(self.scenario.team), self.way
        more = tuple(_colleague(first + number, "agent", week, None) for number, week in enumerate(weeks))
        team = (*way.team, *range(first, first + len(more))) if way.team else ()
        ways = tuple(replace(each, team=team) if each.key == self.key else each for each in self.scenario.ways)
        return replace(self, scenario=replace(self.scenario, team=(*self.scenario.team, *more), ways=ways))


def scene_of(question: Question, learned: Learned, today: date) -> Scene:
    """Return the brand as it would be, from the next Wednesday on."""
    brand, asked = question.brand, question.channel
    starts = today + timedelta(days=(WEDNESDAY - today.weekday()) % 7)
    team = sorted(brand.present(), key=lambda each: each.role != "owner")
    known = learned.demand.weeks >= 1.0 and any(learned.demand.week(asked.key)) and question.a_day is None
    others = [each for each in brand.channels if each.live and each.policy is not None and each.key != asked.key]
    own = learned.handling.plain()["own"]
    looks_up = learned.handling.own(asked.key, asked.kind) * 2 * MINUTE if asked.key in own else LOOKS_UP_SECONDS
    scenario = Scenario(
        name="gate",
        words="A brand whose promise is tried before it is published.",
        zone=brand.zone,
        starts=starts,
        a_day=0.0,
        hours=_usual(brand.hours),
        ways=tuple(
            _way(channel, team, learned, question.a_day if channel is asked else None) for channel in (asked, *others)
        ),
        team=tuple(
            _colleague(number, each.role, week_of(_usual(brand.roster_of(each)), brand.zone, starts), each)
            for number, each in enumerate(team)
        ),
        temper=Temper(letters=0.0),
        day_spread=DAY_SPREAD,
        manners=Manners(lag_seconds=looks_up if asked.kind in FIRST_WORD_MINUTES else 0.0, absence=ABSENCE, brief=True),
    )
    return Scene(scenario=scenario, key=asked.key, learned=known)


def _way(channel: Channel, team: list[Person], learned: Learned, a_day: float | None) -> Way:
    assert channel.policy is not None, "only channels with a promise are tried"
    places = tuple(number for number, each in enumerate(team) if each.id in channel.team)
    return Way(
        key=channel.key,
        kind=channel.kind,
        name=channel.name or channel.key,
        share=1.0,
        policy=_plain(channel.policy),
        answers_at="start" if channel.kind in FIRST_WORD_MINUTES else "end",
        handle_minutes=learned.handling.handle(channel.key, channel.kind)[0],
        week=demand_of(learned, channel.key, a_day),
        hours=_usual(channel.hours) if channel.hours is not None else None,
        team=places if channel.team else (),
        address=f"{channel.key}@simulated.test" if channel.kind == "mail" else None,
    )


def demand_of(learned: Learned, key: str, a_day: float | None) -> tuple[float, ...]:
    """Return the expected arrivals of each hour of a week: what was seen, or a usual evening peak of so many a day."""
    week = learned.demand.week(key)
    if learned.demand.weeks >= 1.0 and any(week):
        seen = sum(week) / 7.0
        return week if a_day is None else tuple(rate * a_day / seen for rate in week)
    # Of a few days only their number is believed.
    a_day = a_day or (sum(week) / 7.0 if learned.demand.weeks * 7.0 >= 1.0 and any(week) else A_DAY)
    return tuple(a_day * EVENING_PEAK[hour % 24] / sum(EVENING_PEAK) for hour in range(HOURS))


def _plain(policy: Policy) -> Policy:
    """The target as it is, whoever is there: that is what is tried. Who writes again waits in the same line."""
    seconds = min(policy.first_answer_seconds, policy.next_answer_seconds)
    return replace(policy, first_answer_seconds=seconds, computed=False, overridden=None)


def _colleague(number: int, role: str, week: Week, person: Person | None) -> Colleague:
    return Colleague(
        name=f"Person {number}",
        role="owner" if role == "owner" else "lead" if role == "lead" else "agent",
        email=f"person{number}@simulated.test",
        week=week,
        chats_at_once=person.chats_at_once if person is not None else 1,
    )


def _usual(hours: Hours) -> Hours:
    """Hours without the days that are different."""
    return hours if hours.always_open else Hours(zone=hours.zone, week=hours.week)


def week_of(hours: Hours, zone: str, near: date) -> Week:
    """Return the open stretches of a usual week on the clock of `zone`, Monday to Sunday, in hours of the day."""
    monday = _steady_monday(zone, near)
    days: list[list[tuple[float, float]]] = [[] for _ in range(7)]
    for number in range(7):
        opens = _midnight(monday + timedelta(days=number), zone)
        for begins, ends in hours.pieces(opens, opens + timedelta(days=1)):
            days[number].append(((begins - opens) / timedelta(hours=1), (ends - opens) / timedelta(hours=1)))
    return tuple(tuple(day) for day in days)


def _steady_monday(zone: str, near: date) -> date:
    """Return the next Monday of a week in which no clock is changed."""
    monday = near + timedelta(days=7 - near.weekday())
    while (_midnight(monday + timedelta(days=7), zone) - _midnight(monday, zone)) != timedelta(days=7):
        monday += timedelta(days=7)
    return monday


def _midnight(day: date, zone: str) -> datetime:
    return datetime.combine(day, time(0), ZoneInfo(zone)).astimezone(UTC)
