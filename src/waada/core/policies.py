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


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """How soon the first and each next answer is promised, counted in opening hours or around the clock."""

    first_answer_seconds: int
    next_answer_seconds: int
    clock: Literal["opening", "always"] = "opening"

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
