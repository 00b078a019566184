"""What goes wrong on the way: the wire, the store that crashes around a commit, the clock that jumps.

The rule: a fault may delay, repeat or interrupt, as the world does; it never changes what somebody said, and it never
reaches into the engine.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from waada.ports import VersionTaken
from waada.sim.scenario import DAY, HOUR, Faults


class Crashed(Exception):
    """The node died here: its memory is gone, the store is as it was."""


@dataclass(slots=True)
class Fragility:
    """Around every commit: the node may die just before or just after it, or another node may be a moment faster."""

    faults: Faults
    rng: Random
    crash_next: bool = False
    crashes: int = 0
    races: int = 0
    _after: bool = False

    def before(self) -> None:
        """Die, lose a race, or plan to die after the commit."""
        if self.faults.races and self.rng.random() < self.faults.races:
            self.races += 1
            raise VersionTaken
        if self.crash_next:
            self.crash_next = False
            self.crashes += 1
            if self.rng.random() < 0.5:
                raise Crashed
            self._after = True

    def after(self) -> None:
        """Die, now that it is written."""
        if self._after:
            self._after = False
            raise Crashed


@dataclass(slots=True)
class Wire:
    """How long a message takes, whether it arrives twice, and whether it comes back."""

    faults: Faults
    rng: Random
    doubled: int = 0
    bounced: int = 0

    def arrivals(self) -> tuple[float, ...]:
        """Return after how many seconds a message arrives, once for every copy."""
        faults = self.faults
        first = self.rng.expovariate(1 / faults.delay_seconds) if faults.delay_seconds else 0.0
        if not faults.doubled or self.rng.random() >= faults.doubled:
            return (first,)
        self.doubled += 1
        return first, self.rng.expovariate(1 / (10 * faults.delay_seconds + 1))

    def bounces(self) -> bool:
        """Return whether a mail comes back."""
        if not self.faults.bounced or self.rng.random() >= self.faults.bounced:
            return False
        self.bounced += 1
        return True


@dataclass(slots=True)
class Troubles:
    """What is planned to go wrong on one day, and what the auditor must know to tell an excuse from a silence."""

    faults: Faults
    rng: Random
    jumps: int = 0
    excuses: list[tuple[datetime, datetime]] = field(default_factory=list)
    mail_down: list[tuple[datetime, datetime]] = field(default_factory=list)

    def plan(self, day: int, midnight: datetime) -> list[tuple[datetime, str, float]]:
        """Return the faults of a day as (when, what, seconds)."""
        faults, found = self.faults, []
        for what, rate, size in (
            ("crash", faults.crashes_a_day, faults.down_seconds),
            ("jump", faults.jumps_a_day, faults.jump_seconds),
        ):
            for _ in range(_count(self.rng, rate)):
                at = midnight + timedelta(seconds=self.rng.random() * DAY)
                sign = 1 if what == "crash" or self.rng.random() < 0.5 else -1
                found.append((at, what, sign * self.rng.expovariate(1 / size) if size else 0.0))
        found += [
            (midnight + timedelta(seconds=outage.starts * HOUR), "down", outage.lasts * HOUR)
            for outage in faults.node_outages
            if day % outage.every_days == 0
        ]
        for outage in faults.mail_outages:
            if day % outage.every_days == 0:
                start = midnight + timedelta(seconds=outage.starts * HOUR)
                self.mail_down.append((start, start + timedelta(seconds=outage.lasts * HOUR)))
        return found

    def mail_answers(self, now: datetime) -> bool:
        """Return whether the mail server of the customers can be reached."""
        return not any(start <= now < end for start, end in self.mail_down)


def _count(rng: Random, rate: float) -> int:
    whole = int(rate)
    return whole + (rng.random() < rate - whole)
