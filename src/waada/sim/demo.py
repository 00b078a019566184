"""A simulated past week for the demo brand, so that every screen has something true to show on the first start.

`demo_week(now)` gives the commits of seven days that end at `now`, in order, ready to be appended to any store, and
what was learned from them. What they had to send has been carried out in the simulation; only what still waits at
`now` is left to do.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from waada.core import commands as c
from waada.core.conversation import Conversation
from waada.core.effects import Effect
from waada.core.events import LetterReceived
from waada.core.hours import Hours
from waada.core.ids import by_person
from waada.core.people import Canned
from waada.core.policies import Policy
from waada.ports import Commit
from waada.science.learning import Learned
from waada.sim.evening_texts import MARK
from waada.sim.scenario import HOUR, MINUTE, Colleague, Faults, Scenario, Temper, Way
from waada.sim.world import World

SLUG = "demo"
ZONE = "Europe/London"
DAYS = 7
A_DAY = 60.0
SEED = 11
LAST_ENQUIRIES = 16
_LAST_HOUR = timedelta(minutes=50)

_DAY_SHIFT = ((9.0, 12.5), (13.25, 18.0))
_LATE_SHIFT = ((12.0, 15.0), (15.5, 20.0))

# The first is the owner. Everybody's name and address say that they are made up.
TEAM = (
    Colleague(name="Olga Owner (demo)", role="owner", email="owner@demo.test", languages=("en",)),
    Colleague(
        name="Leyla Lead (demo)",
        role="lead",
        email="lead@demo.test",
        shifts=_DAY_SHIFT,
        days=(0, 1, 2, 3, 4),
        languages=("en", "kk", "ar"),
        handle_minutes=3.5,
    ),
    Colleague(
        name="Arun Agent (demo)",
        role="agent",
        email="agent@demo.test",
        shifts=_DAY_SHIFT,
        days=(0, 1, 2, 3, 4, 5),
        languages=("en", "hi"),
        handle_minutes=3.0,
    ),
    Colleague(
        name="Cerys Agent (demo)",
        role="agent",
        email="agent2@demo.test",
        shifts=_LATE_SHIFT,
        days=(0, 1, 2, 3, 4, 5),
        languages=("en", "cy"),
        handle_minutes=3.5,
    ),
)

_LOOKING = (
    ("kk", "Қарап жатырмын", "Сәлеметсіз бе, {customer}! Қазір қарап жатырмын. {promise}"),
    ("cy", "Rwy'n edrych ar hyn", "Helo {customer}, rwy'n edrych ar hyn nawr. {promise}"),
    ("hi", "मैं देख रहा हूँ", "नमस्ते {customer}, मैं इसे अभी देख रहा हूँ। {promise}"),
    ("ar", "أنظر في الأمر", "مرحبًا {customer}، أنظر في الأمر الآن. {promise}"),
)
CANNED = (
    Canned(key="look", title="I am looking into it", text="Hello {customer}, I am looking into it now. {promise}"),
    Canned(key="sorry", title="An honest apology", text="Hello {customer}, that should not have happened. I am sorry."),
    Canned(key="bye", title="Glad it works", text="Glad it works, {customer}. {agent}, {brand}"),
    *(Canned(key=f"look-{tongue}", title=title, text=text, language=tongue) for tongue, title, text in _LOOKING),
)

_WAYS = (
    Way(
        key="chat",
        kind="chat",
        name="Chat",
        share=0.5,
        policy=Policy(first_answer_seconds=120, next_answer_seconds=300),
    ),
    Way(
        key="mail",
        kind="mail",
        name="Mail",
        share=0.5,
        policy=Policy(first_answer_seconds=900, next_answer_seconds=7200),
        address="help@demo.test",
    ),
)


def scenario(now: datetime) -> Scenario:
    """Return the demo business, starting a week before the day of `now`."""
    week = {
        **dict.fromkeys(
            ("monday", "tuesday", "wednesday", "thursday", "friday"), (("09:00", "12:30"), ("13:15", "20:00"))
        ),
        "saturday": (("10:00", "13:00"), ("13:45", "17:00")),
    }
    return Scenario(
        name="demo_week",
        words="A week of the demo brand.",
        zone=ZONE,
        starts=now.astimezone(ZoneInfo(ZONE)).date() - timedelta(days=DAYS),
        a_day=A_DAY,
        hours=Hours.weekly(week, zone=ZONE),
        ways=_WAYS,
        team=TEAM,
        weekdays=(1.2, 1.0, 1.0, 1.0, 1.1, 0.9, 0.8),
        languages=(("en", 0.52), ("kk", 0.14), ("cy", 0.1), ("hi", 0.12), ("ar", 0.12)),
        temper=Temper(chat_patience=5 * MINUTE, mail_patience=5 * HOUR, writes_again=0.4, letters=0.05),
        faults=Faults(delay_seconds=2.0, bounced=0.02),
        brand="Demo: Steppe & Sea Outfitters (simulated)",
        slug=SLUG,
        demo=True,
        canned=CANNED,
        name_mark=MARK,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """Everything that was written in a week, in the order of writing, and what its waits have taught."""

    commits: list[Commit]
    learned: Learned


def demo_week(now: datetime, seed: int = SEED) -> Week:
    """Return the week before `now` (aware UTC)."""
    commits: list[Commit] = []
    world = World(scenario(now), seed, watch=commits.append)
    world.run(now - _LAST_HOUR)
    _last_hour(world)
    world.run(now)
    waiting = world.store.waiting_keys()
    assert world.outlook is not None, "the demo computes its promises"
    return Week(
        commits=[replace(each, effects=_still_to_do(each, waiting)) for each in commits],
        learned=world.outlook.learned(world.brand_id),
    )


def _last_hour(world: World) -> None:
    """Whatever hour it is, whoever opens the desk finds something to do: more write, and the colleagues go early."""
    world.customers.expect(LAST_ENQUIRIES, _LAST_HOUR.total_seconds())
    world.later(27 * MINUTE, world.staff.send_home)
    world.later(33 * MINUTE, _put_aside, world)
    world.later(45 * MINUTE, _share_out, world)


def _owed(world: World) -> list[Conversation]:
    states = world.store.states.values()
    return [each for each in states if isinstance(each, Conversation) and each.promise is not None]


def _put_aside(world: World) -> None:
    """Some wait for the warehouse: a promise to come back, told to the customer."""
    by = by_person(world.people[1])
    for number, state in enumerate(_owed(world)[:3]):
        world.order(by, state.id, c.WriteNote(text="The warehouse answers after lunch.", person_id=world.people[1]))
        until = world.scenario.hours.add(world.clock.now(), timedelta(hours=2 + 3 * number))
        world.order(by, state.id, c.Snooze(until=until, reason="need_more_time"))


def _share_out(world: World) -> None:
    """Every third of what is open has somebody's name on it."""
    for number, state in enumerate(_owed(world)):
        if number % 3 == 0:
            person = world.people[1 + number // 3 % (len(world.people) - 1)]
            world.order(by_person(world.people[1]), state.id, c.Assign(person_id=person))


def letter_text(letter: LetterReceived) -> bytes:
    """Return the mail behind a letter of the demo, to be kept under the letter's `raw`."""
    lines = (
        f"From: {letter.sender or ''}",
        "To: help@demo.test",
        f"Subject: {letter.subject or ''}",
        f"Date: {letter.at:%a, %d %b %Y %H:%M:%S +0000}",
        f"Message-ID: <{letter.raw}@demo.test>",
        "Content-Type: text/plain; charset=utf-8",
        "",
        letter.preview,
        "",
        "This mail was made up for the demo.",
    )
    return "\r\n".join(lines).encode()


def _still_to_do(commit: Commit, waiting: dict[str, bool]) -> tuple[tuple[str, Effect], ...]:
    return tuple((key, effect) for key, effect in commit.effects if key in waiting)


__all__ = ["SLUG", "TEAM", "Week", "demo_week", "letter_text", "scenario"]
