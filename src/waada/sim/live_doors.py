"""The doors through which simulated customers come in, as small protocols: a form, a chat window, a mailbox.

A customer gets a `Line` from a `Door` and neither knows nor cares what it is made of. What goes wrong on the way is
`DoorClosed`: counted, shown, and tried again where that makes sense; it never ends the evening.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Literal, Protocol, TypeVar

from waada.sim.live_pace import Pace
from waada.trouble import Trouble

T = TypeVar("T")
Way = Literal["form", "chat", "mail"]
Act = Literal["ignored", "release", "person", "mail"]
Why = Literal["away", "limited", "refused", "declined", "broken", "cut"]

# How long to wait before knocking again, in real seconds: a server that restarts is back within that.
AGAIN_AFTER_SECONDS = (2.0, 5.0, 10.0)


class DoorClosed(Trouble):
    """A customer could not get through. `why` tells whether knocking again makes sense: not when it was refused.

    `declined` is no trouble: the door is open, but not for this now (a second "I feel ignored" within the hour).
    """

    def __init__(self, why: Why, words: str) -> None:
        super().__init__(words)
        self.why = why


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """Who comes in. `away` has an out-of-office reply switched on; `photo` sends a picture along."""

    name: str
    email: str
    language: str
    zone: str
    subject: str
    away: bool = False
    photo: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What reached the customer: a person's answer, a word about the promise, or the end. `message` is its id."""

    what: Literal["answer", "told", "closed"]
    message: str
    text: str


class Line(Protocol):
    """One customer's connection. The first `write` opens the conversation."""

    async def write(self, text: str) -> None:
        """Send words."""
        ...

    async def hear(self) -> Heard:
        """Wait for the next thing said to the customer. Safe to cancel: nothing gets lost."""
        ...

    async def see(self, heard: Heard) -> None:
        """Let the desk know that it was on screen, where the way in can do that."""
        ...

    async def typing(self, *, on: bool) -> None:
        """Let the desk know that the customer types, where the way in can do that."""
        ...

    async def act(self, act: Act) -> bool:
        """Press a button; return False where there is none, so that the customer says it in words."""
        ...

    async def leave(self) -> None:
        """Close the window."""
        ...


class Door(Protocol):
    """A way in."""

    async def open(self, visitor: Visitor) -> Line:
        """Let a customer in."""
        ...


@dataclass(slots=True)
class Tally:
    """What has happened so far this evening."""

    arrived: int = 0
    written: int = 0
    answered: int = 0
    waiting: int = 0
    thanked: int = 0
    felt_ignored: int = 0
    gave_up: int = 0
    by_colleagues: int = 0
    troubles: Counter[str] = field(default_factory=Counter)
    last_trouble: str | None = None

    def trouble(self, kind: str, words: str) -> None:
        """Count trouble, and keep its words to be shown."""
        self.troubles[kind] += 1
        self.last_trouble = words


async def insist(attempt: Callable[[], Awaitable[T]], pace: Pace, tally: Tally) -> T:
    """Knock until let in, refused, or tired of it. Every failure is counted; the last one is raised."""
    for again_after in (*AGAIN_AFTER_SECONDS, None):
        try:
            return await attempt()
        except DoorClosed as closed:
            if closed.why == "declined":
                raise
            tally.trouble(closed.why, str(closed))
            if closed.why == "refused" or again_after is None:
                raise
        await pace.pause(0.0, at_least=again_after)
    raise AssertionError("the last attempt returns or raises")
