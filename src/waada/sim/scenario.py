"""What a simulated business is like: brand, team, customers, and what goes wrong. Plain facts, no behaviour."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from waada.core.hours import Hours
from waada.core.people import Canned, Role
from waada.core.policies import Policy

MINUTE = 60.0
HOUR = 3600.0
DAY = 86_400.0

# Share of a day's enquiries by local hour: quiet nights, a midday hill, the classic peak from 20 to 21 and one in the
# morning.
EVENING_PEAK = (2, 5, 1, 1, 1, 1, 2, 4, 8, 11, 12, 12, 12, 12, 11, 10, 10, 11, 12, 14, 18, 14, 8, 4)
EVERY_DAY = (1.0,) * 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """A channel of the brand, and the share of the customers who choose it."""

    key: str
    kind: Literal["chat", "mail", "api"]
    name: str
    share: float
    policy: Policy
    address: str | None = None
    # Only with `Manners`: whether handling begins with the first words (a chat) or ends in the answer (a mail), and its
    # mean in minutes if it is another one than the colleague's.
    answers_at: Literal["start", "end"] = "end"
    handle_minutes: float | None = None
    # Its own arrivals for each hour of a week, Monday 0:00 first, in place of a share of the brand's (plain worlds).
    week: tuple[float, ...] = ()
    # Its own hours, and who of the team answers here (their places in it; nobody named means everybody).
    hours: Hours | None = None
    team: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Colleague:
    """Somebody on the team, at work in `shifts` (local hours) on `days` (Monday is 0); without any, only alerted."""

    name: str
    role: Role
    email: str
    shifts: tuple[tuple[float, float], ...] = ()
    days: tuple[int, ...] = (0, 1, 2, 3, 4)
    languages: tuple[str, ...] = ("en",)
    handle_minutes: float = 4.0
    # Shifts of Monday to Sunday where days differ, in place of `shifts` on `days`.
    week: tuple[tuple[tuple[float, float], ...], ...] = ()
    # How many chats they hold at once, where it is not as the team's manners have it.
    chats_at_once: int | None = None

    def shifts_on(self, weekday: int) -> tuple[tuple[float, float], ...]:
        """Return the shifts of a weekday (Monday is 0)."""
        if self.week:
            return self.week[weekday]
        return self.shifts if weekday in self.days else ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Temper:
    """How customers behave. Shares are of 1; patience is the median until they stir, in seconds."""

    chat_patience: float = 6 * MINUTE
    mail_patience: float = 6 * HOUR
    writes_again: float = 0.35
    comes_back: float = 0.04
    letters: float = 0.02


@dataclass(frozen=True, slots=True, kw_only=True)
class Outage:
    """A stretch of every `every_days`-th day, in local hours, in which something outside does not answer."""

    starts: float
    lasts: float
    every_days: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Faults:
    """What goes wrong, and how often. Zeros: nothing."""

    delay_seconds: float = 0.0
    doubled: float = 0.0
    bounced: float = 0.0
    crashes_a_day: float = 0.0
    down_seconds: float = 20.0
    jumps_a_day: float = 0.0
    jump_seconds: float = 120.0
    timers_late_seconds: float = 0.0
    stale_timers: float = 0.0
    races: float = 0.0
    mail_outages: tuple[Outage, ...] = ()
    node_outages: tuple[Outage, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Surge:
    """A stretch of every `every_days`-th day, in local hours, in which `times` as many people write as usual."""

    starts: float
    lasts: float
    times: float
    every_days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Manners:
    """How a team works where only waits matter: take what is first, handle it, close it, take the next.

    Handling times are lognormal with the squared coefficient of variation `squared_cv`. Whoever is free looks up within
    `lag_seconds`; each further chat at once makes a chat longer by `slowdown` of its time. `absence` is the share of
    shifts to which nobody comes although it is planned; whoever comes or goes is up to `late_seconds` late. `brief`
    ends a conversation with its answer, so that only waits are recorded; whoever answered stays busy all the same.
    """

    squared_cv: float = 1.3
    lag_seconds: float = 0.0
    late_seconds: float = 60.0
    absence: float = 0.05
    chats_at_once: int = 1
    slowdown: float = 0.3
    brief: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How customers react to what they are promised (with `Manners` only).

    A promise further away than they accept (lognormal around the median `accepts_minutes`) makes them go at once. Their
    own patience P is exponential with mean `minutes`; promised D, they wait P + `trust` * max(0, D - P): with trust 0
    the promise means nothing to them, with trust 1 nobody leaves before it is due. A new promise is taken the same way.
    """

    minutes: float
    accepts_minutes: float
    trust: float = 0.8


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """A business to simulate. `starts` is a local date; `weekdays` scales the demand of Monday to Sunday.

    With a `day_spread` (the coefficient of variation of a gamma factor per day) arrivals are a Poisson stream; without,
    so many a day (see `demand.py`). `manners` makes it a plain world, in which nothing happens but waiting: one message
    each, answered once; None is everyday life.
    """

    name: str
    words: str
    zone: str
    starts: date
    a_day: float
    hours: Hours
    ways: tuple[Way, ...]
    team: tuple[Colleague, ...]
    demand: tuple[float, ...] = EVENING_PEAK
    weekdays: tuple[float, ...] = EVERY_DAY
    languages: tuple[tuple[str, float], ...] = (("en", 1.0),)
    temper: Temper = field(default_factory=Temper)
    faults: Faults = field(default_factory=Faults)
    brand: str = "Simulated shop"
    slug: str = "simulated"
    demo: bool = False
    canned: tuple[Canned, ...] = ()
    name_mark: str = ""
    day_spread: float = 0.0
    surges: tuple[Surge, ...] = ()
    manners: Manners | None = None
    patience: Patience | None = None
