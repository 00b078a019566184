"""How long answers take: the whole handling of a conversation, and the own part before the customer hears a word.

Per channel, with what is usual for its kind standing in until enough was seen. Means, because capacity is a sum; held
in by a cap, because one conversation left open over lunch must not double every promise.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

# Before anything was seen, in minutes by kind of channel: a whole conversation, and the first word in one.
HANDLE_MINUTES = {"chat": 6.0, "mail": 8.0, "api": 8.0}
HANDLE_MINUTES_ELSE = 8.0
FIRST_WORD_MINUTES = {"chat": 0.5}
# Nobody answers at once: three seconds to look up and write.
OWN_MINUTES_MIN = 0.05
# What is usual counts like so many observations; a day of a small desk outweighs it.
USUAL_COUNT = 8.0
# Later ones weigh more than those of so many conversations ago: people learn, products change.
MEMORY = 600.0
# The spread assumed at first (a lognormal handling time has about this coefficient of variation).
SPREAD = 1.1
# What is more than so many times the mean is counted as that: a conversation that somebody forgot to close.
CAP = 8.0


@dataclass(slots=True)
class Pace:
    """A mean with its weight; minutes."""

    mean: float
    weight: float = USUAL_COUNT

    def saw(self, minutes: float) -> None:
        """Count one more."""
        self.weight = min(self.weight + 1.0, MEMORY)
        self.mean += (min(minutes, CAP * self.mean) - self.mean) / self.weight


class Paces:
    """The paces of a brand's channels."""

    def __init__(self) -> None:
        """Know what is usual."""
        self._handle: dict[str, Pace] = {}
        self._own: dict[str, Pace] = {}

    def handle(self, channel: str, kind: str) -> tuple[float, float]:
        """Return the mean minutes of a conversation, and their relative standard error."""
        pace = self._handle.get(channel)
        if pace is None:
            return HANDLE_MINUTES.get(kind, HANDLE_MINUTES_ELSE), SPREAD / math.sqrt(USUAL_COUNT)
        return pace.mean, SPREAD / math.sqrt(pace.weight)

    def own(self, channel: str, kind: str) -> float:
        """Return the mean minutes from somebody's turn to the answer: a word in a chat, all of it in a mail."""
        usual = FIRST_WORD_MINUTES.get(kind)
        if usual is None:
            return self.handle(channel, kind)[0]
        pace = self._own.get(channel)
        return usual if pace is None else max(pace.mean, OWN_MINUTES_MIN)

    def handled(self, channel: str, kind: str, minutes: float) -> None:
        """A conversation took a person so long."""
        usual = HANDLE_MINUTES.get(kind, HANDLE_MINUTES_ELSE)
        self._handle.setdefault(channel, Pace(usual)).saw(minutes)

    def answered(self, channel: str, kind: str, minutes: float) -> None:
        """The first word took so long from somebody's turn on."""
        self._own.setdefault(channel, Pace(FIRST_WORD_MINUTES.get(kind, 0.5))).saw(minutes)

    def plain(self) -> dict[str, Any]:
        """Return it as JSON can hold it."""
        return {
            "handle": {key: [pace.mean, pace.weight] for key, pace in sorted(self._handle.items())},
            "own": {key: [pace.mean, pace.weight] for key, pace in sorted(self._own.items())},
        }

    @classmethod
    def from_plain(cls, written: Mapping[str, Any]) -> Paces:
        """Return what `plain` wrote."""
        known = cls()
        known._handle = {key: Pace(mean, weight) for key, (mean, weight) in written["handle"].items()}
        known._own = {key: Pace(mean, weight) for key, (mean, weight) in written["own"].items()}
        return known
