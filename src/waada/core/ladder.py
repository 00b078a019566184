"""Who is next when a promise nears its end: assignee, team, all on duty, lead, owner. Always ends at a person (N10)."""

from __future__ import annotations

from typing import Literal, assert_never

from waada.core.ids import ConversationId, PersonId
from waada.core.people import Brand, Channel, Person

# Experts stand between "on_duty" and "lead" once there are some.
Rung = Literal["assignee", "team", "on_duty", "lead", "owner"]
RUNGS: tuple[Rung, ...] = ("assignee", "team", "on_duty", "lead", "owner")

# Warnings come when half, a quarter, ... of the slack is left; one look later the customer is told a new time.
STEPS = len(RUNGS)


def rung_people(brand: Brand, channel: Channel | None, rung: Rung, assignee: PersonId | None) -> tuple[PersonId, ...]:
    """Return who stands on one rung now; may be empty."""
    match rung:
        case "assignee":
            chosen = [each for each in brand.on_duty() if each.id == assignee] if assignee is not None else []
        case "team":
            chosen = [each for each in brand.on_duty() if _in_team(each, channel)]
        case "on_duty":
            chosen = list(brand.on_duty())
        case "lead" | "owner":
            chosen = [each for each in brand.present() if each.role == rung]
        case _:
            assert_never(rung)
    return tuple([each.id for each in chosen])


def warned(
    brand: Brand, channel: Channel | None, step: int, assignee: PersonId | None
) -> tuple[Rung, tuple[PersonId, ...]]:
    """Return the rung and the people to warn at a step (1..5): the next rung that has somebody.

    A brand always keeps an owner, so the last rung is never empty: an alert to nobody cannot happen.
    """
    for rung in RUNGS[step - 1 :]:
        people = rung_people(brand, channel, rung, assignee)
        if people:
            return rung, people
    message = f"brand {brand.slug} has no owner"
    raise AssertionError(message)


def responsible(
    brand: Brand, channel: Channel | None, assignee: PersonId | None, conversation: ConversationId
) -> PersonId:
    """Return the one person who must see that the promise is kept: the first rung with somebody, in turn within it."""
    for rung in RUNGS:
        people = rung_people(brand, channel, rung, assignee)
        if people:
            return people[_turn(conversation) % len(people)]
    message = f"brand {brand.slug} has no owner"
    raise AssertionError(message)


def _in_team(person: Person, channel: Channel | None) -> bool:
    return channel is None or not channel.team or person.id in channel.team


def _turn(conversation: ConversationId) -> int:
    # The random middle of the id spreads conversations evenly; the last two digits are the same for all (see ids.py).
    return int(conversation[-8:-2], 16)
