"""What is asked before a promise is published, and what is answered: whether this team can keep it (X3).

A question is a brand with a channel as it would be; the answer is a check that goes on for a while: a verdict with its
picture of the week, then the least changes that would make it hold. Whoever asks need not know who works it out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

from waada.core.hours import Hours
from waada.core.ids import BrandId
from waada.core.people import Brand, Channel
from waada.core.policies import Policy

Change = Literal["people", "longer", "opening"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Could this channel keep its policy? `a_day` is how many write on it a day, where the brand can't know yet."""

    brand: Brand
    channel: Channel
    a_day: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Breaking:
    """Hours in which too many are not answered in time: weekdays (Monday is 0), from and to on the brand's clock."""

    days: tuple[int, ...]
    begins: str
    ends: str
    keep_rate: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A policy against the demand of a week. `keep_rate` is of all who write, `low` to `high` its 95 % interval.

    `by_hour` and `arrivals` have the 168 hours of a week, Monday 0:00 first, by when people write (None where nobody
    does). `conversations` were simulated, over `weeks`; `learned` is false where the demand is a usual profile.
    """

    holds: bool
    keep_rate: float
    low: float
    high: float
    chance: float
    conversations: int
    weeks: int
    learned: bool
    by_hour: tuple[float | None, ...]
    arrivals: tuple[float, ...]
    breaking: tuple[Breaking, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Seats:
    """So many more people, from and to on these weekdays (Monday is 0)."""

    days: tuple[int, ...]
    begins: str
    ends: str
    people: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """A change that would make it hold, with the rate it was simulated at; `policy` and `hours` are the channel's then.

    "people" asks for `seats`; "longer" for a longer target; "opening" counts it while somebody is there, in `hours`.
    """

    change: Change
    keep_rate: float
    low: float
    high: float
    policy: Policy
    hours: Hours | None
    seats: tuple[Seats, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """How far it is answered: `progress` 0 to 1 towards the verdict; `done` once suggestions are there, too."""

    id: str
    progress: float = 0.0
    done: bool = False
    picture: Picture | None = None
    suggestions: tuple[Suggestion, ...] = ()
    took_seconds: float | None = None
    trouble: str | None = None


class Gate(Protocol):
    """Whoever works it out."""

    def ask(self, question: Question) -> Check:
        """Begin to work it out, or return how far it is; the same question is not worked out twice within an hour."""
        ...

    def check(self, brand_id: BrandId, check_id: str) -> Check | None:
        """Return how far a check of that brand is, or None once nobody remembers it."""
        ...

    async def verdict(self, question: Question) -> Check:
        """Ask, and wait until there is a verdict (or trouble), and a moment longer for suggestions where it fails."""
        ...
