"""What a brand wants promised on a channel. Changing it changes no promise already made (X2)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from waada.core.hours import Hours

PromiseKind = Literal["first_answer", "next_answer", "follow_up"]

# A policy may promise from ten seconds (a chat) to thirty days (a complaint that needs an inquiry).
SECONDS_MIN = 10
SECONDS_MAX = 30 * 24 * 3600


# How a promised time is said: the instant itself, "within 2 hours", or "between 14:00 and 14:30".
Wording = Literal["exact", "within", "window"]
Instead = Literal["mail", "phone"]

# A brand may want to keep its word with a chance between these. Below, it is no promise; above, nobody can know it.
CHANCE_MIN = 0.5
CHANCE_MAX = 0.99


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What a brand wants promised: a target, counted in opening hours or around the clock, and how sure it wants to be.

    The target is promised where it is kept with `chance`; else the time that is. Where even that lies further away
    than `ceiling_seconds` (on the same clock), an answer another way is offered `instead`. `computed` False is the
    rule of thumb: the target, whoever is there. `overridden` is the reason an owner gave for publishing it although
    the team can't keep it.
    """

    first_answer_seconds: int
    next_answer_seconds: int
    clock: Literal["opening", "always"] = "opening"
    chance: float = 0.95
    ceiling_seconds: int | None = None
    instead: Instead = "mail"
    wording: Wording = "exact"
    computed: bool = True
    overridden: str | None = None

    def seconds(self, kind: PromiseKind) -> int:
        """Return the promised number of seconds for a kind of promise."""
        return self.first_answer_seconds if kind == "first_answer" else self.next_answer_seconds

    def due_at(self, kind: PromiseKind, hours: Hours, now: datetime, times: int = 1) -> datetime:
        """Return when a promise made now is due: now + the promised seconds, `times` over, on the policy's clock."""
        amount = timedelta(seconds=self.seconds(kind) * times)
        return now + amount if self.clock == "always" else hours.add(now, amount)

    def basis(self, kind: PromiseKind) -> str:
        """Return what the promise rests on, for its record."""
        return f"policy:{self.seconds(kind)}s:{self.clock}"
